"""Cleaning up a text: a preview, and a new text beside the old one, which stays as it is."""

from collections import Counter

import streamlit as st

from charrnn.engine.analysis import character_info, cleanup
from charrnn.runs.texts.decoding import MIN_CHARACTERS
from charrnn.ui import selection, services, session
from charrnn.ui.direction import isolated
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared.chosen_text import add_text, choose_corpus
from charrnn.ui.shared.snapshots import Subject

OPENING_CHARACTERS = 300
MAX_LISTED = 40  # characters
DEFAULT_REPLACEMENT = "□"
RARE_LABELS = {"keep": "Keep", "drop": "Drop", "replace": "Replace"}


# Session key -> label and whether it is ticked at first; the options of cleanup.plan() in order.
OPTIONS = {
    session.QUOTES: ("Straighten quotes", True),
    session.DASHES: ("Straighten dashes", True),
    session.SPACES: ("Make no-break spaces ordinary", False),
    session.INVISIBLE: ("Drop invisible marks", False),
}


def draw(subject: Subject) -> None:
    """Draw the expander with its choices, the preview and the button that makes the new text."""
    with st.expander("Clean up a copy of this text", icon=":material/cleaning_services:"):
        counts = dict(zip(subject.vocabulary.characters, subject.counts.tolist(), strict=True))
        with st.container(horizontal=True, vertical_alignment="bottom", key="cleanup"):
            rare, replacement = _choose_rare()
            options = [
                st.checkbox(label, value=value, key=key, persist_state="session")
                for key, (label, value) in OPTIONS.items()
            ]
            composes = st.checkbox(
                "Compose accents (NFC)",
                key=session.COMPOSED,
                persist_state="session",
                help="A letter followed by its accent becomes one character, as in é.",
            )
        before = counts
        if composes:
            counts = _composed_counts(services.url(), subject.corpus.sha256)
        quotes, dashes, spaces, invisible = options
        changes = cleanup.plan(
            counts,
            quotes=quotes,
            dashes=dashes,
            spaces=spaces,
            invisible=invisible,
            rare=rare,
            replacement=replacement,
        )
        _draw_preview(subject, before, counts, changes)


def _choose_rare() -> tuple[str, str]:
    """What to do with rare characters, and what replaces them."""
    rare = st.segmented_control(
        "Rare characters",
        cleanup.RARE_CHOICES,
        default="drop",
        required=True,
        format_func=RARE_LABELS.__getitem__,
        key=session.RARE,
        persist_state="session",
    )
    if rare != "replace":
        return rare, DEFAULT_REPLACEMENT
    replacement = st.text_input(
        "with",
        value=DEFAULT_REPLACEMENT,
        max_chars=1,
        key=session.REPLACEMENT,
        persist_state="session",
        width=60,
    )
    return rare, replacement or DEFAULT_REPLACEMENT


@st.cache_data(show_spinner=False, max_entries=6)
def _composed_counts(url: str, sha256: str) -> dict[str, int]:
    """How often each character occurs in a text once it is composed."""
    return dict(Counter(cleanup.compose(services.store().corpora.text(sha256))))


def _draw_preview(
    subject: Subject, before: dict[str, int], counts: dict[str, int], changes: dict[str, str]
) -> None:
    """before: how often each character occurs in the text; counts: once it is composed."""
    if not changes and counts == before:
        st.text("Nothing to clean up: these choices leave the text as it is.")
        return
    st.text(summarize(before, counts, changes, subject.config.hidden_size))
    if changes:
        st.code(list_changes(counts, changes), language=None, wrap_lines=True)
    composes = counts != before
    opening = _cleaned(subject.corpus.opening, changes, composes=composes)
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
        args=(subject, changes, composes),
        disabled=too_short,
    )


def _cleaned(text: str, changes: dict[str, str], *, composes: bool) -> str:
    return cleanup.apply(cleanup.compose(text) if composes else text, changes)


def list_changes(counts: dict[str, int], changes: dict[str, str]) -> str:
    """What is replaced by what and what is dropped, how often; MAX_LISTED of each."""
    replaced = [f"{_shown(c)} → {_shown(new)} ×{counts[c]:,}" for c, new in changes.items() if new]
    dropped = [f"{_shown(c)} ×{counts[c]:,}" for c, new in changes.items() if not new]
    lines = []
    for what, listed in (("replaced", replaced), ("dropped", dropped)):
        if listed:
            # No-break spaces keep an entry on one line.
            entries = "   ".join(entry.replace(" ", "\u00a0") for entry in listed[:MAX_LISTED])
            more = len(listed) - MAX_LISTED
            lines.append(f"{what}: {entries}" + (f"   and {more:,} more" if more > 0 else ""))
    return "\n".join(lines)


def _shown(character: str) -> str:
    return isolated(character_info.symbol(character))


def summarize(
    before: dict[str, int], counts: dict[str, int], changes: dict[str, str], hidden_size: int
) -> str:
    """How much of the text changes, and how many weights a smaller vocabulary saves."""
    vocab_size = len(cleanup.counts_after(counts, changes))
    composed = cleanup.composed_characters(before, counts)
    changed = sum(counts[c] for c in changes)
    saved = (len(before) - vocab_size) * (2 * hidden_size + 1)
    weights = f"{saved:,} weights fewer" if saved >= 0 else f"{-saved:,} weights more"
    return (
        (f"{composed:,} characters are composed. " if composed else "")
        + f"{changed:,} of {sum(counts.values()):,} characters change. The vocabulary goes from "
        f"{len(before):,} to {vocab_size:,} characters: {weights}."
    )


@shows_errors()
def _create_text(subject: Subject, changes: dict[str, str], composes: bool) -> None:
    """Store the new text and choose it. A run of the old text pauses if it is the visitor's own."""
    if subject.run and not services.may_read_text(services.store().runs.get(subject.run.id)):
        return  # its owner has stopped sharing it: the page is about to say so
    store = services.store()
    text = _cleaned(store.corpora.text(subject.corpus.sha256), changes, composes=composes)
    corpus = add_text(f"{subject.corpus.name}, cleaned up", text)
    if subject.run and services.owned(subject.run):
        services.workspace().request(subject.run.id, desired="paused")
    selection.select_run(None)
    choose_corpus(corpus.sha256, corpus.name)
