"""Whether decoded bytes make sense as text."""

import re

MAX_CONTROL_SHARE = 0.05  # of the characters; in random bytes it is a tenth
MAX_BROKEN_SHARE = 0.01  # of the characters beyond ASCII; a few broken ones do not make it binary

# Control characters that do not occur in text, unlike tab, newline, form feed, carriage return.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


def is_intact(text: str, *, count_ascii: bool = False) -> bool:
    """Whether few enough characters failed to decode, so that the encoding must be right.

    text: decoded with errors="replace", so that U+FFFD stands for what failed. Failures are
    compared with the characters that tell one encoding from another. ASCII does not, because it
    is the same bytes in most encodings; count_ascii: it does here, in UTF-16 or after a mark.
    """
    broken = text.count("\ufffd")
    if not broken:
        return True
    telling = len(text) - (0 if count_ascii else len(text.encode("ascii", "ignore")))
    return broken - 1 <= MAX_BROKEN_SHARE * (telling - broken) and telling > broken


def has_many_controls(text: str) -> bool:
    """Whether control characters are too frequent for text."""
    return len(CONTROL.findall(text)) > MAX_CONTROL_SHARE * len(text)
