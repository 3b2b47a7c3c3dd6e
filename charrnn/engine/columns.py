"""What a network has made of its characters: the columns of Wxh, looked at from a few sides.

A character enters the network as its column of Wxh and as nothing else. Characters that the
network uses alike come to have columns alike. Columns are given as rows here, Wxh.T: (n, H).
"""

import numpy as np


def steady_map(
    columns: np.ndarray, previous: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The two directions in which the columns differ most: (points (n, 2), shares (2,)).

    Principal components, by singular value decomposition. shares: the part of all variance that
    each direction shows. A decomposition is free to flip and, where two directions are about
    equal, to turn; the map is flipped and turned back to lie as near as can be to `previous`
    (n, 2), so that points move because columns moved (orthogonal Procrustes, Schönemann 1966).
    """
    centred = columns - columns.mean(axis=0)
    U, S, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    points, variances = np.zeros((len(columns), 2)), np.zeros(2)
    k = min(2, len(S))
    points[:, :k] = U[:, :k] * S[:k]
    variances[:k] = S[:k] ** 2
    shares = variances / max(float((S**2).sum()), 1e-300)
    if previous is None:
        # Nothing to keep to: let the point farthest out in each direction lie on the positive side.
        farthest = np.abs(points).argmax(axis=0)
        points *= np.where(points[farthest, [0, 1]] < 0, -1.0, 1.0)
    else:
        A, _, B = np.linalg.svd(points.T @ previous)
        points = points @ (A @ B)
    return points, shares


def neighbours(columns: np.ndarray, character: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n characters whose columns point the most alike: (ids, cosines), nearest first.

    A cosine of 1 is the same direction, 0 nothing in common, -1 the opposite. A column of
    zeros has nothing in common with any.
    """
    lengths = np.linalg.norm(columns, axis=1)
    products = columns @ columns[character]
    cosines = products / np.maximum(lengths * lengths[character], 1e-30)
    order = np.argsort(-cosines, kind="stable")
    order = order[order != character][:n]
    return order, cosines[order]


def clustered(columns: np.ndarray) -> np.ndarray:
    """An order of the characters in which those with columns alike stand together: (n,).

    The two nearest groups join until one is left (average linkage), each time laid end to end
    so that the nearest ends touch. Cubic in n: meant for the hundred that a chart shows.
    """
    n = len(columns)
    squares = (columns**2).sum(axis=1)
    between = squares[:, None] + squares[None, :] - 2 * columns @ columns.T
    between = np.maximum(between.astype(np.float64), 0)
    distance = between.copy()  # of groups, kept at the place of their first member
    np.fill_diagonal(distance, np.inf)
    groups = {i: [i] for i in range(n)}
    while len(groups) > 1:
        i, j = sorted(divmod(int(distance.argmin()), n))
        size_i, size_j = len(groups[i]), len(groups[j])
        joined = (size_i * distance[i] + size_j * distance[j]) / (size_i + size_j)
        groups[i] = _end_to_end(groups[i], groups.pop(j), between)
        distance[i] = distance[:, i] = joined
        distance[j] = distance[:, j] = distance[i, i] = np.inf
    return np.array(next(iter(groups.values()), []), dtype=np.intp)


def _end_to_end(a: list[int], b: list[int], between: np.ndarray) -> list[int]:
    ways = [(x, y) for x in (a, a[::-1]) for y in (b, b[::-1])]
    x, y = min(ways, key=lambda way: between[way[0][-1], way[1][0]])
    return x + y
