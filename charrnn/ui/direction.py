"""People's text within a sentence of the page, whichever direction it is read in."""

from unicodedata import bidirectional

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def isolated(text: str) -> str:
    """The text, isolated if it has right-to-left characters.

    Without that, a Hebrew name would take the number after it along to its left.
    """
    if not _RIGHT_TO_LEFT.intersection(map(bidirectional, text)):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
