"""Escaping text that visitors wrote before it is shown as Markdown."""

_MARKUP = frozenset("\\`*_{}[]#|<>$:~")


def escape_markdown(text: str) -> str:
    """The text with every character escaped that Markdown would interpret."""
    return "".join("\\" + c if c in _MARKUP else c for c in text)
