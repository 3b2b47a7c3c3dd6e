"""The map, the neighbours and the order of columns, against plain reckoning."""

import itertools

import numpy as np
import pytest

from charrnn.engine.columns import clustered, neighbours, steady_map


def some_columns(n=30, h=8, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, h)) * np.linspace(3, 0.2, h)


def test_the_map_shows_the_eigenvectors_of_the_covariance():
    columns = some_columns()
    points, shares = steady_map(columns)
    values, vectors = np.linalg.eigh(np.cov(columns.T))
    largest = vectors[:, ::-1][:, :2]
    expected = (columns - columns.mean(axis=0)) @ largest
    np.testing.assert_allclose(np.abs(points), np.abs(expected), atol=1e-9)
    np.testing.assert_allclose(shares, values[::-1][:2] / values.sum())


@pytest.mark.parametrize("angle", [0.4, 2.0, np.pi])
@pytest.mark.parametrize("flip", [1, -1])
def test_a_map_that_was_turned_and_flipped_is_turned_back(angle, flip):
    columns = some_columns()
    points, _ = steady_map(columns)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = points @ turn @ np.diag([1, flip])
    again, _ = steady_map(columns, turned)
    np.testing.assert_allclose(again, turned, atol=1e-9)


def test_where_two_directions_are_equal_a_small_change_moves_points_little():
    corners = np.array(list(itertools.product([-1.0, 1.0], repeat=2)))
    columns = np.hstack([corners, np.zeros((4, 3))])  # every rotation is a right answer here
    before, _ = steady_map(columns)
    rng = np.random.default_rng(1)
    for _ in range(20):
        columns = columns + 0.01 * rng.standard_normal(columns.shape)
        now, _ = steady_map(columns, before)
        assert np.abs(now - before).max() < 0.1
        before = now


def test_distances_on_the_map_do_not_depend_on_what_came_before():
    columns = some_columns()
    free, _ = steady_map(columns)
    steady, _ = steady_map(columns, some_columns(seed=5)[:, :2])
    np.testing.assert_allclose(np.linalg.norm(free, axis=1), np.linalg.norm(steady, axis=1))


@pytest.mark.parametrize("shape", [(1, 4), (5, 1), (2, 2), (3, 50)])
def test_a_map_of_very_little_is_still_a_map(shape):
    points, shares = steady_map(np.random.default_rng(0).standard_normal(shape))
    assert points.shape == (shape[0], 2)
    assert np.isfinite(points).all()
    assert 0 <= shares.sum() <= 1 + 1e-12


def test_neighbours_are_those_with_the_largest_cosine():
    columns = some_columns()
    ids, cosines = neighbours(columns, 7, 5)
    expected = {
        i: float(c @ columns[7] / np.linalg.norm(c) / np.linalg.norm(columns[7]))
        for i, c in enumerate(columns)
        if i != 7
    }
    assert list(ids) == sorted(expected, key=expected.get, reverse=True)[:5]
    np.testing.assert_allclose(cosines, [expected[i] for i in ids])


def test_neighbours_of_a_column_of_zeros_are_no_error():
    columns = some_columns()
    columns[7] = 0
    assert np.array_equal(neighbours(columns, 7, 5)[1], np.zeros(5))


def test_groups_stand_together():
    rng = np.random.default_rng(0)
    group = rng.permutation(np.repeat([0, 1, 2], 7))
    columns = 10 * np.eye(3)[group] + 0.1 * rng.standard_normal((21, 3))
    order = clustered(columns)
    assert sorted(order) == list(range(21))
    assert len(list(itertools.groupby(group[order]))) == 3


def test_points_on_a_line_are_laid_in_their_order():
    places = np.array([5.0, 1.0, 4.1, 2.0, 3.1, 0.0])
    laid = places[clustered(places[:, None])]
    assert list(laid) in (sorted(laid), sorted(laid, reverse=True))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_columns_are_ordered_too(n):
    assert sorted(clustered(np.ones((n, 3)))) == list(range(n))
