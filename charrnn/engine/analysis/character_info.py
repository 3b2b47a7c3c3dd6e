"""The characters of a text: their names, kinds and counts, and how to display them.

Unicode has thousands of characters that are invisible on their own: spaces, controls, joiners,
marks that combine with the letter before. Each gets a name here, and a visible symbol.
"""

import unicodedata

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import IntArray

# A character that occurs less often is rare: its weights are hardly ever trained.
RARE = 10

DOTTED_CIRCLE = "◌"  # the base that Unicode uses to show a combining mark on its own

_SYMBOLS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\u00a0": "NBSP", "\x7f": "␡"}
_SYMBOLS |= {"\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u2060": "WJ", "\ufeff": "BOM"}
_SYMBOLS |= {"\u200e": "LRM", "\u200f": "RLM", "\u061c": "ALM", "\u00ad": "SHY"}
_SYMBOLS |= {"\u2028": "LS", "\u2029": "PS", "\u202f": "NNBSP", "\u3000": "IDSP"}
# Letters or marks by category, but invisible, such as the fillers of Hangul and Braille.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}
_CONTROLS = {"\n": "newline", "\t": "tab", "\r": "carriage return", "\x00": "null"}
_CONTROLS |= {"\v": "vertical tab", "\f": "form feed", "\x1b": "escape", "\x7f": "delete"}
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
    """Its Unicode name in lower case; a character without one gets a plain description."""
    if character in _CONTROLS:
        return _CONTROLS[character]
    named = unicodedata.name(character, "")
    return named.lower() or _NAMELESS.get(unicodedata.category(character), "unnamed character")


def symbol(character: str) -> str:
    """A visible stand-in for a character: the character itself, if it is visible.

    A combining mark is put on a dotted circle. An invisible character becomes a symbol or an
    abbreviation, or else its code point in hexadecimal.
    """
    if character in _SYMBOLS:
        return _SYMBOLS[character]
    point = ord(character)
    if point < 0x20:
        return chr(0x2400 + point)  # Unicode has control pictures for these
    if 0xFE00 <= point <= 0xFE0F:
        return f"VS{point - 0xFE00 + 1}"  # variation selectors: invisible marks
    category = unicodedata.category(character)
    if category in _INVISIBLE or character in _BLANK or 0xE0100 <= point <= 0xE01EF:
        return f"{point:04X}"
    return DOTTED_CIRCLE + character if category[0] == "M" else character


def kind(character: str) -> str:
    """One of KINDS. Vowels are recognized in the Latin, Cyrillic and Greek alphabets."""
    category = unicodedata.category(character)
    if category in ("Lu", "Lt"):
        return "capital"
    if category[0] == "L":
        base = unicodedata.normalize("NFD", character)[0]
        return "vowel" if base in _VOWELS else "letter"
    if category[0] in "NM":
        return "digit" if category[0] == "N" else "mark"
    return "space" if category[0] == "Z" or character in "\n\t\r\v\f" else "sign"


def count(ids: IntArray, vocab_size: int) -> NDArray[np.intp]:
    """How often each character occurs: (V,). ids: the text, (n,)."""
    return np.bincount(ids, minlength=vocab_size)


def rare_weights(counts: IntArray, hidden_size: int) -> int:
    """How many weights belong to rare characters: a column of Wxh, a row of Why, a bias each."""
    return int((counts < RARE).sum()) * (2 * hidden_size + 1)
