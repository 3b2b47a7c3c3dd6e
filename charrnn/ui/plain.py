"""Sentences with other people's words in them, for elements that read Markdown."""

_MARKUP = frozenset("\\`*_{}[]#|<>$:~")


def plain(sentence: str) -> str:
    """The sentence with nothing left in it to interpret."""
    return "".join("\\" + c if c in _MARKUP else c for c in sentence)
