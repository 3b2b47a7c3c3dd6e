"""The sections of the page, and the links to them at its top."""

import html

import streamlit as st

CHARACTERS = "1 · The characters"
ONE_HOT = "2 · One-hot: a character as numbers"
WINDOWS = "The windows it reads"
WHY_ONE_HOT = "3 · Why one-hot"
LEARNED = "4 · What was learned"

# The title of each section -> the anchor that Streamlit gives to a heading with this title.
ANCHORS = {
    CHARACTERS: "1-the-characters",
    ONE_HOT: "2-one-hot-a-character-as-numbers",
    WINDOWS: "the-windows-it-reads",
    WHY_ONE_HOT: "3-why-one-hot",
    LEARNED: "4-what-was-learned",
}


def draw_links() -> None:
    """Draw one link for each section, with the first words of its title."""
    links = "".join(
        f'<a href="#{anchor}">{html.escape(title.partition(":")[0])}</a>'
        for title, anchor in ANCHORS.items()
    )
    with st.container(key="contents"):
        st.html(f'<nav class="contents" aria-label="On this page">{links}</nav>')
