"""Stretches of a text are read as a plain loop reads them, each after its warm-up."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import (
    CONTEXT,
    OPENING,
    PERIODS,
    SHORT,
    STRETCH,
    WARM_UP,
    Stretches,
    evenly_spaced,
)

V, H = 7, 5


def a_network(seed=0):
    weights = Parameters(V, H, np.float64)
    weights.flat[:] = np.random.default_rng(seed).standard_normal(weights.flat.size)
    return weights


def some_ids(n, seed=1):
    return np.random.default_rng(seed).integers(0, V, n).astype(np.uint8)


def plain_read(weights, ids, hidden):
    """(the loss at each character but the first, the hidden state after each but the last)."""
    h, losses, states = hidden, [], []
    for character, following in pairwise(ids):
        h = np.tanh(weights.Wxh[:, character] + weights.Whh @ h + weights.bh)
        y = weights.Why @ h + weights.by
        losses.append(math.log(np.exp(y).sum()) - y[following])
        states.append(h)
    return np.array(losses), states


def most_similar_passage(ids, start, opening):
    """The k <= start that is most like the start: see stretches.py."""

    def common(k):
        n = 0
        while n < min(k, CONTEXT) and ids[k - 1 - n] == ids[start - 1 - n]:
            n += 1
        return n

    def rank(k):
        return common(k) == CONTEXT, (start - k) % PERIODS == 0, common(k), k

    return max(range(min(opening, start) + 1), key=rank)


def plain_losses(weights, ids, begin, end, opening):
    """What a stretch should give: read the opening, then the warm-up, then the stretch."""
    start = max(0, begin - 1 - WARM_UP)
    k = most_similar_passage(ids, start, opening)
    zeros = np.zeros(H)
    states = [zeros, *plain_read(weights, ids[: k + 1], zeros)[1]]
    return plain_read(weights, ids[start:end], states[k])[0][begin - 1 - start :]


def read(weights, ids, begins, ends):
    """(characters, losses) of all stretches, together."""
    stretches = Stretches(ids, np.array(begins), np.array(ends), weights)
    found = list(stretches.losses())
    characters, losses = (np.concatenate(parts) for parts in zip(*found, strict=True))
    assert len(losses) == stretches.characters
    return characters, losses


@pytest.mark.parametrize("begin", [1, 2, 50, WARM_UP, WARM_UP + 1, 700, SHORT + WARM_UP + 1])
@pytest.mark.parametrize("length", [1, 2, 63, 300])
def test_a_stretch_of_a_short_text_is_read_as_in_one_sequential_reading(begin, length):
    """Up to SHORT characters before the warm-up, all of the text before is read."""
    weights, ids = a_network(), some_ids(begin + length)
    expected, _ = plain_read(weights, ids, np.zeros(H))
    characters, losses = read(weights, ids, [begin], [begin + length])
    np.testing.assert_array_equal(characters, ids[begin:])
    np.testing.assert_allclose(losses, expected[begin - 1 :], rtol=1e-9)


@pytest.mark.parametrize("n", [6000, 20_000])
def test_stretches_equal_a_plain_loop_from_the_most_similar_passage_of_the_opening(n):
    weights, ids = a_network(), some_ids(n)
    begins = [n - 900, n - 640, n - 400, n - 139]
    ends = [n - 800, n - 541, n - 300, n]
    expected = [
        plain_losses(weights, ids, begin, end, OPENING)
        for begin, end in zip(begins, ends, strict=True)
    ]
    _, losses = read(weights, ids, begins, ends)
    assert losses.sum() == pytest.approx(np.concatenate(expected).sum(), rel=1e-9)
    np.testing.assert_allclose(np.sort(losses), np.sort(np.concatenate(expected)), rtol=1e-9)


def a_clock(period, vocab_size):
    """A network whose one active unit moves on at every character, whatever the character is.

    Read from zeros, it starts with the first unit.
    """
    clock = Parameters(vocab_size, period, np.float64)
    clock.Whh[:] = 5 * np.roll(np.eye(period), 1, axis=0)
    clock.Wxh[:] = np.where(np.arange(period) == 0, 0.5, -0.5)[:, None]
    clock.Why[:] = np.random.default_rng(0).standard_normal(clock.Why.shape)
    return clock


@pytest.mark.parametrize("period", [2, 3, 4, 5, 6, 8])
def test_a_network_that_keeps_time_is_read_in_step(period):
    clock, ids = a_clock(period, V), some_ids(9000)
    begins = np.arange(6001, 8800, 97)
    expected, _ = plain_read(clock, ids, np.zeros(period))
    out_of_step, _ = plain_read(clock, ids[1:], np.zeros(period))
    _, losses = read(clock, ids, begins, begins + 97)
    together = slice(begins[0] - 1, begins[-1] + 96)
    assert losses.sum() == pytest.approx(expected[together].sum(), rel=1e-6)
    assert losses.sum() != pytest.approx(out_of_step[together].sum(), rel=1e-3)


def test_where_the_text_repeats_itself_the_repetition_comes_before_the_step():
    heart = some_ids(151)
    ids = np.tile(heart, 60)
    weights, begins = a_network(), np.array([5000, 5100])
    expected = np.concatenate(
        [plain_losses(weights, ids, begin, begin + 100, OPENING) for begin in begins]
    )
    _, losses = read(weights, ids, begins, begins + 100)
    assert losses.sum() == pytest.approx(expected.sum(), rel=1e-9)
    start = 5000 - 1 - WARM_UP
    assert (start - most_similar_passage(ids, start, OPENING)) % 151 == 0


def test_losses_belong_to_their_characters():
    weights = Parameters(V, H)
    weights.by[:] = np.linspace(-1, 1, V)  # the same prediction everywhere
    expected = np.log(np.exp(weights.by).sum()) - weights.by
    characters, losses = read(weights, some_ids(3000), [1000, 1300, 2000], [1100, 1500, 3000])
    np.testing.assert_allclose(losses, expected[characters], rtol=1e-5)


def test_reading_again_gives_the_same_and_other_weights_give_something_else():
    weights, ids = a_network(), some_ids(2000)
    stretches = Stretches(ids, np.array([900, 1500]), np.array([1400, 2000]), weights)

    def total():
        return sum(losses.sum() for _, losses in stretches.losses())

    first = total()
    assert total() == first
    weights.flat[:] = a_network(seed=9).flat
    assert total() != first


@given(start=st.integers(1, 5000), n=st.integers(1, 20_000), most=st.integers(1, 30_000))
def test_evenly_spaced_stretches_cover_everything_once_or_as_much_as_is_allowed(start, n, most):
    begins, ends = evenly_spaced(start, start + n, most)
    assert begins[0] == start
    assert (begins < ends).all()
    assert (begins[1:] >= ends[:-1]).all()
    assert ends[-1] <= start + n
    if n <= most:
        np.testing.assert_array_equal(begins[1:], ends[:-1])
        assert ends[-1] == start + n
    else:
        assert (ends - begins).sum() <= most
        assert (ends - begins).sum() > most - STRETCH
        gaps = np.diff(begins)
        assert gaps.size == 0 or gaps.max() - gaps.min() <= 1
