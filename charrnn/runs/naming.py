"""What texts and runs are called: short, on one line, and with nothing in it that is unseen."""

import re
from unicodedata import category

MAX_NAME_LENGTH = 60  # characters
# Categories of Unicode that are not for a name: controls, formats that turn the direction, and
# halves of surrogate pairs. Of the formats two stay, since they hold an emoji or a word together.
UNSEEN = ("Cc", "Cf", "Cs")
JOINERS = "\u200c\u200d"


def clean_name(name: str) -> str:
    """The name of a file as short_name() shows it, without the folders it stands in."""
    return short_name(re.split(r"[/\\]", name.rstrip("/\\"))[-1])


def short_name(name: str) -> str:
    """What a text is called: one line of at most MAX_NAME_LENGTH characters, never empty.

    Nothing in it is invisible or changes the direction in which other words are read.
    """
    seen = (c for c in name if c.isspace() or c in JOINERS or category(c) not in UNSEEN)
    line = " ".join("".join(seen).split())
    if len(line) > MAX_NAME_LENGTH:
        line = line[: MAX_NAME_LENGTH - 1].rstrip(f" {JOINERS}") + "…"
    return line if line.strip(f" {JOINERS}") else "Untitled"
