"""Showing text that visitors wrote in elements that interpret Markdown."""

import re

from charrnn.ui.direction import isolated

_WORD_JOINER = "\u2060"  # invisible, and no line breaks at it
# After parsing, Streamlit still turns these into links and typographic symbols, escaped or not.
_BROKEN_UP = re.compile(
    r"(?<=@)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=-)(?=[->])|(?<=[<>~])(?=[-=])", re.I
)
_PUNCTUATION = re.compile(r"[!-/:-@[-`{-~]")  # all of ASCII's: Markdown gives meaning to no other


def escape_markdown(text: str) -> str:
    """The text for an element that interprets Markdown, so that it shows every character as it is.

    It does not turn the sentence around it, either: see isolated().
    A character reference such as `&#42;` is never taken for markup, by the definition of Markdown.
    """
    return _PUNCTUATION.sub(
        lambda c: f"&#{ord(c[0])};", _BROKEN_UP.sub(_WORD_JOINER, isolated(text))
    )
