"""How many lines a network closes with the bracket that matches their first character.

For texts like data/brackets.txt: every line begins with an opening bracket and ends with its match,
with letters in between that say nothing about it. So a network has to remember how a line began.
"""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.analysis.reading import read_passage
from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.parameters import Parameters
from charrnn.engine.vocabulary import Vocabulary

MATCHING = {"(": ")", "[": "]", "{": "}"}


def closed_lines(
    weights: Parameters, vocabulary: Vocabulary, text: str, hidden: FloatArray
) -> tuple[NDArray[np.bool_], IntArray]:
    """Whether the network would close each line of `text` correctly, and over what distance.

    It reads the text, from the hidden state (H,), and at the end of each line its most likely
    closing bracket is compared with the right one; guessing is right a third of the time. The
    distance is from one bracket to the other, in characters. Both are of shape (lines,). The first
    line may be cut off, so it does not count.
    """
    closing = vocabulary.encode("".join(c for c in MATCHING.values() if c in vocabulary.characters))
    starts, ends = _lines(text)
    if not len(ends):
        return np.zeros(0, np.bool_), ends
    ids = vocabulary.encode(text)
    probabilities = read_passage(weights, ids, hidden).probabilities
    before = probabilities[ends - 1][:, closing]  # what each closing bracket follows
    return closing[before.argmax(axis=1)] == ids[ends], ends - starts


def closed_share(
    weights: Parameters, vocabulary: Vocabulary, text: str, hidden: FloatArray
) -> float | None:
    """The share of the lines that closed_lines() finds right, 0 to 1; None without any line."""
    right, _ = closed_lines(weights, vocabulary, text, hidden)
    return float(right.mean()) if len(right) else None


def _lines(text: str) -> tuple[IntArray, IntArray]:
    """Of each line that ends with the match of its first character: where both are, (lines,)."""
    starts, ends, start = [], [], text.find("\n") + 1
    while (newline := text.find("\n", start)) > 0:
        line = text[start:newline]
        if len(line) > 1 and MATCHING.get(line[0]) == line[-1]:
            starts.append(start)
            ends.append(newline - 1)
        start = newline + 1
    return np.array(starts, np.intp), np.array(ends, np.intp)
