"""Trained runs to export, and the rows that a store has of them."""

from sqlalchemy import select

from charrnn.engine.gauges import Gauges
from charrnn.runs.config import RunConfig
from charrnn.runs.store import schema
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.workers.worker import Worker

TEXT = "the cat sat on the mat and the dog sat on the log\n" * 40
CONFIG = RunConfig(hidden_size=8, seq_length=10, streams=2, sample_length=20, sample_interval=100)
COMPARED = {  # table -> the columns that must be equal wherever a run is trained
    "metrics": ("iteration", "loss", "smooth_loss"),
    "gauges": ("iteration", *Gauges._fields),
    "evaluations": ("iteration", "held_out_loss"),
    "samples": ("iteration", "text"),
    "rate_changes": ("iteration", "learning_rate"),
}


def store_in(folder) -> Store:
    return Store(f"sqlite:///{folder / 'charrnn.sqlite'}")


class StopAt:
    """Tells a worker to stop at an iteration, like the event that a worker waits on."""

    def __init__(self, worker, until):
        self.worker, self.until = worker, until

    def is_set(self):
        return self.worker.trainer.iteration >= self.until

    def wait(self, _):
        raise AssertionError("the worker waits, but has not reached that iteration")


def train(store, run, until):
    """Train up to an iteration as a worker does, but in this process."""
    store.runs.request(run.id, desired="running", pause_at=until)
    assert store.leases.claim(run.id, "me")
    worker = Worker(store, store.runs.get(run.id), "me")
    worker.work(StopAt(worker, until))
    store.leases.release(run.id, "me")


def trained_run(store, *, until=450, name="", text=TEXT, title="cats.txt"):
    """A visitor's run, paused at an iteration; its learning rate changed once, at 150."""
    workspace = Workspace(store, "visitor" * 4)
    run = workspace.create(store.corpora.add(title, text), CONFIG)
    train(store, run, 150)
    store.runs.request(run.id, learning_rate=0.05)
    train(store, run, until)
    workspace.rename(run.id, name)
    return store.runs.get(run.id)


def history_rows(store, run):
    """The history of a run, without times: table -> rows."""
    with store.database.reading() as db:
        rows = {}
        for name, columns in COMPARED.items():
            c = getattr(schema, name).c
            query = select(*(c[column] for column in columns)).where(c.run == run.id)
            rows[name] = [tuple(row) for row in db.execute(query.order_by(c.iteration))]
    return rows


def all_rows(store):
    """Every row of every table."""
    with store.database.reading() as db:
        return {t.name: db.execute(select(t)).all() for t in schema.metadata.sorted_tables}
