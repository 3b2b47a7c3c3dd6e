"""Every page of the dashboard, and the way between them. Streamlit runs this for each visitor."""

import streamlit as st

from charrnn.ui import dialogs, session, sitemap, style, train
from charrnn.ui.alphabet import page as alphabet
from charrnn.ui.compare import page as compare
from charrnn.ui.trouble import told
from charrnn.ui.write import page as write

st.set_page_config(page_title="charrnn", page_icon=style.ICON, layout="wide")
style.apply()
pages = [
    st.Page(train.show, title="Train", icon=":material/model_training:", default=True),
    st.Page(alphabet.show, title="Alphabet", icon=":material/abc:", url_path="alphabet"),
    st.Page(compare.show, title="Compare", icon=":material/compare_arrows:", url_path="compare"),
    st.Page(write.show, title="Write", icon=":material/edit_note:", url_path="write"),
]
sitemap.register(pages)
page = st.navigation(pages, position="top")
session.keep_url(page.title)
dialogs.none_is_open()
with told():
    page.run()
session.remember_workspace()  # last, so that nothing on the page moves when it is gone
