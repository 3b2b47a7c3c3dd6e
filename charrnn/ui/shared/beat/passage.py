"""The thirty characters of a game: held-out text, and what the network bets on each of them."""

from typing import NamedTuple

import numpy as np

from charrnn.engine.analysis.guessing_game import rank
from charrnn.engine.analysis.reading import hidden_before, read_passage
from charrnn.engine.corpus import training_length
from charrnn.ui.shared.snapshots import Snapshot, Subject

LENGTH = 30  # characters to guess
BEFORE = 160  # characters that are shown before them
TOP = 5  # characters of each bet


class Passage(NamedTuple):
    """One game."""

    before: np.ndarray  # ids of what is shown, (n,)
    answers: np.ndarray  # ids of what is to be guessed, (LENGTH,)
    probabilities: np.ndarray  # of the network, for each of them, (LENGTH, V)

    @property
    def bits(self) -> float:
        """What the network's probabilities cost, in bits per character."""
        chosen = self.probabilities[np.arange(LENGTH), self.answers].astype(np.float64)
        return float(-np.log2(chosen).mean())

    @property
    def ranks(self) -> list[int]:
        """How many guesses the network takes for each character."""
        return [rank(p, int(i)) for p, i in zip(self.probabilities, self.answers, strict=True)]

    def top(self, position: int) -> list[tuple[int, float]]:
        """The network's best bets on one character, the most likely first: (id, probability)."""
        p = self.probabilities[position]
        return [(int(i), float(p[i])) for i in np.argsort(-p, kind="stable")[:TOP]]


def has_room(subject: Subject) -> bool:
    """Whether so much of the text is held out that there is a game."""
    n = subject.corpus.characters
    return n - training_length(n, subject.config.held_out) > LENGTH


def passage(subject: Subject, snapshot: Snapshot, game: int) -> Passage:
    """The passage of game 0, 1, 2 ...: the same for every network that learns the text.

    Raises TextNotShared.
    """
    ids = subject.ids
    n_train = training_length(len(ids), subject.config.held_out)
    start = int(
        np.random.default_rng([len(ids), game]).integers(n_train + 1, len(ids) - LENGTH + 1)
    )
    hidden = hidden_before(snapshot.weights, ids, start - 1, snapshot.hidden)
    reading = read_passage(snapshot.weights, ids[start - 1 : start + LENGTH], hidden)
    return Passage(
        before=ids[max(0, start - BEFORE) : start],
        answers=ids[start : start + LENGTH],
        probabilities=reading.probabilities[:-1].copy(),
    )
