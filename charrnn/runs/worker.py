"""Training one run: reads what is wanted, takes steps, writes what is. See process.py."""

import math
import threading
import time

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs.archive import state_from_bytes, state_to_bytes
from charrnn.runs.grid import looked_back_on, recorded
from charrnn.runs.lease import LeaseLost
from charrnn.runs.limits import Limits
from charrnn.runs.records import Progress, Run
from charrnn.runs.store import Store

PUBLISH_SECONDS = 0.25
# Of training, at most, between two checkpoints: so much is done twice when a worker is killed, and
# the little that a sample or a long step takes on top.
CHECKPOINT_SECONDS = 2.5
# Of the time, at most, for the likeliest line, and as much for the news.
SHARE = 0.02
MAX_PUBLISH_DELAY = 8  # times as long, where many compete for the machine: see train()
WISH_SECONDS = 0.05  # between two looks at the wishes while nothing is to be done
MAX_WISH_SECONDS = 0.5  # and when that has been so for a while
IDLE_SECONDS = 60.0  # a paused run keeps its process so long, and goes on at once
LIKELIEST_LENGTH = 60
BROKE_DOWN = "The learning broke down"


class Pace:
    """Says when a chore is due again: seldom, and never for more than a share of the time."""

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._due = 0.0

    @property
    def due(self) -> bool:
        return time.perf_counter() >= self._due

    def done(self, started: float) -> None:
        now = time.perf_counter()
        self._due = now + max(self._seconds, (now - started) / SHARE)


class Worker:
    """Trains one run from its last checkpoint, until it is done or not wanted any more."""

    def __init__(self, store: Store, run: Run, name: str):
        """Raises ValueError if the run cannot be trained here, LeaseLost."""
        self.store, self.name, self.run = store, name, run
        text = store.text(run.sha256)
        self.vocabulary = Vocabulary.of(text)
        Limits.here().check(run.config, len(self.vocabulary))
        ids = self.vocabulary.encode(text)
        self.trainer = Trainer(ids, len(self.vocabulary), **run.config.trainer_settings())
        self.news = Progress()
        self.seconds = 0.0
        self.characters_per_second = 0.0
        self.likeliest = ""
        self.publish_cost = 0.0  # seconds of computing, without a checkpoint or a snapshot
        self.saved_seconds = -math.inf  # what is trained first is saved first
        self.likeliest_pace = Pace(PUBLISH_SECONDS / 2)
        saved = store.checkpoint(run.id)
        if saved:
            self.seconds, state = saved
            self.trainer.restore(state_from_bytes(state))
            if run.iteration > self.trainer.iteration:  # it was killed after its last checkpoint
                store.rewind(run.id, name, self.trainer.iteration)
        else:
            self._begin()

    def work(self, stop: threading.Event) -> None:
        """Until `stop` is set, the run has been idle for a while, or the lease is lost."""
        idle_since = time.perf_counter()
        self.publish("running" if self.run.active else "paused")
        while not stop.is_set() and time.perf_counter() - idle_since < IDLE_SECONDS:
            self.run = self._wishes()
            if self.run.desired == "running" and self.trainer.iteration < self._limit():
                self._follow_learning_rate()
                self.train(self._limit())
                idle_since = time.perf_counter()
            else:
                self._rest()
                idle = time.perf_counter() - idle_since  # then a step or a resume grows unlikely
                stop.wait(min(MAX_WISH_SECONDS, max(WISH_SECONDS, idle / 20)))
        self.publish(self._resting_status(), checkpoint=True)

    def train(self, until: int) -> None:
        """Steps, for a fraction of a second, then write.

        In a crowd a second holds little computing, and writers wait for each other: then it writes
        more rarely, but pages and wishes do not wait for long.
        """
        trainer, config, metrics = self.trainer, self.run.config, self.news.metrics
        started, first = time.perf_counter(), trainer.iteration
        enough = time.process_time() + self.publish_cost / SHARE
        while trainer.iteration < until:
            now = time.perf_counter()
            if now - started > PUBLISH_SECONDS and (
                time.process_time() >= enough or now - started > MAX_PUBLISH_DELAY * PUBLISH_SECONDS
            ):
                break
            record = trainer.step()
            if recorded(record.iteration):
                metrics.append(record._asdict() | {"seconds": self.seconds + now - started})
            if record.iteration % config.sample_interval == 0:
                self._look()
            if looked_back_on(record.iteration):
                self._keep(self.seconds + time.perf_counter() - started)
        spent = time.perf_counter() - started
        self.seconds += spent
        characters = (trainer.iteration - first) * trainer.seq_length * trainer.streams
        self._measure_speed(characters, spent)
        over = trainer.iteration >= until
        status = self._resting_status() if over else "running"
        # As much again may be trained before there is another chance.
        could_lose = self.seconds + spent - self.saved_seconds
        self.publish(status, checkpoint=over or could_lose > CHECKPOINT_SECONDS)

    def publish(self, status: str, *, message: str = "", checkpoint: bool = False) -> None:
        """Everything since the last time, in one transaction. Raises LeaseLost."""
        trainer = self.trainer
        started = time.perf_counter()
        if self.likeliest_pace.due:
            self.likeliest = self.vocabulary.decode(trainer.likeliest(LIKELIEST_LENGTH))
            self.likeliest_pace.done(started)
        facts = {
            "status": status,
            "iteration": trainer.iteration,
            "smooth_loss": trainer.smooth_loss,
            "seconds": self.seconds,
            "characters_per_second": self.characters_per_second,
            "likeliest": self.likeliest,
        }
        if message:  # else it keeps what was said when it was paused
            facts["message"] = message
        if checkpoint:
            self.news.checkpoint = {
                "iteration": trainer.iteration,
                "seconds": self.seconds,
                "state": state_to_bytes(trainer.state()),
            }
        computed = time.process_time()
        self.store.publish(self.run.id, self.name, facts, self.news)
        if not checkpoint and not self.news.snapshots:
            self.publish_cost = time.process_time() - computed
        self.news = Progress()
        if checkpoint:
            self.saved_seconds = self.seconds

    def _wishes(self) -> Run:
        """What is wanted now. Raises LeaseLost if the run was deleted."""
        try:
            return self.store.run(self.run.id)
        except KeyError as error:
            raise LeaseLost(self.run.id) from error

    def _begin(self) -> None:
        """What there is to see before the first update."""
        trainer = self.trainer
        loss = trainer.smooth_loss
        self.news.metrics.append(
            {"iteration": 0, "loss": loss, "smooth_loss": loss, "seconds": 0.0}
        )
        self._look()
        self._keep(0.0)

    def _keep(self, seconds: float) -> None:
        """A snapshot: complete, so that a run can branch off here."""
        state = state_to_bytes(self.trainer.state())
        row = {"iteration": self.trainer.iteration, "state": state, "seconds": seconds}
        self.news.snapshots.append(row)

    def _look(self) -> None:
        """Let the network write, and read what it does not learn from."""
        trainer = self.trainer
        text = self.vocabulary.decode(trainer.sample(self.run.config.sample_length))
        self.news.samples.append({"iteration": trainer.iteration, "text": text})
        held_out = trainer.held_out_loss()
        if held_out is not None:
            row = {"iteration": trainer.iteration, "held_out_loss": held_out}
            self.news.evaluations.append(row)

    def _limit(self) -> int:
        """The iteration where training stops by itself."""
        return min(self.run.iterations, self.run.pause_at or self.run.iterations)

    def _follow_learning_rate(self) -> None:
        if self.run.learning_rate != self.trainer.learning_rate:
            self.trainer.learning_rate = self.run.learning_rate
            change = {
                "iteration": self.trainer.iteration,
                "learning_rate": self.run.learning_rate,
            }
            self.news.rate_changes.append(change)
            # With the change in one transaction, so that a restart finds both or neither.
            self.publish("running", checkpoint=True)

    def _rest(self) -> None:
        """Say so, once, and keep the lease."""
        status = self._resting_status()
        stale = time.time() - self.run.heartbeat > 1.0
        if self.run.status != status or stale:
            self.publish(status, checkpoint=self.run.status != status)

    def _resting_status(self) -> str:
        return "finished" if self.trainer.iteration >= self.run.iterations else "paused"

    def _measure_speed(self, characters: int, spent: float) -> None:
        speed = characters / max(spent, 1e-9)
        before = self.characters_per_second
        self.characters_per_second = speed if before == 0 else 0.7 * before + 0.3 * speed
