"""Cleaning up a text: fewer characters to learn, at the price of some that hardly occur.

A plan says what each character becomes. Applying it makes a new text; the original is unchanged.
compose() comes before the plan, since it joins characters: a letter and an accent become one.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping

from charrnn.engine.analysis.character_info import RARE

STRAIGHT_QUOTES = dict.fromkeys("“”„‟«»″〝〞", '"') | dict.fromkeys("‘’‚‛‹›′", "'")
STRAIGHT_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
PLAIN_SPACES = dict.fromkeys("\u00a0\u2007\u202f", " ")
# Soft hyphens, direction marks, zero-width spaces and byte order marks. Not the joiners, which hold
# an emoji or a word together.
INVISIBLE_MARKS = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
RARE_CHOICES = ("keep", "drop", "replace")


def plan(
    counts: Mapping[str, int],
    *,
    quotes: bool = False,
    dashes: bool = False,
    spaces: bool = False,
    invisible: bool = False,
    rare: str = "keep",
    replacement: str = "□",
) -> dict[str, str]:
    """The characters that change, and what each becomes: another character, or "" for none.

    counts: how often each character occurs. quotes, dashes: make them straight. spaces: make
    no-break spaces ordinary. invisible: drop INVISIBLE_MARKS. rare: one of RARE_CHOICES, for
    characters that occur fewer than RARE times after all that, so that a rare curly quote
    survives as a straight one.
    Raises ValueError if `rare` is not in RARE_CHOICES or the replacement is not one character.
    """
    if rare not in RARE_CHOICES:
        raise ValueError(f"rare is {rare!r}; allowed: {', '.join(RARE_CHOICES)}")
    if rare == "replace" and len(replacement) != 1:
        raise ValueError(f"the replacement is {replacement!r}; it must be one character")
    simple = (
        (STRAIGHT_QUOTES if quotes else {})
        | (STRAIGHT_DASHES if dashes else {})
        | (PLAIN_SPACES if spaces else {})
        | (dict.fromkeys(INVISIBLE_MARKS, "") if invisible else {})
    )
    becomes = {c: simple.get(c, c) for c in counts}
    if rare != "keep":
        instead = replacement if rare == "replace" else ""
        merged = counts_after(counts, becomes)
        becomes = {c: instead if 0 < merged[new] < RARE else new for c, new in becomes.items()}
    return {c: new for c, new in becomes.items() if new != c}


def counts_after(counts: Mapping[str, int], changes: Mapping[str, str]) -> Counter[str]:
    """How often each character will occur once a plan is applied."""
    merged: Counter[str] = Counter()
    for character, n in counts.items():
        new = changes.get(character, character)
        if new:
            merged[new] += n
    return merged


def apply(text: str, changes: Mapping[str, str]) -> str:
    """The new text, with each character changed as planned."""
    return text.translate({ord(character): new for character, new in changes.items()})


def compose(text: str) -> str:
    """The text with letters and their accents as one character where Unicode has it (NFC)."""
    return unicodedata.normalize("NFC", text)


def composed_characters(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """How many characters of a text compose() changes. before, after: its counts."""
    return (Counter(before) - Counter(after)).total()
