"""A store to export runs from, and a workspace in another store to import them into."""

import pytest

from charrnn.runs.store.workspace import Workspace
from tests.support.transfer import store_in


@pytest.fixture
def source(tmp_path):
    return store_in(tmp_path / "source")


@pytest.fixture
def destination(tmp_path):
    return Workspace(store_in(tmp_path / "destination"), "w" * 32)
