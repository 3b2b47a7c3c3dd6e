"""The map, the nearest neighbors and the cluster order, against plain computations."""

import itertools

import numpy as np
import pytest

from charrnn.engine.analysis.embeddings import cluster_order, embedding_map, nearest_neighbors


def some_embeddings(n=30, h=8, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, h)) * np.linspace(3, 0.2, h)


def test_the_map_is_the_projection_on_the_top_eigenvectors_of_the_covariance():
    embeddings = some_embeddings()
    points, shares = embedding_map(embeddings)
    values, vectors = np.linalg.eigh(np.cov(embeddings.T))
    largest = vectors[:, ::-1][:, :2]
    expected = (embeddings - embeddings.mean(axis=0)) @ largest
    np.testing.assert_allclose(np.abs(points), np.abs(expected), atol=1e-9)
    np.testing.assert_allclose(shares, values[::-1][:2] / values.sum())


@pytest.mark.parametrize("angle", [0.4, 2.0, np.pi])
@pytest.mark.parametrize("flip", [1, -1])
def test_a_map_is_rotated_and_reflected_to_match_the_previous_one(angle, flip):
    embeddings = some_embeddings()
    points, _ = embedding_map(embeddings)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    previous = points @ rotation @ np.diag([1, flip])
    matched, _ = embedding_map(embeddings, previous)
    np.testing.assert_allclose(matched, previous, atol=1e-9)


def test_points_move_little_after_a_small_change_even_if_two_variances_are_equal():
    corners = np.array(list(itertools.product([-1.0, 1.0], repeat=2)))
    embeddings = np.hstack([corners, np.zeros((4, 3))])  # every rotation is a correct map here
    before, _ = embedding_map(embeddings)
    rng = np.random.default_rng(1)
    for _ in range(20):
        embeddings = embeddings + 0.01 * rng.standard_normal(embeddings.shape)
        after, _ = embedding_map(embeddings, before)
        assert np.abs(after - before).max() < 0.1
        before = after


def test_distances_on_the_map_do_not_depend_on_the_previous_map():
    embeddings = some_embeddings()
    alone, _ = embedding_map(embeddings)
    matched, _ = embedding_map(embeddings, some_embeddings(seed=5)[:, :2])
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), np.linalg.norm(matched, axis=1))


@pytest.mark.parametrize("shape", [(1, 4), (5, 1), (2, 2), (3, 50)])
def test_few_characters_or_hidden_units_still_give_a_map(shape):
    points, shares = embedding_map(np.random.default_rng(0).standard_normal(shape))
    assert points.shape == (shape[0], 2)
    assert np.isfinite(points).all()
    assert 0 <= shares.sum() <= 1 + 1e-12


def test_nearest_neighbors_have_the_largest_cosines():
    embeddings = some_embeddings()
    ids, cosines = nearest_neighbors(embeddings, 7, 5)
    expected = {
        i: float(c @ embeddings[7] / np.linalg.norm(c) / np.linalg.norm(embeddings[7]))
        for i, c in enumerate(embeddings)
        if i != 7
    }
    assert list(ids) == sorted(expected, key=expected.get, reverse=True)[:5]
    np.testing.assert_allclose(cosines, [expected[i] for i in ids])


def test_nearest_neighbors_of_an_embedding_of_zeros_are_no_error():
    embeddings = some_embeddings()
    embeddings[7] = 0
    assert np.array_equal(nearest_neighbors(embeddings, 7, 5)[1], np.zeros(5))


def test_clusters_stay_together_in_the_order():
    rng = np.random.default_rng(0)
    cluster = rng.permutation(np.repeat([0, 1, 2], 7))
    embeddings = 10 * np.eye(3)[cluster] + 0.1 * rng.standard_normal((21, 3))
    order = cluster_order(embeddings)
    assert sorted(order) == list(range(21))
    assert len(list(itertools.groupby(cluster[order]))) == 3


def test_points_on_a_line_are_ordered_along_it():
    points = np.array([5.0, 1.0, 4.1, 2.0, 3.1, 0.0])
    ordered = points[cluster_order(points[:, None])]
    assert list(ordered) in (sorted(ordered), sorted(ordered, reverse=True))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_embeddings_are_ordered_too(n):
    assert sorted(cluster_order(np.ones((n, 3)))) == list(range(n))
