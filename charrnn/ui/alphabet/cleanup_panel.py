"""Cleaning up a text: a preview, and a new text beside the old one, which stays as it is."""

from collections import Counter
from typing import NamedTuple

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


class Cleanup(NamedTuple):
    """What the choices make of a text."""

    before: dict[str, int]  # how often each character occurs in it
    counts: dict[str, int]  # the same once it is composed
    changes: dict[str, str]  # see cleanup.plan()

    @property
    def composes(self) -> bool:
        return self.counts != self.before

    @property
    def too_short(self) -> bool:
        return cleanup.counts_after(self.counts, self.changes).total() < MIN_CHARACTERS

    def apply(self, text: str) -> str:
        return cleanup.apply(cleanup.compose(text) if self.composes else text, self.changes)


def draw(subject: Subject) -> None:
    """Draw the expander with its choices, the preview and the button that makes the new text."""
    with st.expander("Clean up a copy of this text", icon=":material/cleaning_services:"):
        with st.container(horizontal=True, vertical_alignment="bottom", key="cleanup"):
            _draw_rare()
            for key, (label, value) in OPTIONS.items():
                st.checkbox(label, value=value, key=key, persist_state="session")
            st.checkbox(
                "Compose accents (NFC)",
                key=session.COMPOSED,
                persist_state="session",
                help="A letter followed by its accent becomes one character, as in é.",
            )
        _draw_preview(subject, _chosen(subject))


def _draw_rare() -> None:
    """The controls for what to do with rare characters, and what replaces them."""
    rare = st.segmented_control(
        "Rare characters",
        cleanup.RARE_CHOICES,
        default="drop",
        required=True,
        format_func=RARE_LABELS.__getitem__,
        key=session.RARE,
        persist_state="session",
    )
    if rare == "replace":
        st.text_input(
            "with",
            value=DEFAULT_REPLACEMENT,
            max_chars=1,
            key=session.REPLACEMENT,
            persist_state="session",
            width=60,
        )


def _chosen(subject: Subject) -> Cleanup:
    """What the controls say, also in a callback."""
    state = st.session_state
    before = dict(zip(subject.vocabulary.characters, subject.counts.tolist(), strict=True))
    counts = before
    if state[session.COMPOSED]:
        counts = _composed_counts(services.url(), subject.corpus.sha256)
    quotes, dashes, spaces, invisible = (state[key] for key in OPTIONS)
    changes = cleanup.plan(
        counts,
        quotes=quotes,
        dashes=dashes,
        spaces=spaces,
        invisible=invisible,
        rare=state[session.RARE],
        replacement=state.get(session.REPLACEMENT) or DEFAULT_REPLACEMENT,
    )
    return Cleanup(before, counts, changes)


@st.cache_data(show_spinner=False, max_entries=6)
def _composed_counts(url: str, sha256: str) -> dict[str, int]:
    """How often each character occurs in a text once it is composed."""
    return dict(Counter(cleanup.compose(services.store().corpora.text(sha256))))


def _draw_preview(subject: Subject, chosen: Cleanup) -> None:
    before, counts, changes = chosen
    if not changes and not chosen.composes:
        st.text("Nothing to clean up: these choices leave the text as it is.")
        return
    st.text(summarize(before, counts, changes, subject.config.hidden_size))
    if changes:
        st.code(list_changes(counts, changes), language=None, wrap_lines=True)
    opening = chosen.apply(subject.corpus.opening)
    st.caption("The new text begins:")
    st.code(opening[:OPENING_CHARACTERS], language=None, wrap_lines=True, height=130)
    if chosen.too_short:
        st.text(
            f"The new text would be too short: a text needs at least {MIN_CHARACTERS} characters. "
            "Keep or replace the rare ones."
        )
    st.button(
        "Create the new text",
        icon=":material/content_copy:",
        on_click=_create_text,
        args=(subject,),
        disabled=chosen.too_short,
    )


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
def _create_text(subject: Subject) -> None:
    """Store the new text and choose it. A run of the old text pauses if it is the visitor's own."""
    if subject.run and not services.may_read_text(services.store().runs.get(subject.run.id)):
        return  # its owner has stopped sharing it: the page is about to say so
    # Not what was drawn: a last choice can arrive together with the click.
    chosen = _chosen(subject)
    if chosen.too_short or not (chosen.changes or chosen.composes):
        return  # the page is about to say so
    text = chosen.apply(services.store().corpora.text(subject.corpus.sha256))
    corpus = add_text(f"{subject.corpus.name}, cleaned up", text)
    if subject.run and services.owned(subject.run):
        services.workspace().request(subject.run.id, desired="paused")
    selection.select_run(None)
    choose_corpus(corpus.sha256, corpus.name)
