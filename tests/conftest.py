"""What several tests share: a store of their own, a text, and waiting for a condition."""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.runs.worker import Worker

# What their assertions compared is said as it is for those in test files.
pytest.register_assert_rewrite(
    *(f"tests.{name}" for name in ("hostile", "reading", "saving", "travelling", "working"))
)

WORKSPACE = "w" * 32
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60


# The URL of a PostgreSQL database to try the store on: every test that shares it, if it is given.
POSTGRESQL = "CHARRNN_TEST_POSTGRESQL"


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The URL of an empty store on PostgreSQL: in a schema of its own."""
    if not os.environ.get(POSTGRESQL):
        pytest.skip(f"{POSTGRESQL} names no PostgreSQL database to try the store on")
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
def store(request, tmp_path, monkeypatch) -> Store:
    if os.environ.get(POSTGRESQL):
        url = request.getfixturevalue("postgresql")
        monkeypatch.setenv("CHARRNN_STORE", url)
        return Store(url)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


@pytest.fixture
def store_file(store) -> Path:
    """The file of the store, for what is true only of one that is a file."""
    if store.file is None:
        pytest.skip("PostgreSQL keeps the store, which is no file")
    return Path(store.file)


@pytest.fixture
def corpus(store):
    return store.add_corpus("cats", TEXT)


@pytest.fixture
def shelf(store):
    """A visitor's workspace."""
    return Shelf(store, WORKSPACE)


@pytest.fixture
def work(store):
    """work(run): do what its worker would, until there is nothing left to do."""

    class UntilResting:
        def __init__(self, run_id):
            self._run_id = run_id

        def is_set(self):
            return not store.run(self._run_id).active

        def wait(self, seconds):
            pass

    def work(run):
        assert store.claim(run.id, "worker")
        Worker(store, store.run(run.id), "worker").work(UntilResting(run.id))
        store.release(run.id, "worker")
        return store.run(run.id)

    return work


@pytest.fixture
def eventually():
    """eventually(condition): its first true value; fails when the deadline has passed."""

    def wait(condition, *, seconds: float = 30.0):
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {seconds} s"
            time.sleep(0.02)
        return value

    return wait
