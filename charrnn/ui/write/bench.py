"""Lets a network write on from a prompt, and says what each character was chosen from."""

from dataclasses import dataclass

import numpy as np

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.sampling import Odds, odds, primed, sample, sample_rng
from charrnn.ui.alphabet.reading import Moment

# Fine where it matters: below 1 each tenth changes what one reads.
TEMPERATURES = (
    *(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0),
    *(1.05, 1.1, 1.2, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0),
)
STRIP = (0.0, 0.5, 0.8, 1.0, 1.5)


@dataclass(frozen=True)
class Bench:
    """A network at one moment, and the characters it is given to begin with."""

    moment: Moment
    vocabulary: Vocabulary
    prompt: str  # only characters of the vocabulary

    def write(
        self, *, dice: int, length: int, temperature: float, picked: dict[int, int] | None = None
    ) -> np.ndarray:
        """Ids that follow the prompt: (length,). The same dice give the same throws."""
        hidden, first = self._start()
        return sample(
            self.moment.weights,
            sample_rng(dice, 0),
            hidden=hidden,
            first=first,
            length=length,
            temperature=temperature,
            picked=picked,
        )

    def odds(self, written: np.ndarray, temperature: float) -> Odds:
        """What may come after the prompt and what was written since."""
        hidden, first = self._start()
        ids = [first, *(int(i) for i in written)]
        return odds(self.moment.weights, hidden=hidden, ids=ids, temperature=temperature)

    def _start(self) -> tuple[np.ndarray, int]:
        """From the memory of the moment: many networks never learn to begin from an empty one.

        Without a prompt a text begins on a new line, or else after a space.
        """
        characters = self.vocabulary.characters
        opening = next((c for c in "\n " if c in characters), characters[0])
        ids = self.vocabulary.encode(self.prompt or opening)
        return primed(self.moment.weights, self.moment.hidden, ids.tolist())
