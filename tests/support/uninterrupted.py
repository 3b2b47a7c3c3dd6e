"""The rows of a run in the store, compared with those of a run that nothing has interrupted."""

from typing import Any

from sqlalchemy import select

from charrnn.runs.config import RunConfig
from charrnn.runs.store import schema
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.store import Store
from tests.support.workers import work

SMALL = RunConfig(
    hidden_size=64, streams=4, iterations=100_000_000, sample_interval=200, sample_length=40
)


def stored_rows(store: Store, run: Run, *, until: int = 10**9) -> dict[str, list[tuple]]:
    """Every row of a run up to an iteration, exactly, except for measured times."""
    rows = {}
    with store.database.reading() as db:
        for table in (*schema.HISTORY_TABLES, schema.checkpoints):
            columns = [c for c in table.c if c.name not in ("run", "seconds")]
            of_run = (table.c.run == run.id) & (table.c.iteration <= until)
            query = select(*columns).where(of_run).order_by(table.c.iteration)
            rows[table.name] = [tuple(row) for row in db.execute(query)]
    return rows


def assert_equals_uninterrupted_run(
    store: Store,
    corpus: Corpus,
    run: Run,
    *,
    pause_at: int | None = None,
    then: dict[str, Any] | None = None,
) -> None:
    """Train a run like `run`, which is finished, in this process, and compare all their rows.

    pause_at: where it paused. then: what was requested after that, as for Runs.request().
    """
    uninterrupted = store.runs.create(corpus, run.config, pause_at=pause_at)
    # Tests lower the limit of `run` while it trains, so that it may end a little past the limit.
    store.runs.request(uninterrupted.id, iterations=run.iteration)
    uninterrupted = work(store, uninterrupted)
    if then:
        store.runs.request(uninterrupted.id, desired="running", **then)
        uninterrupted = work(store, uninterrupted)
    assert uninterrupted.status == run.status == "finished"
    expected, found = stored_rows(store, uninterrupted), stored_rows(store, run)
    assert {name: len(rows) for name, rows in found.items()} == {
        name: len(rows) for name, rows in expected.items()
    }
    assert found == expected
    assert uninterrupted.smooth_loss == run.smooth_loss
