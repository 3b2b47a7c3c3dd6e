"""How well a network predicts text that it is not trained on."""

import math
from collections.abc import Sequence

import numpy as np

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.ngrams import ngram_bits
from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import Stretches, evenly_spaced

MAX_CHARACTERS = 49_152  # the most that are read; of a longer held-out part, stretches
MAX_SHIFTS = 1000  # places tried for the stretches, to find where they are representative
MAX_COUNTED = 2**20  # characters before the held-out part whose bigrams are counted for that

# Measuring takes at most 2 % of the training time: this share of it, by the costs below, with a
# margin for what they leave out.
MAX_COST = 0.013
# The cost of one step in time, in units of NumPy's overhead for a step without gradients (about a
# microsecond): see _step_cost(). Measured with 8 to 256 hidden units and 1 to 64 streams.
STREAM_COST, PRODUCT_COST = 0.12, 1 / 54_000  # for each stream, and for each product in it
# With gradients and an update, a stream costs this many times as much, and so does the overhead.
TRAINING_STREAM, TRAINING_OVERHEAD = 1.5, 4.0
# Samples more frequent than this cost more than 2 % themselves. Then a measurement that costs no
# more than about one of them is always affordable.
FREQUENT_SAMPLES = 1000  # iterations
SAMPLE_COST = 3600


def bits_per_character(nats: float, characters: float) -> float:
    """Convert a loss in nats, summed over `characters`, to bits per character."""
    return nats / characters / math.log(2)


def newest_evaluation(evaluations: Sequence[tuple[int, float]]) -> tuple[int, float] | None:
    """The last (iteration, held-out loss), in order of iteration; None before the first update.

    The network of iteration 0 has learned nothing, so its loss says nothing about a trained one.
    """
    return evaluations[-1] if evaluations and evaluations[-1][0] > 0 else None


class HeldOut:
    """The held-out part of a text, read after a warm-up (see stretches.py).

    Up to MAX_CHARACTERS, all of it is read, each character once. Of a longer part, evenly spaced
    stretches are read. They are shifted together to where a bigram model finds them as hard to
    predict as the whole part, so that they are neither easier nor harder than the rest.

    The loss is what a single sequential reading would give, from the current training position to
    the end of the text; or of the whole text, if it is short or training is near its end. That is
    exact for a short text, and within 0.01 bits per character otherwise, except for a few networks
    in a hundred. The hidden state of these runs through a cycle whose phase slips somewhere in the
    text, so even two sequential readings that start at different places differ
    (tests/benchmarks/evaluation.py).

    characters: how many are predicted and counted.
    """

    def __init__(self, ids: IntArray, n_train: int, weights: Parameters) -> None:
        """ids: the text, (n,). n_train: where the held-out part begins, 1 <= n_train < n."""
        begins, ends = evenly_spaced(n_train, len(ids), MAX_CHARACTERS)
        if ends[-1] < len(ids):
            shift = _representative_shift(ids, n_train, begins, ends, weights.vocab_size)
            begins, ends = begins + shift, ends + shift
        self._stretches = Stretches(ids, begins, ends, weights)
        self.characters = self._stretches.characters
        self._weights = weights

    def loss(self, position: int = 0, hidden: FloatArray | float = 0.0) -> float:
        """The mean loss in nats per character.

        position, hidden: the current training position, and the hidden state there, (H,).
        """
        stretches = self._stretches.losses(position, hidden)
        return float(sum(losses.sum(dtype=np.float64) for _, losses in stretches)) / self.characters

    def interval(self, sample_interval: int, *, seq_length: int, streams: int) -> int:
        """After how many iterations to measure the loss again.

        The smallest multiple of sample_interval at which measuring takes at most 2 % of the time
        that training takes with these settings. It depends on the settings and the text alone, so
        the same run is measured at the same iterations on any machine.
        """
        training = sample_interval * seq_length * self._step_cost(streams, with_gradients=True)
        measuring = sum(n * self._step_cost(B) for B, n in self._stretches.steps.items())
        affordable = MAX_COST * training
        if sample_interval < FREQUENT_SAMPLES:
            affordable = max(affordable, SAMPLE_COST)
        return sample_interval * max(1, math.ceil(measuring / affordable))

    def _step_cost(self, streams: int, *, with_gradients: bool = False) -> float:
        """The cost of one step in time, in all streams."""
        H, V = self._weights.hidden_size, self._weights.vocab_size
        stream = STREAM_COST + PRODUCT_COST * H * (H + V)
        if with_gradients:
            return TRAINING_OVERHEAD + TRAINING_STREAM * streams * stream
        return 1 + streams * stream


def _representative_shift(
    ids: IntArray, n_train: int, begins: IntArray, ends: IntArray, vocab_size: int
) -> int:
    """By how many characters to shift all stretches to make them as hard as the whole part.

    How hard is the mean of the bits that a bigram model needs: a network's losses follow it.
    """
    first = max(0, n_train - MAX_COUNTED)
    bits = ngram_bits(ids[first:], vocab_size, n_train - first, order=2)[-1]
    total = np.concatenate([[0.0], np.cumsum(bits)])
    room = len(ids) - int(ends[-1])
    shifts = np.unique(np.linspace(0, room, min(room + 1, MAX_SHIFTS)).astype(np.intp))[:, None]
    stretches = total[ends - n_train + shifts] - total[begins - n_train + shifts]
    means = stretches.sum(axis=1) / (ends - begins).sum()
    return int(shifts[np.abs(means - bits.mean()).argmin(), 0])
