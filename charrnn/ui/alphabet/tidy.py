"""A clean-up of the text, seen before it is made: a new text, the old one stays as it is."""

import streamlit as st

from charrnn.engine import alphabet, cleanup
from charrnn.runs.decoding import MIN_CHARACTERS
from charrnn.ui import services, session
from charrnn.ui.alphabet.reading import Subject
from charrnn.ui.text_panel import show_text

OPENING_CHARACTERS = 300
MAX_LISTED = 40
RARE_WORDS = {"keep": "Keep", "drop": "Drop", "replace": "Replace"}


def draw(subject: Subject) -> None:
    with st.expander("Clean up a copy of this text", icon=":material/cleaning_services:"):
        changes = _choose(subject)
        counts = dict(zip(subject.vocabulary.characters, subject.counts.tolist(), strict=True))
        _preview(subject, counts, changes)


def _choose(subject: Subject) -> dict[str, str]:
    """The plan that is chosen: what becomes of each character that changes."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="tidy"):
        rare = st.segmented_control(
            "Rare characters",
            cleanup.RARE_CHOICES,
            default="drop",
            required=True,
            format_func=RARE_WORDS.__getitem__,
            key=session.RARE,
            persist_state="session",
        )
        replacement = "□"
        if rare == "replace":
            replacement = st.text_input(
                "by",
                value="□",
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
    counts = dict(zip(subject.vocabulary.characters, subject.counts.tolist(), strict=True))
    return cleanup.plan(
        counts, quotes=quotes, dashes=dashes, rare=rare, replacement=replacement or "□"
    )


def _preview(subject: Subject, counts: dict[str, int], changes: dict[str, str]) -> None:
    if not changes:
        st.text("Nothing to clean up: the text stays as it is.")
        return
    left = cleanup.after(counts, changes)
    st.text(preview_in_words(counts, changes, subject.config.hidden_size))
    st.code(changes_in_words(changes), language=None, wrap_lines=True)
    opening = cleanup.carried_out(subject.corpus.opening, changes)
    st.caption("How the new text begins")
    st.code(opening[:OPENING_CHARACTERS], language=None, wrap_lines=True, height=130)
    too_short = left.total() < MIN_CHARACTERS
    if too_short:
        st.text("Almost nothing would be left to learn.")
    st.button(
        "Make this a new text",
        icon=":material/content_copy:",
        on_click=_make,
        args=(subject, changes),
        disabled=too_short,
    )


def changes_in_words(changes: dict[str, str]) -> str:
    """Which characters become another one, and which are dropped; of many the first."""
    pair = "{}\u00a0→\u00a0{}"  # no line breaks in the middle of it
    becomes = [
        pair.format(alphabet.symbol(c), alphabet.symbol(new)) for c, new in changes.items() if new
    ]
    dropped = [alphabet.symbol(c) for c, new in changes.items() if not new]
    return "\n".join(
        f"{what}: {'   '.join(listed[:MAX_LISTED])}"
        + (f"   and {len(listed) - MAX_LISTED:,} more" if len(listed) > MAX_LISTED else "")
        for what, listed in (("replaced", becomes), ("dropped", dropped))
        if listed
    )


def preview_in_words(counts: dict[str, int], changes: dict[str, str], hidden_size: int) -> str:
    """What a plan would change, in figures."""
    left = cleanup.after(counts, changes)
    touched = sum(counts[c] for c in changes)
    saved = (len(counts) - len(left)) * (2 * hidden_size + 1)
    return (
        f"{touched:,} of {sum(counts.values()):,} characters change. {len(counts):,} different "
        f"ones become {len(left):,}: {saved:,} weights fewer."
    )


def _make(subject: Subject, changes: dict[str, str]) -> None:
    """Keep the new text and choose it. A run of the old one pauses, if it is the visitor's own."""
    store = services.store()
    text = cleanup.carried_out(store.text(subject.corpus.sha256), changes)
    made = store.add_corpus(f"{subject.corpus.name}, cleaned up", text)
    if subject.run and services.owned(subject.run):
        services.shelf().wish(subject.run.id, desired="paused")
    session.select_run(None)
    session.remember_text(made.sha256, made.name)
    show_text(made.sha256)
