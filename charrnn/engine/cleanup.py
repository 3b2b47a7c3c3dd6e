"""A tidier text: fewer characters to learn, at the price of some that hardly occur.

A plan says what becomes of each character; the text itself is only touched by carrying it out,
and then a new one is made.
"""

from collections import Counter

from charrnn.engine.alphabet import RARE

STRAIGHT_QUOTES = dict.fromkeys("“”„‟«»″〝〞", '"') | dict.fromkeys("‘’‚‛‹›′", "'")
STRAIGHT_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
RARE_CHOICES = ("keep", "drop", "replace")


def plan(
    counts: dict[str, int],
    *,
    quotes: bool = False,
    dashes: bool = False,
    rare: str = "keep",
    replacement: str = "□",
) -> dict[str, str]:
    """What becomes of the characters that change: another one, or "" for none.

    counts: how often each character occurs. Quotes and dashes come first, so that a rare quote
    is saved by becoming an ordinary one; what is rare then is dropped or replaced.
    Raises ValueError if `rare` is none of RARE_CHOICES or the replacement is not one character.
    """
    if rare not in RARE_CHOICES:
        raise ValueError(f"rare is {rare!r}; allowed: {', '.join(RARE_CHOICES)}")
    if rare == "replace" and len(replacement) != 1:
        raise ValueError(f"the replacement is {replacement!r}; it must be one character")
    straight = (STRAIGHT_QUOTES if quotes else {}) | (STRAIGHT_DASHES if dashes else {})
    becomes = {c: straight.get(c, c) for c in counts}
    if rare != "keep":
        instead = replacement if rare == "replace" else ""
        merged = after(counts, becomes)
        becomes = {c: instead if merged[new] < RARE else new for c, new in becomes.items()}
    return {c: new for c, new in becomes.items() if new != c}


def after(counts: dict[str, int], changes: dict[str, str]) -> Counter:
    """How often each character will occur once a plan is carried out."""
    merged = Counter()
    for character, n in counts.items():
        new = changes.get(character, character)
        if new:
            merged[new] += n
    return merged


def carried_out(text: str, changes: dict[str, str]) -> str:
    """A new text, as planned."""
    return text.translate(str.maketrans(changes))
