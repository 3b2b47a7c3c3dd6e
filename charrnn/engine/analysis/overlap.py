"""Copied or invented: what of a sample occurs word for word in the text the network learned from.

The loss does not tell a network that has memorized a text from one that has learned how to write.
Looking up a sample in the text does. White space is compared, but it does not count: indentation
is easy to learn, and says nothing about what was copied.
"""

import math
from dataclasses import dataclass

import numpy as np

from charrnn.engine.analysis.matches import Match, Matches, find
from charrnn.engine.analysis.window_index import WindowIndex
from charrnn.engine.analysis.words import complete_words, is_counted, words

# Visible characters. Anything shorter may be one long word. A text in which only longer matches
# would mean something repeats itself too much for a verdict.
MIN_MATCH_LENGTH, MAX_MATCH_LENGTH = 12, 40


@dataclass(frozen=True)
class Overlap:
    """What of a sample occurs in the text, and which of its words do not.

    matching: the parts that occur in the text (see matches.py); None if there is no verdict,
    because the text repeats itself too much. words: how many complete words the sample has;
    known: how many of them occur in the text. invented: the others, each once, as spelled at
    their first occurrence.
    """

    matching: Matches | None
    words: int
    known: int
    invented: tuple[str, ...]

    @property
    def matches(self) -> tuple[Match, ...]:
        """The parts that are copied, from left to right, without overlap."""
        return self.matching.parts if self.matching else ()

    @property
    def longest(self) -> Match | None:
        """The longest match, by its visible characters, or None.

        It may be longer than any of `matches`, which do not overlap and may be cut.
        """
        return self.matching.longest if self.matching else None

    @property
    def share(self) -> float | None:
        """The share of the sample that is copied, 0 to 1; None if there is no verdict.

        White space does not count.
        """
        return self.matching.copied / max(1, self.matching.visible) if self.matching else None

    @property
    def known_share(self) -> float | None:
        """The share of the words that occur in the text, 0 to 1; None if there is no word."""
        return self.known / self.words if self.words else None


def min_match_length(n_characters: int, bits_per_character: float) -> int | None:
    """The length from which a match counts as copied, in characters that are not white space.

    At least MIN_MATCH_LENGTH. None if it would be above MAX_MATCH_LENGTH: then the text repeats
    itself so much that matches do not tell copying from writing, and there is no verdict.

    n_characters: of the text. bits_per_character: how unpredictable the text is to a model that
    knows the two characters before (Baselines.trigram, measured on text that was not counted).

    With h bits per character, two positions agree in k characters by chance once in 2^(h·k). A
    text of n characters has about n² pairs of positions, so chance alone repeats up to
    2·log2(n)/h characters. People repeat more than that: idioms, names, and words whose endings
    follow from more than two characters. So half as much again is required, 3·log2(n)/h. With a
    factor of 2, much of a new chapter would count as copied from the earlier ones
    (tests/benchmarks/overlap.py).
    """
    length = 3 * math.log2(max(2, n_characters)) / max(bits_per_character, 1e-9)
    return max(MIN_MATCH_LENGTH, math.ceil(length)) if length <= MAX_MATCH_LENGTH else None


class SourceIndex:
    """An index of a text, for looking up samples in it.

    Takes 8 bytes per character of the text (see window_index.py) and the set of its distinct words;
    the text itself is not copied. Immutable once built, so threads may share it.
    """

    def __init__(self, text: str, *, min_length: int | None) -> None:
        """min_length: of a match, in visible characters, or None for no verdict about copying
        (what min_match_length returns). Raises ValueError if it is below 1.
        """
        if min_length is not None and min_length < 1:
            raise ValueError(f"min_length is {min_length}; it must be at least 1 character")
        self.min_length = min_length
        # Hashes take a tenth of the memory of a set of words. Of two words that differ, one in
        # 2^64 pairs has the same hash.
        self.words = np.unique(np.fromiter(map(_word_hash, words(text)), np.int64))
        self.windows = WindowIndex(text, min_length) if min_length else None

    @property
    def nbytes(self) -> int:
        """What it takes in memory together with the text, at most."""
        if self.windows is None:
            return self.words.nbytes
        text = self.windows.text
        text_bytes = len(text) * (1 if text.isascii() else 4)
        return self.words.nbytes + self.windows.entries.nbytes + text_bytes

    def knows(self, word: str) -> bool:
        """Whether a word occurs in the text."""
        word_hash = _word_hash(word)
        at = int(self.words.searchsorted(word_hash))
        return at < len(self.words) and int(self.words[at]) == word_hash

    def compare(self, sample: str) -> Overlap:
        """Look up a sample. The work is bounded, whatever the text.

        A word is a sequence of three letters or more, with their combining marks and with
        apostrophes inside; case is ignored. A word that touches either end of the sample may be
        incomplete and is left out. So are scripts without spaces between words (see words.py).
        """
        complete = [word for word in complete_words(sample) if is_counted(word)]
        unknown = [word for word in complete if not self.knows(word)]
        spellings: dict[str, str] = {}
        for word in unknown:
            spellings.setdefault(word.casefold(), word)
        return Overlap(
            matching=find(self.windows, sample) if self.windows else None,
            words=len(complete),
            known=len(complete) - len(unknown),
            invented=tuple(spellings.values()),
        )


def _word_hash(word: str) -> int:
    return hash(word.casefold())
