"""The entry point: `streamlit run dashboard.py` serves the pages and resumes unfinished runs."""

import os

from charrnn.runs.workers.blas import ONE_THREAD

os.environ.update(ONE_THREAD)  # before NumPy is imported; busy cores make several threads crawl

import streamlit as st
from starlette.middleware import Middleware

from charrnn.ui import errors, services, style
from charrnn.ui.middleware import browser_history
from charrnn.ui.middleware.client_messages import ClientMessages
from charrnn.ui.middleware.html_page import HtmlPage
from charrnn.ui.middleware.response_headers import ResponseHeaders
from charrnn.ui.middleware.uploads import UploadLimit
from charrnn.ui.middleware.workspace_cookie import WorkspaceCookie
from charrnn.ui.shared.room.changes import RoomChanges

app = st.App(
    "charrnn/ui/pages.py",
    lifespan=services.lifespan,
    middleware=[
        Middleware(ResponseHeaders),
        Middleware(HtmlPage, script=browser_history.SCRIPT, style_sheet=style.sheet()),
        Middleware(WorkspaceCookie),
        Middleware(UploadLimit),
        Middleware(ClientMessages),
        Middleware(RoomChanges),
    ],
    on_script_error=errors.show_unexpected,
)
