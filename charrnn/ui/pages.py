"""Every page of the dashboard. Streamlit runs this script for each session, at every rerun."""

import streamlit as st

from charrnn.ui import (
    accessibility,
    errors,
    keys,
    navigation,
    selection,
    style,
    workspace_key,
)
from charrnn.ui._compat.script_runs import draw_from_the_top
from charrnn.ui.alphabet import page as alphabet
from charrnn.ui.compare import page as compare
from charrnn.ui.inside import page as inside
from charrnn.ui.learn import page as learn
from charrnn.ui.learn.all_cards import CARDS
from charrnn.ui.room import page as room
from charrnn.ui.shared import (
    cluster_notice,
    deleted_runs,
    dialogs,
    experiments,
    quota,
    workspace_link,
)
from charrnn.ui.shared.room import following, presence, strip
from charrnn.ui.train import page as train
from charrnn.ui.write import page as write

draw_from_the_top()
st.set_page_config(page_title="charrnn", page_icon=style.ICON, layout="wide")
style.follow_theme()
accessibility.repair()
keys.listen()
pages = [
    st.Page(train.show, title="Train", icon=":material/model_training:", default=True),
    st.Page(alphabet.show, title="Alphabet", icon=":material/abc:", url_path="alphabet"),
    st.Page(inside.show, title="Inside", icon=":material/neurology:", url_path="inside"),
    st.Page(compare.show, title="Compare", icon=":material/compare_arrows:", url_path="compare"),
    st.Page(write.show, title="Write", icon=":material/edit_note:", url_path="write"),
    st.Page(room.show, title="Room", icon=":material/groups:", url_path="room"),
    st.Page(learn.show, title="Learn", icon=":material/school:", url_path="learn"),
]
navigation.register(pages)
experiments.register(CARDS)
page = st.navigation(pages, position="top")
selection.read_url(page.title)
dialogs.mark_closed()
with errors.shows_errors():
    with st.container(key="workspace"):  # also if it is empty: nothing below it may move
        workspace_link.follow()
    workspace_key.store_cookie()
    with st.container(key="notices"):  # also if it is empty: nothing below it may move
        errors.draw_notice()
        deleted_runs.draw_notice()
        quota.draw_notice()
        cluster_notice.draw_notice()
    present = presence.current()
    following.follow(present)
    strip.draw(present)
    page.run()
