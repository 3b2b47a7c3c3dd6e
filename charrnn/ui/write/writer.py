"""A network with a prompt: writes samples and gives the probabilities of each next character."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from charrnn.engine.sampling import TopProbabilities, prime, sample, sample_rng, top_probabilities
from charrnn.engine.vocabulary import Vocabulary
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


@dataclass(frozen=True)
class Writer:
    """A snapshot of a network, and the prompt it continues."""

    snapshot: Snapshot
    vocabulary: Vocabulary
    prompt: str  # only characters of the vocabulary

    def write(self, settings: SampleSettings) -> np.ndarray:
        """The ids of the characters after the prompt: (length,). Equal settings, equal ids."""
        hidden, first = self._start()
        return sample(
            self.snapshot.weights,
            sample_rng(settings.seed, 0),
            hidden=hidden,
            first=first,
            length=settings.length,
            temperature=settings.temperature,
            picked=settings.picked,
        )

    def top_probabilities(self, written: np.ndarray, temperature: float) -> TopProbabilities:
        """The most likely characters after the prompt and the ids written so far."""
        hidden, first = self._start()
        ids = [first, *(int(i) for i in written)]
        return top_probabilities(
            self.snapshot.weights, hidden=hidden, ids=ids, temperature=temperature
        )

    def _start(self) -> tuple[np.ndarray, int]:
        """(the hidden state before the last character of the prompt, that character).

        The prompt is read from the snapshot's hidden state, because many networks never learn to
        start from zeros. An empty prompt stands for a newline, or else for a space.
        """
        characters = self.vocabulary.characters
        default = next((c for c in "\n " if c in characters), characters[0])
        ids = self.vocabulary.encode(self.prompt or default)
        return prime(self.snapshot.weights, self.snapshot.hidden, ids.tolist())
