"""What characters cost by their place in the window, against reading them one by one."""

import numpy as np
import pytest

from charrnn.engine.analysis.window_losses import losses_by_place
from tests.support.networks import plain_nats, plain_reading, random_network

IDS = np.random.default_rng(3).integers(0, 7, 47)
BEFORE = np.random.default_rng(4).uniform(-1, 1, 5)


@pytest.mark.parametrize("T", [1, 4, 46])
@pytest.mark.parametrize("carried", [BEFORE, None])
def test_each_window_is_read_from_zeros_or_from_where_the_last_one_ended(T, carried):
    weights, n = random_network(), 46 // T
    expected, h = np.zeros((n, T)), BEFORE
    for i in range(n):
        window = IDS[i * T : (i + 1) * T + 1]
        states, scores = plain_reading(weights, window[:-1], np.zeros(5) if carried is None else h)
        expected[i], h = plain_nats(scores, window[1:]), states[-1]
    actual = losses_by_place(weights, IDS, T, carried=carried)
    np.testing.assert_allclose(actual, expected.mean(axis=0), rtol=1e-12)
