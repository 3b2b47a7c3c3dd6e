"""The door: `streamlit run dashboard.py` opens the pages and takes up the runs that wait."""

import streamlit as st

from charrnn.ui import services, trouble

app = st.App("charrnn/ui/pages.py", lifespan=services.open_up, on_script_error=trouble.say)
