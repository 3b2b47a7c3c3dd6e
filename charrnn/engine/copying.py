"""Copied or invented: what of a sample stands word for word in the text it was learned from.

A network that has learned a text by heart and one that has learned how to write look the same
in their loss. Looking the sample up in the text tells them apart.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# Characters. Below, a run may be a long word; above, even a text that repeats itself is quoted.
MIN_SHORTEST, MAX_SHORTEST = 12, 40
# Odd, its bits mixed: what a hash is multiplied with from character to character.
HASH_BASE = 0x9E3779B1
PIECE = 2**16  # characters that are hashed at a time: few enough for the processor's cache


class Stretch(NamedTuple):
    """A piece of a sample that stands in the text. In characters."""

    start: int
    length: int


@dataclass(frozen=True)
class Copied:
    """What of a sample stands in the text, and which of its words do not.

    length: characters of the sample. stretches: what is quoted, from left to right, without
    overlap. words: how many whole words it has; known: how many of them occur in the text.
    invented: the others, as they are spelled where they come first, each once.
    """

    length: int
    stretches: tuple[Stretch, ...]
    words: int
    known: int
    invented: tuple[str, ...]

    @property
    def longest(self) -> Stretch | None:
        """The longest quoted stretch, the first if there are several."""
        return max(self.stretches, key=lambda stretch: stretch.length, default=None)

    @property
    def share(self) -> float:
        """Which part of the sample is quoted, 0 to 1."""
        return sum(stretch.length for stretch in self.stretches) / max(1, self.length)

    @property
    def known_share(self) -> float | None:
        """Which part of the words occurs in the text, 0 to 1; None where there is no word."""
        return self.known / self.words if self.words else None


def worth_noticing(n_characters: int, bits_per_character: float) -> int:
    """From how many characters on a run that also stands in the text is worth noticing.

    n_characters: of the text. bits_per_character: what a character of it tells a reader who
    knows the two before (Landmarks.trigram); at or near 0 for a text that repeats itself.

    With h bits per character, two places agree in k characters by chance once in 2^(h·k). A text
    of n has about n² pairs of places, so chance alone repeats runs of up to 2·log2(n)/h. People
    repeat more than that: turns of phrase, names, and words whose end follows from more than two
    characters. So half as much again is asked for: 3·log2(n)/h, from 12 to 40. At 2, a quarter of
    a new chapter would pass for copied from the chapters before (tests/benchmarks/copying.py).
    A text that is short for its characters (Chinese) has its triples by heart: h is small, and
    the length rather too long than too short.
    """
    fair = 3 * math.log2(max(1, n_characters)) / max(bits_per_character, 1e-9)
    return math.ceil(min(max(fair, MIN_SHORTEST), MAX_SHORTEST))


class Source:
    """A text made ready for looking samples up in it.

    Takes 4 bytes for each character of the text (a hash of every run of `shortest`, in order of
    size) and the set of its different words; the text itself is not copied. Nothing changes after
    it is made, so threads may share it.
    """

    def __init__(self, text: str, *, shortest: int):
        """shortest: from how many characters on a stretch counts as quoted (worth_noticing).

        Raises ValueError if it is below 1.
        """
        if shortest < 1:
            raise ValueError(f"shortest is {shortest}; it must be at least 1 character")
        self.text = text
        self.shortest = shortest
        self.words = frozenset(word.casefold() for word in _words(text))
        self.hashes = np.empty(max(0, len(text) - shortest + 1), np.uint32)
        for start in range(0, len(self.hashes), PIECE):
            piece = text[start : start + PIECE + shortest - 1]
            self.hashes[start : start + PIECE] = _hashes(piece, shortest)
        self.hashes.sort()

    def compare(self, sample: str) -> Copied:
        """Look a sample up.

        From left to right, a stretch begins at the first character from which on at least
        `shortest` stand in the text, and is as long as the text allows; the search goes on
        behind it. A word is letters of any script, with the marks on them and with apostrophes
        inside; capitals make no difference. One that touches an edge of the sample may have been
        cut off and is left out. Scripts that do not part their words have only long ones.
        """
        words = _whole_words(sample)
        unknown = [word for word in words if word.casefold() not in self.words]
        spellings: dict[str, str] = {}
        for word in unknown:
            spellings.setdefault(word.casefold(), word)
        return Copied(
            length=len(sample),
            stretches=tuple(self._stretches(sample)),
            words=len(words),
            known=len(words) - len(unknown),
            invented=tuple(spellings.values()),
        )

    def _stretches(self, sample: str) -> Iterator[Stretch]:
        hashes = _hashes(sample, self.shortest)
        at, behind = (np.searchsorted(self.hashes, hashes, side) for side in ("left", "right"))
        # Whether the run from here may stand in the text; where not, it certainly does not.
        maybe = at < behind
        end = 0
        for start in np.flatnonzero(maybe).tolist():
            if start >= end and (length := self._length(sample, start, maybe)):
                end = start + length
                yield Stretch(start, length)

    def _length(self, sample: str, start: int, maybe: np.ndarray) -> int:
        """How many characters from `start` on stand in the text; 0 below `shortest`.

        The text is gone through once at the most: where the run is found, it is read on for as
        long as it agrees, and only then the longer one is searched, from there on. No place
        before has it, for none has the shorter one.
        """
        end = start + self.shortest
        place = self.text.find(sample[start:end])
        if place < 0:
            return 0  # another run has the same hash
        while end < len(sample) and maybe[end - self.shortest + 1]:
            following = place + end - start
            if self.text[following : following + 1] != sample[end]:
                place = self.text.find(sample[start : end + 1], place + 1)
                if place < 0:
                    break
            end += 1
        return end - start


def _hashes(text: str, length: int) -> np.ndarray:
    """A hash of every run of so many characters: (len(text) - length + 1,), or (0,)."""
    # UTF-32 is one number for each character; surrogatepass lets any Python string through.
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    hashes = np.zeros(max(0, len(codes) - length + 1), np.uint32)
    for i in range(length):
        hashes *= np.uint32(HASH_BASE)
        hashes += codes[i : i + len(hashes)]
    return hashes


def _words(text: str) -> Iterator[str]:
    kinds = {character: unicodedata.category(character)[0] for character in set(text)}
    letters = "".join(c for c, kind in kinds.items() if kind == "L")
    marks = "".join(c for c, kind in kinds.items() if kind == "M")
    if not letters:
        return
    part = f"[{letters}][{letters}{marks}]*"
    for found in re.finditer(f"{part}(?:['’]{part})*", text):
        yield found.group()


def _whole_words(sample: str) -> list[str]:
    # A letter on both sides joins what may have been cut off: the first and the last word go.
    return list(_words(f"x{sample}x"))[1:-1]
