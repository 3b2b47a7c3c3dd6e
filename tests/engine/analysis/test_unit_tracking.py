"""Which unit tracks what: features of a text, correlations, and the most active passages."""

import numpy as np
import pytest

from charrnn.engine.analysis.unit_tracking import (
    best_units,
    correlations,
    features,
    most_active,
)


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("spaces", "a b\n", [0, 1, 0, 1]),
        ("characters since the newline", "ab\ncd", [1, 2, 0, 1, 2]),
        ("inside quotes", 'a "bc" d', [0, 0, 0, 1, 1, 0, 0, 0]),
        ("inside quotes", "«a „b“» c", [0, 1, 1, 1, 1, 1, 0, 0, 0]),
        ("inside quotes", '"a\n\nb', [0, 1, 1, 0, 0]),
        ("inside brackets", "f(a[b])c", [0, 0, 1, 1, 1, 1, 0, 0]),
        ("capitals", "aBÄß", [0, 1, 1, 0]),
        ("digits", "a12", [0, 1, 1]),
        ("vowels", "abeé.", [0 + 1, 0, 1, 1, 0]),
        ("position in the word", "ab c1!", [1, 2, 0, 1, 2, 0]),
    ],
)
def test_each_feature_of_a_text(name, text, values):
    np.testing.assert_array_equal(features(text)[name], values)


def test_a_feature_that_is_the_same_everywhere_is_left_out():
    assert "digits" not in features("a b")
    assert "spaces" in features("a b")


def test_correlations_equal_those_of_numpy():
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((200, 6))
    tracked = {"a": rng.standard_normal(200), "b": (rng.random(200) < 0.3).astype(float)}
    found = correlations(hidden, tracked)
    for name, values in tracked.items():
        for unit in range(6):
            expected = np.corrcoef(hidden[:, unit], values)[0, 1]
            assert found[name][unit] == pytest.approx(expected)


def test_a_unit_that_never_changes_tracks_nothing():
    hidden = np.ones((50, 1))
    assert correlations(hidden, {"a": np.arange(50.0)})["a"].tolist() == [0.0]
    rng = np.random.default_rng(0)
    hidden = (-1 + 1e-7 * rng.random((5000, 1))).astype(np.float32)  # saturated, but for rounding
    assert correlations(hidden, {"a": np.arange(5000.0) % 60})["a"].tolist() == [0.0]


def test_correlations_of_a_unit_that_hardly_changes_are_exact():
    rng = np.random.default_rng(0)
    hidden = (1 - 1e-4 * rng.random((5000, 3))).astype(np.float32)
    feature = np.arange(5000.0) % 60
    found = correlations(hidden, {"a": feature})["a"]
    expected = [np.corrcoef(hidden[:, u].astype(float), feature)[0, 1] for u in range(3)]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_best_unit_may_go_along_in_the_opposite_direction():
    found = {"weak": np.array([0.1, -0.2]), "strong": np.array([0.3, -0.9])}
    assert [tuple(best) for best in best_units(found)] == [("strong", 1, -0.9), ("weak", 1, -0.2)]


def test_the_most_active_places_are_apart_from_each_other():
    activation = np.array([0.0, 0.9, 0.8, 0.1, 0.7, 0.0, 0.6])
    assert most_active(activation, 3, apart=2) == [1, 4, 6]
