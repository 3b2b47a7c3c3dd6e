"""The names of texts and runs: short, on one line, and without invisible characters."""

import re
from unicodedata import category

MAX_NAME_LENGTH = 60  # characters
# Unicode categories that a name may not contain: controls, formats (some of which reverse the
# direction of text) and halves of surrogate pairs. Two formats are allowed, because they hold an
# emoji or a word together.
INVISIBLE = ("Cc", "Cf", "Cs")
JOINERS = "\u200c\u200d"
# Marks on one letter; Hebrew and Tibetan use as many. More cover the lines above and below.
MAX_MARKS = 4


def clean_name(filename: str) -> str:
    """A file's name without its folders, shortened by short_name()."""
    return short_name(re.split(r"[/\\]", filename.rstrip("/\\"))[-1])


def short_name(name: str, most: int = MAX_NAME_LENGTH) -> str:
    """One line of at most `most` characters, never empty.

    Nothing in it is invisible, covers other lines, or changes the direction in which the text
    around it is read.
    """
    visible, marks = "", 0
    for c in name:
        if c.isspace() or c in JOINERS or category(c) not in INVISIBLE:
            marks = marks + 1 if category(c)[0] == "M" else 0
            visible += c if marks <= MAX_MARKS else ""
    line = " ".join(visible.split())
    if len(line) > most:
        line = line[: most - 1].rstrip(f" {JOINERS}") + "…"
    return line if line.strip(f" {JOINERS}") else "Untitled"
