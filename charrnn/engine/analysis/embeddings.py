"""What a network has learned about its characters: their embeddings, the columns of Wxh.

A character affects the network only through its column of Wxh, so characters that the network
treats alike end up with similar columns. Here they are rows: Wxh.T, or some of it, (n, H).
"""

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.arrays import FloatArray


def embedding_map(
    embeddings: FloatArray, previous: FloatArray | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A principal component analysis (PCA) of embeddings (n, H).

    Returns (points (n, 2): the embeddings in the two directions in which they differ most;
    shares (2,): the part of the total variance in each direction, 0 to 1).

    Signs are arbitrary in PCA, and directions of equal variance may rotate. With the points of a
    `previous` map, (n, 2), the new map is rotated and reflected to match it as closely as
    possible, so that points move only because embeddings changed (orthogonal Procrustes,
    Schönemann 1966).
    """
    centered = embeddings - embeddings.mean(axis=0)
    U, S, _ = np.linalg.svd(centered.astype(np.float64), full_matrices=False)
    points, variances = np.zeros((len(embeddings), 2)), np.zeros(2)
    k = min(2, len(S))
    points[:, :k] = U[:, :k] * S[:k]
    variances[:k] = S[:k] ** 2
    shares = variances / max(float((S**2).sum()), 1e-300)
    if previous is None:
        # Fix the signs: the point farthest out in each direction is on the positive side.
        farthest = np.abs(points).argmax(axis=0)
        points *= np.where(points[farthest, [0, 1]] < 0, -1.0, 1.0)
    else:
        A, _, B = np.linalg.svd(points.T @ previous)
        points = points @ (A @ B)
    return points, shares


def nearest_neighbors(
    embeddings: FloatArray, character: int, n: int
) -> tuple[NDArray[np.intp], FloatArray]:
    """The n characters most similar to one: (ids (n,), cosine similarities (n,)), nearest first.

    A cosine of 1 means the same direction, 0 nothing in common, -1 the opposite direction. The
    cosine with an embedding of zeros counts as 0.
    """
    lengths = np.linalg.norm(embeddings, axis=1)
    products = embeddings @ embeddings[character]
    cosines = products / np.maximum(lengths * lengths[character], 1e-30)
    order = np.argsort(-cosines, kind="stable")
    order = order[order != character][:n]
    return order, cosines[order]


def cluster_order(embeddings: FloatArray) -> NDArray[np.intp]:
    """An order of the characters that puts similar embeddings next to each other: (n,).

    Hierarchical clustering with average linkage: the two nearest clusters merge until one is
    left, each time joined at the ends that are nearest to each other. Cubic in n: meant for the
    hundred or so that a chart shows.
    """
    n = len(embeddings)
    squares = (embeddings**2).sum(axis=1)
    between = squares[:, None] + squares[None, :] - 2 * embeddings @ embeddings.T
    between = np.maximum(between.astype(np.float64), 0)
    distance = between.copy()  # between clusters, each at the index of its smallest member
    np.fill_diagonal(distance, np.inf)
    clusters = {i: [i] for i in range(n)}
    while len(clusters) > 1:
        i, j = sorted(divmod(int(distance.argmin()), n))
        size_i, size_j = len(clusters[i]), len(clusters[j])
        merged = (size_i * distance[i] + size_j * distance[j]) / (size_i + size_j)
        clusters[i] = _joined(clusters[i], clusters.pop(j), between)
        distance[i] = distance[:, i] = merged
        distance[j] = distance[:, j] = distance[i, i] = np.inf
    return np.array(next(iter(clusters.values()), []), dtype=np.intp)


def _joined(a: list[int], b: list[int], between: FloatArray) -> list[int]:
    """a and b one after the other, either of them reversed if that brings nearer ends together."""
    ways = [(x, y) for x in (a, a[::-1]) for y in (b, b[::-1])]
    x, y = min(ways, key=lambda way: between[way[0][-1], way[1][0]])
    return x + y
