"""A network with a prompt: writes samples and gives the probabilities of each next character."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from charrnn.engine.sampling import TopProbabilities, prime, sample, top_probabilities
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.ui.shared.snapshots import Snapshot

# The steps are finest just below and around 1, where a small change is visible in the text.
TEMPERATURES = (
    *(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    *(1.05, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0),
)
COMPARED_TEMPERATURES = (0.0, 0.5, 0.8, 1.0, 1.5)


@dataclass(frozen=True)
class SampleSettings:
    """How to sample after the prompt."""

    seed: int
    length: int  # characters
    temperature: float
    picked: Mapping[int, int] = field(default_factory=dict)  # position -> id used instead


class Start(NamedTuple):
    """Where writing begins or goes on."""

    hidden: np.ndarray  # before `first`, (H,)
    first: int  # the id of the character that is read first


@dataclass(frozen=True)
class Writer:
    """A snapshot of a network, and the prompt it continues."""

    snapshot: Snapshot
    vocabulary: Vocabulary
    prompt: str  # only characters of the vocabulary

    def start(self) -> Start:
        """Where a sample begins: at the last character of the prompt."""
        snapshot = self.snapshot
        return Start(*read_prompt(snapshot.weights, snapshot.hidden, self.vocabulary, self.prompt))

    def after(self, start: Start, written: np.ndarray) -> Start:
        """Where to go on after these ids, which were written from `start`."""
        return Start(*prime(self.snapshot.weights, start.hidden, [start.first, *written.tolist()]))

    def write(
        self, settings: SampleSettings, *, start: Start | None = None, position: int = 0
    ) -> np.ndarray:
        """The ids of `settings.length` characters: (length,). Equal settings, equal ids.

        They are the characters after the prompt, or those from a later position on. start: where
        to go on then.
        """
        rng = seeded_rng(settings.seed)
        rng.random(position)  # used up by the characters before
        hidden, first = start or self.start()
        picked = {p - position: i for p, i in settings.picked.items() if p >= position}
        return sample(
            self.snapshot.weights,
            rng,
            hidden=hidden,
            first=first,
            length=settings.length,
            temperature=settings.temperature,
            picked=picked,
        )

    def top_probabilities(
        self, written: np.ndarray, temperature: float, *, start: Start | None = None
    ) -> TopProbabilities:
        """The most likely characters after the ids written so far, from the prompt or `start`."""
        hidden, first = start or self.start()
        return top_probabilities(
            self.snapshot.weights,
            hidden=hidden,
            ids=[first, *written.tolist()],
            temperature=temperature,
        )
