"""How a saved network continues a prompt: the same on the page Write and on the command line.

The same run at the same iteration, with the same prompt, temperature, length and seed, writes the
same text in both.
"""

import numpy as np

from charrnn.engine.arrays import FloatArray
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import prime, sample_rng
from charrnn.engine.vocabulary import Vocabulary

MAX_LENGTH = 20_000  # characters that may be asked for


def read_prompt(
    weights: Parameters, hidden: FloatArray, vocabulary: Vocabulary, prompt: str
) -> tuple[FloatArray, int]:
    """(The hidden state before the last character of the prompt, (H,); that character.)

    hidden: the hidden state of the saved network, from which it reads the prompt, because many
    networks never learn to begin from zeros. prompt: only characters of the vocabulary. An empty
    one stands for a newline, or else for a space.
    """
    characters = vocabulary.characters
    default = next((c for c in "\n " if c in characters), characters[0])
    return prime(weights, hidden, vocabulary.encode(prompt or default).tolist())


def seeded_rng(seed: int) -> np.random.Generator:
    """The random numbers for a seed. They do not depend on how far the network is trained."""
    return sample_rng(seed, 0)
