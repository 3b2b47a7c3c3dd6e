"""The words of a text, in any script that separates them."""

import re
import unicodedata
from collections.abc import Iterator

MIN_LETTERS = 3  # a single letter or two occur in any text
# Scripts without spaces between words, by the Unicode names of their letters. Without a
# dictionary their words cannot be told apart, and a whole sentence would count as one.
_UNSEPARATED = (
    *("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "BOPOMOFO"),
    *("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "JAVANESE", "BALINESE"),
)


def words(text: str) -> Iterator[str]:
    """Sequences of letters of any script, with combining marks and with apostrophes inside.

    The letters of scripts that do not separate words, such as Chinese, Japanese and Thai, are
    left out, like digits and signs. (Korean does separate words.)
    """
    kinds = {character: _kind(character) for character in set(text)}
    letters = "".join(c for c, kind in kinds.items() if kind == "L")
    marks = "".join(c for c, kind in kinds.items() if kind == "M")
    if not letters:
        return
    part = f"[{letters}][{letters}{marks}]*"
    for found in re.finditer(f"{part}(?:['’]{part})*", text):
        yield found.group()


def complete_words(sample: str) -> list[str]:
    """The words of a sample, without those at its ends, which may be cut off."""
    # A letter added at each end joins a word that may be cut off there. Then the first and the
    # last word go.
    return list(words(f"x{sample}x"))[1:-1]


def is_counted(word: str) -> bool:
    """Whether a word has at least MIN_LETTERS letters. A Korean syllable has two or three."""
    letters = unicodedata.normalize("NFD", word)
    return sum(unicodedata.category(c)[0] == "L" for c in letters) >= MIN_LETTERS


def _kind(character: str) -> str:
    """The first letter of its Unicode category; none for a letter without word boundaries."""
    kind = unicodedata.category(character)[0]
    if kind == "L" and unicodedata.name(character, "").startswith(_UNSEPARATED):
        return ""
    return kind
