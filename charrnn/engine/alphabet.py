"""The characters of a text, one by one: their names, how often they occur, how to see them.

Unicode has thousands of characters that leave no ink: spaces, controls, joiners, marks that sit
on the letter before. Each has a name here, and a symbol that can be seen.
"""

import unicodedata

import numpy as np

# With fewer occurrences a character's weights are hardly ever trained.
RARE = 10

DOTTED_CIRCLE = "◌"  # what Unicode puts under a mark that stands alone

_SYMBOLS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\u00a0": "NBSP", "\x7f": "␡"}
_SYMBOLS |= {"\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u2060": "WJ", "\ufeff": "BOM"}
_SYMBOLS |= {"\u200e": "LRM", "\u200f": "RLM", "\u061c": "ALM", "\u00ad": "SHY"}
_SYMBOLS |= {"\u2028": "LS", "\u2029": "PS", "\u202f": "NNBSP", "\u3000": "IDSP"}
# Letters by category, yet without ink: fillers of Hangul and Braille.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}
_CONTROLS = {"\n": "newline", "\t": "tab", "\r": "carriage return", "\x00": "null"}
_NAMELESS = {
    "Cc": "control character",
    "Co": "private use character",
    "Cs": "half of a surrogate pair",
    "Cn": "unassigned character",
}

_VOWELS = frozenset("aeiouyæœøıаеёиоуыэюяіїєαεηιουω")
KINDS = ("vowel", "letter", "capital", "digit", "mark", "space", "sign")


def code_point(character: str) -> str:
    """U+0061 for "a"."""
    return f"U+{ord(character):04X}"


def name(character: str) -> str:
    """What Unicode calls it, in lower case; characters without a name get a plain one."""
    if character in _CONTROLS:
        return _CONTROLS[character]
    named = unicodedata.name(character, "")
    return named.lower() or _NAMELESS.get(unicodedata.category(character), "unnamed character")


def symbol(character: str) -> str:
    """Something that can be seen in place of a character: itself, where it leaves ink.

    A mark stands on a dotted circle; what is invisible becomes a symbol or a short name, and
    where there is none its code point.
    """
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)  # Unicode has pictures of these
    if 0xFE00 <= point <= 0xFE0F:
        return f"VS{point - 0xFE00 + 1}"  # variation selectors: marks without ink
    category = unicodedata.category(character)
    if category in _INVISIBLE or character in _BLANK or 0xE0100 <= point <= 0xE01EF:
        return f"{point:04X}"
    return DOTTED_CIRCLE + character if category[0] == "M" else character


def kind(character: str) -> str:
    """One of KINDS: what sort of character it is. Vowels of Latin, Cyrillic and Greek are known."""
    category = unicodedata.category(character)
    if category in ("Lu", "Lt"):
        return "capital"
    if category[0] == "L":
        base = unicodedata.normalize("NFD", character)[0]
        return "vowel" if base in _VOWELS else "letter"
    if category[0] in "NM":
        return "digit" if category[0] == "N" else "mark"
    return "space" if category[0] == "Z" or character in "\n\t\r" else "sign"


def count(ids: np.ndarray, vocab_size: int) -> np.ndarray:
    """How often each character occurs: (V,). ids: the text, (n,)."""
    return np.bincount(ids, minlength=vocab_size)


def rare_weights(counts: np.ndarray, hidden_size: int) -> int:
    """How many weights the rare characters take: a column of Wxh, a row of Why, a bias each."""
    return int((counts < RARE).sum()) * (2 * hidden_size + 1)
