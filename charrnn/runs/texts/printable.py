"""Untrusted text made safe to print on a terminal, and told apart from a program's own lines."""

import re

# Characters that control a terminal or reverse the direction of text; samples repeat those of the
# text they were learned from.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with U+FFFD in place of such characters; newlines and tabs stay."""
    return _UNPRINTABLE.sub("\ufffd", text)


def indented(text: str) -> str:
    """Every line indented by two spaces, so that none can be mistaken for one of the program's."""
    return "\n".join(f"  {line}" for line in text.split("\n"))
