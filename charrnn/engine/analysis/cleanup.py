"""Cleaning up a text: fewer characters to learn, at the price of some that hardly occur.

A plan says what each character becomes. Applying it makes a new text; the original is unchanged.
"""

from collections import Counter
from collections.abc import Mapping

from charrnn.engine.analysis.character_info import RARE

STRAIGHT_QUOTES = dict.fromkeys("“”„‟«»″〝〞", '"') | dict.fromkeys("‘’‚‛‹›′", "'")
STRAIGHT_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
RARE_CHOICES = ("keep", "drop", "replace")


def plan(
    counts: Mapping[str, int],
    *,
    quotes: bool = False,
    dashes: bool = False,
    rare: str = "keep",
    replacement: str = "□",
) -> dict[str, str]:
    """The characters that change, and what each becomes: another character, or "" for none.

    counts: how often each character occurs. quotes, dashes: make them straight. rare: one of
    RARE_CHOICES, for characters that occur fewer than RARE times after quotes and dashes have
    been merged, so that a rare curly quote survives as a straight one.
    Raises ValueError if `rare` is not in RARE_CHOICES or the replacement is not one character.
    """
    if rare not in RARE_CHOICES:
        raise ValueError(f"rare is {rare!r}; allowed: {', '.join(RARE_CHOICES)}")
    if rare == "replace" and len(replacement) != 1:
        raise ValueError(f"the replacement is {replacement!r}; it must be one character")
    straight = (STRAIGHT_QUOTES if quotes else {}) | (STRAIGHT_DASHES if dashes else {})
    becomes = {c: straight.get(c, c) for c in counts}
    if rare != "keep":
        instead = replacement if rare == "replace" else ""
        merged = counts_after(counts, becomes)
        becomes = {c: instead if merged[new] < RARE else new for c, new in becomes.items()}
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
