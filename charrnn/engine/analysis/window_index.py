"""An index of all windows of a text, to find those that a sample shares with it.

White space is compared, but not counted. A character is visible if it is not white space, and a
window is a part from one visible character to another, with a given number of them in all.
"""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.vocabulary import code_points

# The base of the polynomial hash; odd, with well-mixed bits.
HASH_BASE = 0x9E3779B97F4A7C15
CHUNK = 2**15  # windows hashed at a time, to stay in the processor's cache
POSITION = np.uint64(2**32 - 1)  # the lower half of an entry; the upper half is the hash

_MIX = np.uint64(0xBF58476D1CE4E5B9)
_VISIBLE = np.array([not chr(code).isspace() for code in range(0x3002)])  # then, all are


class WindowIndex:
    """The hash and the position of every window of a text, 8 bytes in all, ordered by the hash.

    Immutable once built, so threads may share it.
    """

    def __init__(self, text: str, min_length: int) -> None:
        """min_length: visible characters per window. A text has at most 2^32 characters."""
        self.text, self.min_length = text, min_length
        starts = visible_positions(text)
        count = max(0, len(starts) - min_length + 1)
        self.entries = np.empty(count, np.uint64)
        for i in range(0, count, CHUNK):
            visible = starts[i : i + CHUNK + min_length - 1]
            hashes = window_hashes(text, visible, min_length)
            np.bitwise_or(hashes, visible[: len(hashes)], out=self.entries[i : i + CHUNK])
        self.entries.sort()

    def look_up(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The first entry with each hash, and how many there are."""
        # In ascending order, a look-up finds in the cache what the one before has read.
        distinct, inverse = np.unique(hashes, return_inverse=True)
        first = np.searchsorted(self.entries, distinct)
        found = first < len(self.entries)
        found[found] = (self.entries[first[found]] & ~POSITION) == distinct[found]
        count = np.zeros(len(distinct), np.intp)
        ends = np.searchsorted(self.entries, distinct[found] | POSITION, "right")
        count[found] = ends - first[found]
        return first[inverse], count[inverse]


def visible_positions(text: str) -> NDArray[np.uint32]:
    """Where the characters are that are not white space."""
    codes = code_points(text)
    positions = np.flatnonzero(_VISIBLE[np.minimum(codes, len(_VISIBLE) - 1)])
    return positions.astype(np.uint32)


def window_hashes(text: str, visible: NDArray[np.uint32], min_length: int) -> NDArray[np.uint64]:
    """The hash of each window, in the upper half: (len(visible) - min_length + 1,), or (0,).

    visible: the positions of consecutive visible characters of the text, (n,).
    """
    count = max(0, len(visible) - min_length + 1)
    if not count:
        return np.empty(0, np.uint64)
    begin = int(visible[0])
    codes = code_points(text[begin : int(visible[-1]) + 1]).astype(np.uint64)
    at = visible.astype(np.intp) - begin
    characters = codes[at]
    # White space inside a window counts with the character after it: how much, and what it ends in.
    gaps = np.diff(at, prepend=0) - 1
    gaps[0] = 0
    spaces = np.where(gaps > 0, codes[at - 1] + gaps.astype(np.uint64) * _MIX, np.uint64(0))
    hashes = characters[:count].copy()
    characters += spaces * _MIX
    for i in range(1, min_length):
        hashes *= np.uint64(HASH_BASE)
        hashes += characters[i : i + count]
    hashes ^= hashes >> np.uint64(32)
    hashes *= _MIX
    hashes &= ~POSITION
    return hashes
