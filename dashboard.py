"""The door: `streamlit run dashboard.py` opens the pages and takes up the runs that wait."""

import streamlit as st

from charrnn.ui import services

app = st.App("charrnn/ui/pages.py", lifespan=services.open_up)
