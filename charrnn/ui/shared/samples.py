"""A sample on the page: passages copied from the text are marked, and new words are listed."""

import html
import re

import streamlit as st

from charrnn.engine.analysis.overlap import Overlap, SourceIndex, min_match_length
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import services
from charrnn.ui.direction import isolated
from charrnn.ui.shared.memory_cache import MemoryCache

MAX_NEW_WORDS = 6  # listed below a sample
MAX_QUOTED = 40  # characters quoted of the longest match
SOURCES = MemoryCache[SourceIndex](lambda source: source.nbytes)
CACHED_SECONDS = 3600  # samples that nobody has looked at lately are compared again
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def readable(run: Run) -> Corpus | None:
    """The text of a run for draw(); None if the visitor may not read it.

    To say what is copied from a text would give it away, passage by passage.
    """
    return services.text_of(run) if services.may_read_text(run) else None


def draw(text: str, corpus: Corpus | None, *, height: int | None = None) -> None:
    """Draw a sample with the passages copied from its text underlined, and the copy meter below.

    corpus: the text; None draws the sample alone, see readable(). height: in pixels; a longer
    sample scrolls. None: as high as the sample.
    """
    found = overlap(text, corpus) if corpus else None
    style = f' style="height: {height}px"' if height else ""
    st.html(f'<pre class="written" tabindex="0"{style}><code>{_marked(text, found)}</code></pre>')
    if found:
        st.html(meter(text, found))


def draw_empty(*, height: int) -> None:
    """Draw the place of a sample that is still to be written. height: in pixels."""
    st.html(f'<pre class="written" style="height: {height}px"><code>…</code></pre>')
    st.html('<p class="meter">Not written yet.</p>')


def overlap(text: str, corpus: Corpus) -> Overlap:
    """What a sample has in common with the text of a corpus. Cached for an hour."""
    return _overlap(services.url(), corpus.sha256, text, corpus)


@st.cache_resource(show_spinner=False, max_entries=200, ttl=CACHED_SECONDS)
def _overlap(url: str, sha256: str, text: str, _corpus: Corpus) -> Overlap:
    return source(_corpus).compare(text)


def source(corpus: Corpus) -> SourceIndex:
    """The text of a corpus, indexed for looking samples up in it. Kept while it is used."""

    def build() -> SourceIndex:
        shortest = min_match_length(corpus.characters, corpus.baselines.trigram)
        return SourceIndex(services.store().corpora.text(corpus.sha256), min_length=shortest)

    return SOURCES.get((services.url(), corpus.sha256), build)


def meter(text: str, overlap: Overlap) -> str:
    """The copy meter of a sample, as HTML."""
    return f'<p class="meter">{html.escape(meter_in_words(text, overlap))}</p>'


def meter_in_words(text: str, overlap: Overlap) -> str:
    """How much of a sample is copied from the text, and which of its words are new.

    What is quoted from the sample does not change the direction of the sentence around it.
    """
    parts = [_copied_in_words(text, overlap)]
    if overlap.known_share is not None:
        parts.append(f"{overlap.known_share:.0%} of its words occur in the text")
    if overlap.invented:
        listed = ", ".join(map(isolated, overlap.invented[:MAX_NEW_WORDS]))
        more = len(overlap.invented) - MAX_NEW_WORDS
        parts.append(f"new words: {listed}" + (f" and {more} more" if more > 0 else ""))
    return " · ".join(parts)


def _copied_in_words(text: str, overlap: Overlap) -> str:
    if overlap.matching is None:
        return "No copy check for this sample: the text repeats itself too much"
    if overlap.longest is None:
        return "Nothing in this sample is copied from the text"
    start, length = overlap.longest
    match = " ".join(_DIRECTION_CONTROLS.sub("", text[start : start + length]).split())
    quote = isolated(match if len(match) <= MAX_QUOTED else match[:MAX_QUOTED].rstrip() + "…")
    at_least = "" if overlap.matching.longest_is_exact else "at least "
    return (
        f"{overlap.share:.0%} of this sample is copied from the text; the longest match is "
        f"{at_least}{overlap.matching.longest_visible} characters: “{quote}”"
    )


def _marked(text: str, overlap: Overlap | None) -> str:
    """The sample as escaped HTML, with a <mark> around each copied passage."""
    pieces, end = [], 0
    for start, length in overlap.matches if overlap else ():
        pieces.append(_escaped(text[end:start]))
        end = start + length
        title = f"These {length} characters also occur in the text"
        pieces.append(f'<mark title="{title}">{_escaped(text[start:end])}</mark>')
    return "".join(pieces) + _escaped(text[end:])


def _escaped(text: str) -> str:
    # st.html() strips lines that hold only spaces. It does not see a numeric reference as a
    # line break, so such lines survive.
    return html.escape(text).replace("\n", "&#10;")
