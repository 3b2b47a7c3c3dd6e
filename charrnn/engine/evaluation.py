"""How well a network predicts text that it is not trained on."""

import math

import numpy as np

from charrnn.engine.arrays import IntArray
from charrnn.engine.ngrams import ngram_bits
from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import Stretches, evenly_spaced

MAX_CHARACTERS = 32_768  # of a long held-out part that are read
MAX_SHIFTS = 1000  # of the stretches, to find the best one
MAX_COUNTED = 2**20  # characters before the held-out part, to judge the stretches by

MAX_COST = 0.02  # of the training time
# Reading a character takes this share of the time that training on one takes, at most. One stream
# is trained slowly, and the held-out part is always read in many.
COST_OF_ONE_STREAM, COST_OF_SEVERAL = 1 / 7, 1 / 3
# Reading so many characters costs about as much as the sample that is written at the same time.
ALWAYS = 3000


def bits_per_character(nats: float, characters: float) -> float:
    """A loss in nats, summed over `characters`, as bits per character."""
    return nats / characters / math.log(2)


def evaluation_interval(
    sample_interval: int, *, characters_read: int, seq_length: int, streams: int
) -> int:
    """After how many iterations the held-out loss is measured again.

    A multiple of sample_interval, the smallest for which reading `characters_read` takes at most
    2 % of the training time. (With very little training between two samples, up to ALWAYS
    characters are read all the same.) It depends on the settings alone, so the same run is
    measured at the same iterations on any machine.
    """
    cost = COST_OF_ONE_STREAM if streams == 1 else COST_OF_SEVERAL
    affordable = MAX_COST * sample_interval * seq_length * streams / cost
    return sample_interval * max(1, math.ceil(characters_read / max(affordable, ALWAYS)))


class HeldOut:
    """The held-out part of a text, read after a warm-up (see stretches.py).

    Up to MAX_CHARACTERS are all read, each once. Of a longer part, evenly spaced stretches are
    read. Among the places where they can be, they are where a bigram model finds them as hard as
    the whole part, so that they are neither easier nor harder than the rest.

    The loss depends on the weights alone. It is that of reading the whole text in one go: exactly
    for a short text, and within 0.01 bits per character for most networks. Some networks keep to
    one of several rhythms for thousands of characters, depending on where they started; then two
    sequential readings differ, too, on short texts by some hundredths of a bit
    (tests/benchmarks/evaluation.py).

    characters: how many are predicted and counted;
    characters_read: with warm-up, which is what a measurement costs (see evaluation_interval).
    """

    def __init__(self, ids: IntArray, n_train: int, weights: Parameters) -> None:
        """ids: the text, (n,). n_train: where the held-out part begins, 1 <= n_train < n."""
        begins, ends = evenly_spaced(n_train, len(ids), MAX_CHARACTERS)
        if ends[-1] < len(ids):
            shift = _representative_shift(ids, n_train, begins, ends, weights.vocab_size)
            begins, ends = begins + shift, ends + shift
        self._stretches = Stretches(ids, begins, ends, weights)
        self.characters = self._stretches.characters
        self.characters_read = self._stretches.characters_read

    def loss(self) -> float:
        """The mean loss in nats per character."""
        losses = (losses.sum(dtype=np.float64) for _, losses in self._stretches.losses())
        return float(sum(losses)) / self.characters


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
