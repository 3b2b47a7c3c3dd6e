"""What tests of runs that go elsewhere share: two stores."""

import pytest

from charrnn.runs.shelf import Shelf
from tests.travelling import store_in


@pytest.fixture
def here(tmp_path):
    return store_in(tmp_path / "here")


@pytest.fixture
def elsewhere(tmp_path):
    return Shelf(store_in(tmp_path / "elsewhere"), "w" * 32)
