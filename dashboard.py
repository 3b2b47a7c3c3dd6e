"""The entry point: `streamlit run dashboard.py` serves the pages and resumes unfinished runs."""

import streamlit as st

from charrnn.ui import errors, services

app = st.App(
    "charrnn/ui/pages.py",
    lifespan=services.lifespan,
    on_script_error=errors.show_unexpected,
)
