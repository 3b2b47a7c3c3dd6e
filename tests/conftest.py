"""Fixtures for many tests: an empty store, a text, a workspace, and waiting for a condition."""

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace

# Failing assertions in tests.support show the values they compared, like those in test files.
# This has to come before those modules are imported.
pytest.register_assert_rewrite("tests.support")

from tests.support import postgresql as postgresql_support  # noqa: E402
from tests.support import workers  # noqa: E402
from tests.support.postgresql import PostgreSQL, empty_schema  # noqa: E402
from tests.support.store import TEXT, WORKSPACE  # noqa: E402

# Names the URL of a PostgreSQL database. If it is set, tests keep their stores there.
POSTGRESQL = "CHARRNN_TEST_POSTGRESQL"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A PostgreSQL server of the tests' own."""
    if reason := postgresql_support.missing():
        pytest.skip(reason)
    server = PostgreSQL()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_url(request: pytest.FixtureRequest) -> str:
    """The URL of a PostgreSQL database: the one that is named, or else one of the tests' own."""
    return os.environ.get(POSTGRESQL) or request.getfixturevalue("postgresql_server").url


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL store, in a schema of its own that is dropped afterwards."""
    with empty_schema(postgresql_url) as url:
        yield url


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store, which CHARRNN_STORE names, too."""
    if os.environ.get(POSTGRESQL):
        url = request.getfixturevalue("postgresql")
        monkeypatch.setenv("CHARRNN_STORE", url)
        return Store(url)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


@pytest.fixture
def store_file(store: Store) -> Path:
    """The SQLite file of the store, for tests that only apply to SQLite."""
    if store.database.file is None:
        pytest.skip("this store is on PostgreSQL, and the test is about SQLite files")
    return Path(store.database.file)


@pytest.fixture
def corpus(store: Store) -> Corpus:
    return store.corpora.add("cats", TEXT)


@pytest.fixture
def workspace(store: Store) -> Workspace:
    """A visitor's workspace."""
    return Workspace(store, WORKSPACE)


@pytest.fixture
def work(store: Store) -> Callable[..., Run]:
    """work(run): train a run in this process until it is idle; see workers.work()."""
    return partial(workers.work, store)


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """eventually(condition): wait for its first true value; fails after `seconds`."""

    def wait(condition: Callable[[], Any], *, seconds: float = 60.0) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.02)
        return value

    return wait
