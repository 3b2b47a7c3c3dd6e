"""How many lines a network closes with the bracket that matches their first character.

For texts like data/brackets.txt: every line begins with an opening bracket and ends with its match,
with letters in between that say nothing about it. So a network has to remember how a line began.
"""

import numpy as np

from charrnn.engine.analysis.reading import read_passage
from charrnn.engine.arrays import FloatArray
from charrnn.engine.parameters import Parameters
from charrnn.engine.vocabulary import Vocabulary

MATCHING = {"(": ")", "[": "]", "{": "}"}


def closed_share(
    weights: Parameters, vocabulary: Vocabulary, text: str, hidden: FloatArray
) -> float | None:
    """The share of the lines of `text` that the network would close correctly, 0 to 1.

    It reads the text, from the hidden state (H,), and at the end of each line its likeliest closing
    bracket is compared with the right one; who guesses is right in a third. None without any line.
    The first line may be cut off, and does not count.
    """
    closing = vocabulary.encode("".join(c for c in MATCHING.values() if c in vocabulary.characters))
    ends = _line_ends(text)
    if not ends or not len(closing):
        return None
    probabilities = read_passage(weights, vocabulary.encode(text), hidden).probabilities
    before = probabilities[np.array(ends) - 1][:, closing]  # what each closing bracket follows
    likeliest = closing[before.argmax(axis=1)]
    right = vocabulary.encode("".join(text[end] for end in ends))
    return float((likeliest == right).mean())


def _line_ends(text: str) -> list[int]:
    """Where the last character of each line is that ends with the match of its first."""
    ends, start = [], text.find("\n") + 1
    while (newline := text.find("\n", start)) > 0:
        line = text[start:newline]
        if len(line) > 1 and MATCHING.get(line[0]) == line[-1]:
            ends.append(newline - 1)
        start = newline + 1
    return ends
