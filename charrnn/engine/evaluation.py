"""How well a network predicts text that it is not trained on."""

import math
from collections.abc import Sequence

import numpy as np

from charrnn.engine.arrays import FloatArray, IntArray
from charrnn.engine.ngrams import ngram_bits
from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import Stretches, evenly_spaced

MAX_CHARACTERS = 49_152  # of a long held-out part that are read
MAX_SHIFTS = 1000  # of the stretches, to find the best one
MAX_COUNTED = 2**20  # characters before the held-out part, to judge the stretches by

MAX_COST = 0.013  # of the training time; 2 % with a margin for what the costs below leave out
# How long a step takes, for each stream, in units of NumPy's overhead for a step without any
# gradients (about a microsecond): see _step_cost(). Measured with 8 to 256 hidden units and 1 to 64
# streams.
OWN_COST, COST_PER_PRODUCT = 0.12, 1 / 54_000
GRADIENTS = 1.5, 4.0  # times that, with gradients and an update: for each stream, and the overhead
# Samples that are taken more often than every OFTEN iterations cost more than 2 % themselves. With
# them, a measurement that costs up to ALWAYS is taken as well: about as much as the sample.
OFTEN, ALWAYS = 1000, 3600


def bits_per_character(nats: float, characters: float) -> float:
    """A loss in nats, summed over `characters`, as bits per character."""
    return nats / characters / math.log(2)


def newest_evaluation(evaluations: Sequence[tuple[int, float]]) -> tuple[int, float] | None:
    """The last (iteration, held-out loss), in order of iteration; None before the first update.

    The network of iteration 0 has learned nothing, so its loss says nothing of a trained one.
    """
    return evaluations[-1] if evaluations and evaluations[-1][0] > 0 else None


class HeldOut:
    """The held-out part of a text, read after a warm-up (see stretches.py).

    Up to MAX_CHARACTERS are all read, each once. Of a longer part, evenly spaced stretches are
    read. Among the places where they can be, they are where a bigram model finds them as hard as
    the whole part, so that they are neither easier nor harder than the rest.

    The loss is that of reading on in one go, from where training is to the end of the text; or the
    whole text, if it is short or training is near its end. That is exact for a short text, and
    within 0.01 bits per character otherwise, but for a few networks in a hundred. The hidden state
    of these goes round in a cycle, and somewhere in the text its phase slips, so that two
    sequential readings that start at different places differ as well
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

        position, hidden: where training is, and the hidden state, (H,), that it has there.
        """
        stretches = self._stretches.losses(position, hidden)
        return float(sum(losses.sum(dtype=np.float64) for _, losses in stretches)) / self.characters

    def interval(self, sample_interval: int, *, seq_length: int, streams: int) -> int:
        """After how many iterations to measure the loss again.

        A multiple of sample_interval, the smallest for which it takes at most 2 % of the time of
        training with these settings. It depends on the settings and the text alone, so the same run
        is measured at the same iterations on any machine.
        """
        own, overhead = GRADIENTS
        step = self._step_cost(streams, own=own, overhead=overhead)
        training = sample_interval * seq_length * step
        measuring = sum(n * self._step_cost(B) for B, n in self._stretches.steps.items())
        affordable = MAX_COST * training
        if sample_interval < OFTEN:
            affordable = max(affordable, ALWAYS)
        return sample_interval * max(1, math.ceil(measuring / affordable))

    def _step_cost(self, streams: int, *, own: float = 1.0, overhead: float = 1.0) -> float:
        """How long a step takes in so many streams."""
        H, V = self._weights.hidden_size, self._weights.vocab_size
        return overhead + own * streams * (OWN_COST + COST_PER_PRODUCT * H * (H + V))


def _representative_shift(
    ids: IntArray, n_train: int, begins: IntArray, ends: IntArray, vocab_size: int
) -> int:
    """By how many characters to shift all stretches, so that their mean is that of all.

    The mean of the bits that a bigram model needs, which a network's losses go along with.
    """
    first = max(0, n_train - MAX_COUNTED)
    bits = ngram_bits(ids[first:], vocab_size, n_train - first, order=2)[-1]
    total = np.concatenate([[0.0], np.cumsum(bits)])
    room = len(ids) - int(ends[-1])
    shifts = np.unique(np.linspace(0, room, min(room + 1, MAX_SHIFTS)).astype(np.intp))[:, None]
    stretches = total[ends - n_train + shifts] - total[begins - n_train + shifts]
    means = stretches.sum(axis=1) / (ends - begins).sum()
    return int(shifts[np.abs(means - bits.mean()).argmin(), 0])
