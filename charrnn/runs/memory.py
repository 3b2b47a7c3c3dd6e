"""How much memory training takes, by arithmetic, before anything is allocated."""

import numpy as np

from charrnn.engine import stretches
from charrnn.engine.optimizers.by_name import OPTIMIZERS
from charrnn.engine.parameters import Parameters
from charrnn.runs.config import RunConfig

# Arrays of the size of the weights: weights, gradients and the optimizer's scratch space; the
# weights before a step that is measured; the two states of good_state.py; and, while a state is
# saved, the copies of the weights as arrays, as bytes and in the database.
WEIGHT_COPIES = 11
ACCUMULATOR_COPIES = 7  # the same for each accumulator of the optimizer


def window_bytes(config: RunConfig, vocab_size: int) -> int:
    """The buffers of a training window (window.py).

    Of its T·B rows, two arrays are as wide as the vocabulary and five as wide as the hidden state.
    """
    rows, V, H = config.characters_per_iteration, vocab_size, config.hidden_size
    return rows * (2 * V + 5 * H) * np.dtype(config.dtype).itemsize


def weight_bytes(config: RunConfig, vocab_size: int) -> int:
    """All arrays of the size of the weights."""
    weights = Parameters.size(vocab_size, config.hidden_size)
    accumulators = len(OPTIMIZERS[config.optimizer].accumulator_names)
    copies = WEIGHT_COPIES + ACCUMULATOR_COPIES * accumulators
    return copies * weights * np.dtype(config.dtype).itemsize


def training_bytes(config: RunConfig, vocab_size: int) -> int:
    """What training this network takes beside the interpreter and the text, within a tenth."""
    # Held-out text is only predicted, which takes one array as wide as the vocabulary.
    held_out = stretches.WINDOW * (vocab_size + 5 * config.hidden_size) if config.held_out else 0
    windows = window_bytes(config, vocab_size) + held_out * np.dtype(config.dtype).itemsize
    return windows + weight_bytes(config, vocab_size)
