"""Fixtures for many tests: an empty store, a text, a workspace, and waiting for a condition."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace

# Failing assertions in tests.support show the values they compared, like those in test files.
# This has to come before those modules are imported.
pytest.register_assert_rewrite("tests.support")

from tests.support import workers  # noqa: E402
from tests.support.store import TEXT, WORKSPACE  # noqa: E402

# Names the URL of a PostgreSQL database. If it is set, tests keep their stores there.
POSTGRESQL = "CHARRNN_TEST_POSTGRESQL"


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty PostgreSQL store, in a schema of its own that is dropped afterwards."""
    if not os.environ.get(POSTGRESQL):
        pytest.skip(f"{POSTGRESQL} is not set: no PostgreSQL database to test the store on")
    url, schema = make_url(os.environ[POSTGRESQL]), f"test_{secrets.token_hex(8)}"
    engine = create_engine(url)
    with engine.begin() as db:
        db.exec_driver_sql(f"CREATE SCHEMA {schema}")
    with_schema = url.update_query_dict({"options": f"-csearch_path={schema}"})
    yield with_schema.render_as_string(hide_password=False)
    with engine.begin() as db:
        db.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        db.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    engine.dispose()


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

    def wait(condition: Callable[[], Any], *, seconds: float = 30.0) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.02)
        return value

    return wait
