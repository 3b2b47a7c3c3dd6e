"""How a gradient fades over distance, against finite differences and plain sums."""

import numpy as np
import pytest

from charrnn.engine.analysis.gradient_flow import gradient_sizes, relative_sizes, share_cut
from tests.support.networks import plain_reading, random_network

IDS = np.random.default_rng(2).integers(0, 7, 31)
BEFORE = np.zeros(5)


def loss_after(weights, h, t, k):
    """The loss at t as a function of the hidden state h at t - k."""
    for i in IDS[t - k + 1 : t + 1]:
        h = np.tanh(weights.Wxh[:, i] + weights.Whh @ h + weights.bh)
    y = weights.Why @ h + weights.by
    return np.log(np.exp(y).sum()) - y[IDS[t + 1]]


def test_sizes_equal_finite_differences():
    weights, small = random_network(), 1e-6
    states, _ = plain_reading(weights, IDS, BEFORE)
    positions = np.array([12, 29])
    sizes = gradient_sizes(weights, IDS, BEFORE, positions=positions, distance=12)
    assert sizes.shape == (2, 13)
    for row, t in zip(sizes, positions, strict=True):
        for k in range(13):
            gradient = [
                loss_after(weights, states[t - k] + e, t, k)
                - loss_after(weights, states[t - k] - e, t, k)
                for e in small * np.eye(5)
            ]
            assert row[k] == pytest.approx(np.linalg.norm(gradient) / (2 * small), rel=1e-4)


@pytest.mark.parametrize("position", [4, 30])
def test_a_position_without_enough_text_around_it_is_refused(position):
    with pytest.raises(ValueError, match="every position needs"):
        gradient_sizes(random_network(), IDS, BEFORE, positions=np.array([position]), distance=5)


def test_what_is_left_is_the_geometric_mean_and_begins_at_1():
    sizes = np.array([[2.0, 1.0, 0.02], [1.0, 0.125, 0.0001]])
    np.testing.assert_allclose(relative_sizes(sizes), [1, 0.25, 0.001])


def test_gradients_of_zero_are_no_error():
    assert relative_sizes(np.zeros((2, 3))).tolist() == [0, 0, 0]
    np.testing.assert_allclose(relative_sizes(np.array([[0.0, 0.0], [2.0, 1.0]])), [1, 0.5])
    assert share_cut(np.zeros((2, 3)), 5) == 0


def test_what_cutting_throws_away_equals_a_plain_sum():
    sizes = np.array([[1.0, 0.5, 0.25, 0.125]])
    thrown = [sum(sizes[0][i + 1 :]) / sizes[0].sum() for i in range(3)]
    assert share_cut(sizes, 3) == pytest.approx(np.mean(thrown))
    assert share_cut(sizes, 1) > share_cut(sizes, 2) > share_cut(sizes, 100) > 0
