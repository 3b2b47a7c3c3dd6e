"""The spectrum of matrices whose spectrum is known."""

import numpy as np
import pytest

from charrnn.engine.analysis.spectrum import spectrum


def test_a_scaled_rotation_has_its_eigenvalues_on_a_circle():
    found = spectrum(0.8 * np.array([[0.0, -1.0], [1.0, 0.0]], np.float32))
    np.testing.assert_allclose(np.abs(found.eigenvalues), [0.8, 0.8], rtol=1e-6)
    assert found.radius == pytest.approx(0.8)
    assert found.largest_singular_value == pytest.approx(0.8)


def test_a_product_can_lengthen_more_than_its_eigenvalues_say():
    found = spectrum(np.array([[0.1, 3.0], [0.0, 0.5]]))
    assert found.radius == pytest.approx(0.5)
    matrix = np.array([[0.1, 3.0], [0.0, 0.5]])
    assert found.largest_singular_value == pytest.approx(
        np.sqrt(np.linalg.eigvalsh(matrix.T @ matrix).max())
    )
