"""Copied or invented: what of a sample occurs word for word in the text the network learned from.

The loss does not tell a network that has memorized a text from one that has learned how to write.
Looking up a sample in the text does.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Characters. Anything shorter may be one long word; anything longer counts as copied even in a
# text that repeats itself.
MIN_MATCH_LENGTH, MAX_MATCH_LENGTH = 12, 40
# The base of the polynomial hash; odd, with well-mixed bits.
HASH_BASE = 0x9E3779B1
CHUNK = 2**16  # characters hashed at a time, to stay in the processor's cache


class Match(NamedTuple):
    """A part of a sample that occurs in the text. In characters."""

    start: int
    length: int


@dataclass(frozen=True)
class Overlap:
    """What of a sample occurs in the text, and which of its words do not.

    length: of the sample, in characters. matches: the parts that occur in the text, from left to
    right, without overlap. words: how many complete words the sample has; known: how many of them
    occur in the text. invented: the others, each once, as spelled at their first occurrence.
    """

    length: int
    matches: tuple[Match, ...]
    words: int
    known: int
    invented: tuple[str, ...]

    @property
    def longest(self) -> Match | None:
        """The longest match, the first if there are several."""
        return max(self.matches, key=lambda match: match.length, default=None)

    @property
    def share(self) -> float:
        """The share of the sample that is copied, 0 to 1."""
        return sum(match.length for match in self.matches) / max(1, self.length)

    @property
    def known_share(self) -> float | None:
        """The share of the words that occur in the text, 0 to 1; None if there is no word."""
        return self.known / self.words if self.words else None


def min_match_length(n_characters: int, bits_per_character: float) -> int:
    """The length from which a match counts as copied, in characters: 12 to 40.

    n_characters: of the text. bits_per_character: its entropy per character given the two before
    (Baselines.trigram); near 0 for a text that repeats itself.

    With h bits per character, two positions agree in k characters by chance once in 2^(h·k). A
    text of n characters has about n² pairs of positions, so chance alone repeats up to
    2·log2(n)/h characters. People repeat more than that: idioms, names, and words whose endings
    follow from more than two characters. So half as much again is required, 3·log2(n)/h. With a
    factor of 2, a quarter of a new chapter would count as copied from the earlier chapters
    (tests/benchmarks/overlap.py). Where a text is short for its vocabulary, as in Chinese, most
    trigrams occur once: h is too small, and the length rather too long than too short.
    """
    length = 3 * math.log2(max(1, n_characters)) / max(bits_per_character, 1e-9)
    return math.ceil(min(max(length, MIN_MATCH_LENGTH), MAX_MATCH_LENGTH))


class SourceIndex:
    """An index of a text, for looking up samples in it.

    Takes 4 bytes per character of the text (a hash of every part of `min_length` characters,
    sorted) and the set of its distinct words; the text itself is not copied. Immutable once
    built, so threads may share it.
    """

    def __init__(self, text: str, *, min_length: int) -> None:
        """min_length: of a match, in characters (see min_match_length).

        Raises ValueError if it is below 1.
        """
        if min_length < 1:
            raise ValueError(f"min_length is {min_length}; it must be at least 1 character")
        self.text = text
        self.min_length = min_length
        self.words = frozenset(word.casefold() for word in _words(text))
        self.hashes = np.empty(max(0, len(text) - min_length + 1), np.uint32)
        for start in range(0, len(self.hashes), CHUNK):
            chunk = text[start : start + CHUNK + min_length - 1]
            self.hashes[start : start + CHUNK] = _hashes(chunk, min_length)
        self.hashes.sort()

    def compare(self, sample: str) -> Overlap:
        """Look up a sample.

        From left to right, a match begins at the first character from which at least `min_length`
        characters occur in the text, and is as long as possible; the next one begins after it.

        A word is a sequence of letters of any script, with their combining marks and with
        apostrophes inside; case is ignored. A word that touches either end of the sample may be
        incomplete and is left out. (In scripts without spaces, whole sentences count as words.)
        """
        words = _complete_words(sample)
        unknown = [word for word in words if word.casefold() not in self.words]
        spellings: dict[str, str] = {}
        for word in unknown:
            spellings.setdefault(word.casefold(), word)
        return Overlap(
            length=len(sample),
            matches=tuple(self._matches(sample)),
            words=len(words),
            known=len(words) - len(unknown),
            invented=tuple(spellings.values()),
        )

    def _matches(self, sample: str) -> Iterator[Match]:
        hashes = _hashes(sample, self.min_length)
        first, end = (np.searchsorted(self.hashes, hashes, side) for side in ("left", "right"))
        # Where the hash is not in the index, no match begins. Where it is, one may.
        candidates = first < end
        match_end = 0
        for start in np.flatnonzero(candidates).tolist():
            if start >= match_end and (length := self._match_length(sample, start, candidates)):
                match_end = start + length
                yield Match(start, length)

    def _match_length(self, sample: str, start: int, candidates: NDArray[np.bool_]) -> int:
        """How many characters of the sample from `start` occur in the text; 0 below min_length.

        One pass over the text at most: where the match is found, it is extended for as long as
        text and sample agree. Only then is the longer match searched for, from there on, because
        an earlier position would have had the shorter one, too.
        """
        end = start + self.min_length
        position = self.text.find(sample[start:end])
        if position < 0:
            return 0  # a hash collision
        while end < len(sample) and candidates[end - self.min_length + 1]:
            following = position + end - start
            if self.text[following : following + 1] != sample[end]:
                position = self.text.find(sample[start : end + 1], position + 1)
                if position < 0:
                    break
            end += 1
        return end - start


def _hashes(text: str, length: int) -> NDArray[np.uint32]:
    """The hash of every part of `length` characters: (len(text) - length + 1,), or (0,)."""
    # UTF-32 has one number per character; surrogatepass accepts any Python string.
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    hashes = np.zeros(max(0, len(codes) - length + 1), np.uint32)
    for i in range(length):
        hashes *= np.uint32(HASH_BASE)
        hashes += codes[i : i + len(hashes)]
    return hashes


def _words(text: str) -> Iterator[str]:
    categories = {character: unicodedata.category(character)[0] for character in set(text)}
    letters = "".join(c for c, category in categories.items() if category == "L")
    marks = "".join(c for c, category in categories.items() if category == "M")
    if not letters:
        return
    part = f"[{letters}][{letters}{marks}]*"
    for found in re.finditer(f"{part}(?:['’]{part})*", text):
        yield found.group()


def _complete_words(sample: str) -> list[str]:
    # A letter added at each end joins a word that may be cut off there. Then the first and the
    # last word go.
    return list(_words(f"x{sample}x"))[1:-1]
