"""A run that has gone some way and may go elsewhere, and all that a store holds of it."""

from sqlalchemy import select

from charrnn.runs import schema
from charrnn.runs.config import RunConfig
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store
from charrnn.runs.worker import Worker

TEXT = "the cat sat on the mat and the dog sat on the log\n" * 40
CONFIG = RunConfig(hidden_size=8, seq_length=10, streams=2, sample_length=20, sample_interval=100)
KEPT = {  # table -> what must be the same, whoever trained it
    "metrics": ("iteration", "loss", "smooth_loss"),
    "evaluations": ("iteration", "held_out_loss"),
    "samples": ("iteration", "text"),
    "rate_changes": ("iteration", "learning_rate"),
}


def store_in(folder) -> Store:
    return Store(f"sqlite:///{folder / 'charrnn.sqlite'}")


class Arrived:
    """Tells a worker to stop when it has come as far as it should."""

    def __init__(self, worker, until):
        self.worker, self.until = worker, until

    def is_set(self):
        return self.worker.trainer.iteration >= self.until

    def wait(self, _):
        raise AssertionError("it rests, but is not there yet")


def train(store, run, until):
    """As a worker process does, but in this one."""
    store.wish(run.id, desired="running", pause_at=until)
    assert store.claim(run.id, "me")
    worker = Worker(store, store.run(run.id), "me")
    worker.work(Arrived(worker, until))
    store.release(run.id, "me")


def begun(store, *, until=450, name="", text=TEXT, title="cats.txt"):
    """A run of a visitor that has gone some way, its rate changed once."""
    shelf = Shelf(store, "visitor" * 4)
    run = shelf.create(store.add_corpus(title, text), CONFIG)
    train(store, run, 150)
    store.wish(run.id, learning_rate=0.05)
    train(store, run, until)
    shelf.rename(run.id, name)
    return store.run(run.id)


def left_behind(store, run):
    with store.reading() as db:
        rows = {}
        for name, columns in KEPT.items():
            c = getattr(schema, name).c
            query = select(*(c[column] for column in columns)).where(c.run == run.id)
            rows[name] = [tuple(row) for row in db.execute(query.order_by(c.iteration))]
    return rows


def everything(store):
    with store.reading() as db:
        return {t.name: db.execute(select(t)).all() for t in schema.metadata.sorted_tables}
