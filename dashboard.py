"""The door: `streamlit run dashboard.py` opens the page."""

import streamlit as st

from charrnn.ui import services, session, style, train
from charrnn.ui.alphabet import page as alphabet
from charrnn.ui.trouble import told

st.set_page_config(page_title="charrnn", page_icon=style.ICON, layout="wide")
style.apply()
page = st.navigation(
    [
        st.Page(train.show, title="Train", icon=":material/model_training:", default=True),
        st.Page(alphabet.show, title="Alphabet", icon=":material/abc:", url_path="alphabet"),
    ],
    position="top",
)
session.keep_url(page.title)
with told():
    services.launcher()  # the first visitor after a restart takes up what was wanted running
    page.run()
