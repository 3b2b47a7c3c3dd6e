"""What a network wrote, as text: what is copied is marked, and what words it made up is said."""

import html

import streamlit as st

from charrnn.engine.copying import Copied, Source, worth_noticing
from charrnn.runs.records import Corpus
from charrnn.ui import services

MAX_INVENTED = 6  # words that are named
MAX_QUOTED = 40  # characters of the longest copied piece


def draw(text: str, corpus: Corpus, *, height: int | None = None) -> None:
    """A sample, with what is quoted from its text underlined, and below it the copy meter."""
    copied = source(corpus).compare(text)
    room = f' style="height: {height}px"' if height else ""
    st.html(f'<pre class="written" tabindex="0"{room}><code>{_marked(text, copied)}</code></pre>')
    st.html(meter(text, copied))


def source(corpus: Corpus) -> Source:
    """The text of a corpus, made ready to look samples up in it; made once."""
    return _source_at(services.url(), corpus.sha256)


@st.cache_resource(show_spinner=False, max_entries=6)
def _source_at(url: str, sha256: str) -> Source:
    corpus = services.corpus(sha256)
    shortest = worth_noticing(corpus.characters, corpus.landmarks.trigram)
    return Source(services.store().text(sha256), shortest=shortest)


def meter(text: str, copied: Copied) -> str:
    """The copy meter, as HTML."""
    return f'<p class="meter">{html.escape(meter_in_words(text, copied))}</p>'


def meter_in_words(text: str, copied: Copied) -> str:
    """How much of a sample is copied, and which of its words are its own."""
    words = [_copied_in_words(text, copied)]
    if copied.words:
        words.append(f"{copied.known_share:.0%} of its words are in the text")
    if copied.invented:
        named = ", ".join(copied.invented[:MAX_INVENTED])
        more = len(copied.invented) - MAX_INVENTED
        words.append(f"made up: {named}" + (f" and {more} more" if more > 0 else ""))
    return " · ".join(words)


def _copied_in_words(text: str, copied: Copied) -> str:
    if copied.longest is None:
        return "Nothing copied"
    start, length = copied.longest
    quote = " ".join(text[start : start + length].split())
    shown = quote if len(quote) <= MAX_QUOTED else quote[:MAX_QUOTED].rstrip() + "…"
    return f"{copied.share:.0%} copied, the longest piece {length} characters: “{shown}”"


def _marked(text: str, copied: Copied) -> str:
    """The text as HTML, nothing in it to interpret, with its copied stretches marked."""
    pieces, end = [], 0
    for start, length in copied.stretches:
        pieces.append(_escaped(text[end:start]))
        end = start + length
        title = f"{length} characters that stand so in the text"
        pieces.append(f'<mark title="{title}">{_escaped(text[start:end])}</mark>')
    return "".join(pieces) + _escaped(text[end:])


def _escaped(text: str) -> str:
    # st.html() empties lines of nothing but spaces. A line break in digits ends no line for it.
    return html.escape(text).replace("\n", "&#10;")
