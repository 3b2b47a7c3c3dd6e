"""The workspace key, text and small network that tests use, and a run that takes much space."""

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Progress, Run
from charrnn.runs.store.store import Store

WORKSPACE = "w" * 32
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60
SMALL = RunConfig(hidden_size=8, iterations=1000, sample_interval=100, sample_length=40)


def grow(store: Store, run: Run, megabytes: int) -> None:
    """Let a run save states of so many megabytes."""
    states = [{"iteration": n, "state": bytes(2**20), "seconds": 0.0} for n in range(megabytes)]
    assert store.leases.claim(run.id, "worker")
    store.leases.publish(run.id, "worker", {"status": "paused"}, Progress(snapshots=states))
    store.leases.release(run.id, "worker")
