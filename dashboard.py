"""The entry point: `streamlit run dashboard.py` serves the pages and resumes unfinished runs."""

import streamlit as st
from starlette.middleware import Middleware

from charrnn.ui import errors, services
from charrnn.ui.browser_history import BrowserHistory
from charrnn.ui.uploads import UploadLimit

app = st.App(
    "charrnn/ui/pages.py",
    lifespan=services.lifespan,
    middleware=[Middleware(BrowserHistory), Middleware(UploadLimit)],
    on_script_error=errors.show_unexpected,
)
