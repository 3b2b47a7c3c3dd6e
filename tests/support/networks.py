"""Small networks with weights that are large enough for every part of them to matter."""

import numpy as np

from charrnn.engine.parameters import Parameters


def random_network(
    vocab_size: int = 7, hidden_size: int = 5, *, scale: float = 0.5, seed: int = 0
) -> Parameters:
    """Weights in float64; what only pads the rows is 0."""
    weights = Parameters(vocab_size, hidden_size, np.float64)
    rng = np.random.default_rng(seed)
    size = Parameters.size(vocab_size, hidden_size)
    weights.unpack(scale * rng.standard_normal(size))
    return weights


def plain_reading(weights: Parameters, ids, h):
    """Read character by character: (hidden states (T, H), scores (T, V))."""
    states, scores = [], []
    for i in ids:
        h = np.tanh(weights.Wxh[:, i] + weights.Whh @ h + weights.bh)
        states.append(h)
        scores.append(weights.Why @ h + weights.by)
    return np.array(states), np.array(scores)


def plain_nats(scores, targets):
    """-log p of each target; scores: (T, V)."""
    return np.array([np.log(np.exp(y).sum()) - y[i] for y, i in zip(scores, targets, strict=True)])
