"""Text of anybody, where it could do harm: on a terminal, or in a file that is shown on one."""

import re

# What could command a terminal, or turn its text around: samples repeat characters of any text.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with U+FFFD in place of such characters; newlines and tabs stay."""
    return _UNPRINTABLE.sub("\ufffd", text)


def indented(text: str) -> str:
    """Moved in, so that no line of it can be taken for one of ours."""
    return "\n".join(f"  {line}" for line in text.split("\n"))
