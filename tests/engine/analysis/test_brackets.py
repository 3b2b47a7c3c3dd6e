"""Which brackets a network closes, against a plain loop; and what a perfect one would reach."""

import numpy as np

from charrnn.engine.analysis.brackets import MATCHING, closed_share
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import next_distribution, next_hidden
from charrnn.engine.vocabulary import Vocabulary

TEXT = "cd]\n(abc)\n[ab{}c]\n{abca}\n(ab)\nno bracket\n[ca]\n{b}\n(cut off"
VOCABULARY = Vocabulary.of(TEXT)


def network(seed: int) -> Parameters:
    return Parameters.initial(
        len(VOCABULARY), 9, seed=seed, dtype="float64", kind="normal", scale=1.0
    )


def plain_share(weights, text):
    """Line by line, reading one character at a time."""
    hidden, right, lines = np.zeros(weights.hidden_size), 0, text.split("\n")
    likeliest = []  # the likeliest closing bracket after each character
    for character in VOCABULARY.encode(text):
        hidden = next_hidden(weights, hidden, int(character))
        p = next_distribution(weights, hidden)
        likeliest.append(max(MATCHING.values(), key=lambda c: p[VOCABULARY.encode(c)[0]]))
    counted, start = 0, len(lines[0]) + 1
    for line in lines[1:-1]:
        if line[0] in MATCHING and line[-1] == MATCHING[line[0]]:
            counted += 1
            right += likeliest[start + len(line) - 2] == line[-1]
        start += len(line) + 1
    return right / counted


def test_it_equals_a_plain_loop():
    shares = set()
    for seed in range(12):
        weights = network(seed)
        share = closed_share(weights, VOCABULARY, TEXT, np.zeros(9))
        assert share == plain_share(weights, TEXT)
        shares.add(share)
    assert len(shares) > 2


def test_a_text_without_such_lines_has_no_share():
    weights = network(0)
    assert closed_share(weights, VOCABULARY, "no\nbracket\n(ab\n", np.zeros(9)) is None
    assert closed_share(weights, VOCABULARY, "", np.zeros(9)) is None
