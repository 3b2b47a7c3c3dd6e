"""Whether decoded bytes make sense as text."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

MAX_CONTROL_SHARE = 0.05  # of the characters; in random bytes it is a tenth
MAX_BROKEN_SHARE = 0.01  # of the characters beyond ASCII; a few broken ones do not make it binary

# Control characters that do not occur in text, unlike tab, newline, vertical tab, form feed and
# carriage return.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")

# Scripts that stand in one word, as the first word of their letters' Unicode names.
EAST_ASIAN = {"CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH"}
FINAL_LETTERS = frozenset("ςךםןףץةى")  # forms that end a word, in Greek, Hebrew and Arabic
# Kinds of characters that are not letters, in small letters: script() returns them, too.
SYMBOL, BOX, OTHER = "symbol", "box", "other"
SYMBOL_CATEGORIES = {"Sm", "So", "Sc", "Sk", "Lm", "Cc", "Co", "Cn"}
BOX_NAMES = ("BOX DRAWINGS", "FULL BLOCK", "LIGHT SHADE", "MEDIUM SHADE", "DARK SHADE")


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


def oddity(text: str) -> float:
    """How much looks wrong beside its neighbor, per non-ASCII character: 0 for clean text.

    In the wrong encoding, bytes become letters of several scripts in one word, capitals after
    small letters, symbols inside words, control characters, or half-width kana. This is how
    chardetng, the detector of Firefox, rules out encodings.
    """
    n = len(text) - len(text.encode("ascii", "ignore"))
    pairs = Counter(zip("\n" + text, text, strict=False))
    odd = sum(
        _oddity_of_pair(before, character) * times
        for (before, character), times in pairs.items()
        if not (before.isascii() and character.isascii())
    )
    return odd / max(1, n)


@lru_cache(maxsize=100_000)
def _oddity_of_pair(before: str, character: str) -> float:
    scripts = _script(before), _script(character)
    if "\x80" <= character < "\xa0":
        return 1.0
    are_letters = [script.isupper() for script in scripts]
    odd = 0.3 if scripts[1] == "HALFWIDTH" else 0.0
    if all(are_letters):
        if scripts[0] == scripts[1]:
            shouts = before.islower() and character.isupper()
            return odd + (1.0 if shouts or before in FINAL_LETTERS else 0.0)
        # Chinese and Japanese put ASCII letters between their own without a space.
        has_ascii = before.isascii() or character.isascii()
        return odd + (0.3 if has_ascii and "EAST ASIAN" in scripts else 1.0)
    if any(are_letters) and (SYMBOL in scripts or BOX in scripts):
        return odd + 1.0
    return odd + (0.5 if scripts == (SYMBOL, SYMBOL) else 0.0)


@lru_cache(maxsize=100_000)
def _script(character: str) -> str:
    """The script of a letter in capitals, such as LATIN; the kind of another character."""
    category, full_name = unicodedata.category(character), unicodedata.name(character, "")
    first_word = re.split("[ -]", full_name)[0]
    if character == "\u30fc" or (first_word in EAST_ASIAN and category[0] == "L"):
        return "EAST ASIAN"  # U+30FC lengthens a vowel of kana
    if category in ("Lu", "Ll", "Lt", "Lo") and character not in "ªº":
        return first_word
    if full_name.startswith(BOX_NAMES) or full_name.endswith("HALF BLOCK"):
        return BOX
    is_symbol = (category in SYMBOL_CATEGORIES and character != "°") or character in "§¶"
    return SYMBOL if is_symbol and not character.isascii() else OTHER
