"""Cleaning up a text: a preview, and a new text beside the old one, which stays as it is."""

import streamlit as st

from charrnn.engine.analysis import character_info, cleanup
from charrnn.runs.texts.decoding import MIN_CHARACTERS
from charrnn.ui import services, session
from charrnn.ui.shared.chosen_text import add_text, choose_corpus
from charrnn.ui.shared.snapshots import Subject

OPENING_CHARACTERS = 300
MAX_LISTED = 40  # characters
DEFAULT_REPLACEMENT = "□"
RARE_LABELS = {"keep": "Keep", "drop": "Drop", "replace": "Replace"}


def draw(subject: Subject) -> None:
    """Draw the expander with its choices, the preview and the button that makes the new text."""
    with st.expander("Clean up a copy of this text", icon=":material/cleaning_services:"):
        counts = dict(zip(subject.vocabulary.characters, subject.counts.tolist(), strict=True))
        _draw_preview(subject, counts, _choose_changes(counts))


def _choose_changes(counts: dict[str, int]) -> dict[str, str]:
    """The replacement of each character that changes, "" for one that is dropped."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="cleanup"):
        rare = st.segmented_control(
            "Rare characters",
            cleanup.RARE_CHOICES,
            default="drop",
            required=True,
            format_func=RARE_LABELS.__getitem__,
            key=session.RARE,
            persist_state="session",
        )
        replacement = DEFAULT_REPLACEMENT
        if rare == "replace":
            replacement = st.text_input(
                "with",
                value=DEFAULT_REPLACEMENT,
                max_chars=1,
                key=session.REPLACEMENT,
                persist_state="session",
                width=60,
            )
        quotes = st.checkbox(
            "Straighten quotes", value=True, key=session.QUOTES, persist_state="session"
        )
        dashes = st.checkbox(
            "Straighten dashes", value=True, key=session.DASHES, persist_state="session"
        )
    return cleanup.plan(
        counts,
        quotes=quotes,
        dashes=dashes,
        rare=rare,
        replacement=replacement or DEFAULT_REPLACEMENT,
    )


def _draw_preview(subject: Subject, counts: dict[str, int], changes: dict[str, str]) -> None:
    if not changes:
        st.text("Nothing to clean up: these choices leave the text as it is.")
        return
    st.text(summarize(counts, changes, subject.config.hidden_size))
    st.code(list_changes(changes), language=None, wrap_lines=True)
    opening = cleanup.apply(subject.corpus.opening, changes)
    st.caption("The new text begins:")
    st.code(opening[:OPENING_CHARACTERS], language=None, wrap_lines=True, height=130)
    too_short = cleanup.counts_after(counts, changes).total() < MIN_CHARACTERS
    if too_short:
        st.text(
            f"The new text would be too short: a text needs at least {MIN_CHARACTERS} characters. "
            "Keep or replace the rare ones."
        )
    st.button(
        "Create the new text",
        icon=":material/content_copy:",
        on_click=_create_text,
        args=(subject, changes),
        disabled=too_short,
    )


def list_changes(changes: dict[str, str]) -> str:
    """Which characters are replaced and by what, and which are dropped; MAX_LISTED of each."""
    pair = "{}\u00a0→\u00a0{}"  # no-break spaces keep a pair on one line
    replaced = [
        pair.format(character_info.symbol(c), character_info.symbol(new))
        for c, new in changes.items()
        if new
    ]
    dropped = [character_info.symbol(c) for c, new in changes.items() if not new]
    return "\n".join(
        f"{what}: {'   '.join(listed[:MAX_LISTED])}"
        + (f"   and {len(listed) - MAX_LISTED:,} more" if len(listed) > MAX_LISTED else "")
        for what, listed in (("replaced", replaced), ("dropped", dropped))
        if listed
    )


def summarize(counts: dict[str, int], changes: dict[str, str], hidden_size: int) -> str:
    """How much of the text changes, and how many weights a smaller vocabulary saves."""
    vocab_size = len(cleanup.counts_after(counts, changes))
    changed = sum(counts[c] for c in changes)
    saved = (len(counts) - vocab_size) * (2 * hidden_size + 1)
    return (
        f"{changed:,} of {sum(counts.values()):,} characters change. The vocabulary goes from "
        f"{len(counts):,} to {vocab_size:,} characters: {saved:,} weights fewer."
    )


def _create_text(subject: Subject, changes: dict[str, str]) -> None:
    """Store the new text and choose it. A run of the old text pauses if it is the visitor's own."""
    store = services.store()
    text = cleanup.apply(store.corpora.text(subject.corpus.sha256), changes)
    corpus = add_text(f"{subject.corpus.name}, cleaned up", text)
    if subject.run and services.owned(subject.run):
        services.workspace().request(subject.run.id, desired="paused")
    session.select_run(None)
    choose_corpus(corpus.sha256)
