"""A worker: trains one run, follows what the pages request, and publishes its progress.

process.py runs one in a process of its own; tests run one in theirs.
"""

import math
import threading
import time
from typing import Any

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import GREEDY_SAMPLE_LENGTH
from charrnn.runs.limits import Limits
from charrnn.runs.recording import remaining_rate_changes
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.corpora import baselines_for
from charrnn.runs.store.leases import LeaseLost
from charrnn.runs.store.losses import LossFigures
from charrnn.runs.store.records import DIVERGED, Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers import checkpointing
from charrnn.runs.workers.recorder import Recorder

PUBLISH_SECONDS = 0.25
# Under heavy load, progress is published up to this many times less often: see Worker.train().
MAX_PUBLISH_DELAY = 8
# The largest share of the time to spend on the greedy sample, and of the CPU time on publishing.
OVERHEAD_SHARE = 0.02
POLL_SECONDS = 0.05  # between two reads of the requests while the run is idle
MAX_POLL_SECONDS = 0.5  # and once it has been idle for a while
IDLE_SECONDS = 60.0  # an idle run keeps its process for this long, to resume without delay


class Throttle:
    """Limits how often something is done: at most once per interval, and cheaply on average."""

    def __init__(self, interval: float):
        """interval: seconds; longer if OVERHEAD_SHARE of the time would be exceeded."""
        self._interval = interval
        self._next = 0.0

    @property
    def ready(self) -> bool:
        """Whether it may be done again."""
        return time.perf_counter() >= self._next

    def record(self, started: float) -> None:
        """Note that it has just been done. started: the value of time.perf_counter() before."""
        now = time.perf_counter()
        self._next = now + max(self._interval, (now - started) / OVERHEAD_SHARE)


class Worker:
    """Trains one run, from its last checkpoint if it has one."""

    def __init__(self, store: Store, run: Run, name: str, *, place: str | None = None):
        """name: under which this worker holds the lease of the run.

        place: the server of the run (see Run.server) that started this worker. It ends once the
        run has another one, or none because other runs need the slot.

        Raises ValueError if the run cannot be trained here, KeyError if its text is gone,
        LeaseLost, StoreError.
        """
        self.store, self.name, self.run, self._place = store, name, run, place
        text = store.corpora.text(run.sha256)
        self.vocabulary = Vocabulary.of(text)
        Limits.from_environment().check(run.config, len(self.vocabulary))
        ids = self.vocabulary.encode(text)
        self.trainer = Trainer(ids, len(self.vocabulary), **run.config.trainer_settings())
        self._seconds = 0.0  # spent training, over the whole life of the run
        self._characters_per_second = 0.0
        self._greedy_sample = ""
        self._greedy_throttle = Throttle(PUBLISH_SECONDS / 2)
        self._published_at = -math.inf
        self._renewed = run.heartbeat  # when the lease was last renewed, by the clock of the store
        self._publish_cost = 0.0  # CPU seconds of the last publish() without a saved state
        self._new_baselines: Baselines | None = None  # computed since the last publish()
        self._pause_reason = ""  # why the run pauses by itself, for people
        figures = LossFigures(run.recent_loss, run.best_smooth_loss)
        checkpoint = store.snapshots.checkpoint(run.id)
        if checkpoint:
            self._seconds, state = checkpoint
            self.trainer.restore(state_from_bytes(state))
        if run.iteration > self.trainer.iteration:  # killed after its last checkpoint
            figures = self._rewind(has_checkpoint=checkpoint is not None)
        self._recorder = Recorder(
            self.trainer,
            self.vocabulary,
            run.config,
            figures=figures,
            evaluations=store.history.evaluations(run.id),
            best=store.snapshots.best(run.id),
        )
        if not checkpoint:
            self._recorder.record_start()
        self._checkpoint_interval = checkpointing.checkpoint_seconds(self._recorder.state_bytes)
        # Of training, at the last checkpoint. The first one of a small network comes at once.
        self._checkpoint_seconds = self._seconds - checkpointing.CHECKPOINT_SECONDS

    def work(self, stop: threading.Event) -> None:
        """Train whenever the run should, until `stop` is set or the slot is lost.

        Also ends when the run was idle for IDLE_SECONDS. Raises LeaseLost, Diverged, StoreError.
        """
        idle_since = time.perf_counter()
        self.publish("running" if self.run.active else "paused")
        self._compute_baselines()
        while not stop.is_set() and time.perf_counter() - idle_since < IDLE_SECONDS:
            self.run = self._read_run()
            if self._place not in (None, self.run.server):
                break
            if self.run.desired == "running" and self.trainer.iteration < self._target():
                self._follow_learning_rate()
                self.train(self._target())
                idle_since = time.perf_counter()
            else:
                self._publish_idle()
                # The longer the run has been idle, the less likely is a request just now.
                idle = time.perf_counter() - idle_since
                stop.wait(min(MAX_POLL_SECONDS, max(POLL_SECONDS, idle / 20)))
        self.publish(self._idle_status(), checkpoint=True)

    def train(self, until: int) -> None:
        """Train for PUBLISH_SECONDS, or until an iteration, then publish.

        When many processes compete for the CPU, little training fits into PUBLISH_SECONDS, and
        publishing takes longer because writers wait for each other. A turn then lasts up to
        MAX_PUBLISH_DELAY times as long: short enough for pages and their requests, and publishing
        stays a small share of the work.
        """
        trainer, recorder = self.trainer, self._recorder
        started, first_iteration = time.perf_counter(), trainer.iteration
        limit = self.run.config.seconds
        # The next multiple of it, where a run that was paused there pauses once more.
        end = limit * (self._seconds // limit + 1) - self._seconds if limit else math.inf
        enough_cpu_time = time.process_time() + self._publish_cost / OVERHEAD_SHARE
        while trainer.iteration < until and not _turn_over(started, enough_cpu_time):
            self._pause_reason = recorder.step(self._seconds, started)
            if time.perf_counter() - started >= end and not self._pause_reason:
                self._pause_reason = f"Stopped after {limit:,g} seconds of training, as you asked."
            if self._pause_reason:
                break
        elapsed = time.perf_counter() - started
        self._seconds += elapsed
        self._update_speed(trainer.iteration - first_iteration, elapsed)
        reached = trainer.iteration >= until or bool(self._pause_reason)
        # The next turn may take as long again, and until it ends there is no checkpoint.
        at_risk = self._seconds + elapsed - self._checkpoint_seconds
        self.publish(
            self._idle_status() if reached else "running",
            checkpoint=reached or at_risk > self._checkpoint_interval,
        )

    def publish(
        self, status: str, *, failure: str = "", message: str = "", checkpoint: bool = False
    ) -> None:
        """Write all progress since the last time in one transaction, and renew the lease.

        Without a message, the run keeps the one that a pause has set. Raises LeaseLost, StoreError.
        """
        trainer, recorder = self.trainer, self._recorder
        self._refresh_greedy_sample()
        if status == "finished" or self._pause_reason:
            recorder.record_end(self._seconds)
        fields: dict[str, Any] = {
            "status": status,
            "iteration": trainer.iteration,
            "smooth_loss": trainer.smooth_loss,
            "best_smooth_loss": recorder.best_smooth_loss,
            "recent_loss": recorder.recent_loss,
            "seconds": self._seconds,
            "characters_per_second": self._characters_per_second,
            "greedy_sample": self._greedy_sample,
        }
        if self._pause_reason and status == "paused":
            fields |= {"desired": "paused", "pause_at": None, "message": self._pause_reason}
        if message:
            fields |= {"failure": failure, "message": message}
        if self._new_baselines:
            fields["baselines"] = self._new_baselines
        started = time.perf_counter()
        if checkpoint:
            recorder.add_checkpoint(self._seconds, diverged=failure == DIVERGED)
        cpu_time = time.process_time()
        self._renewed = self.store.leases.publish(
            self.run.id, self.name, fields, recorder.updates, previous=self._renewed
        )
        if not checkpoint and not recorder.updates.snapshots:
            self._publish_cost = time.process_time() - cpu_time
        recorder.clear()
        self._new_baselines, self._pause_reason = None, ""
        self._published_at = time.perf_counter()
        if checkpoint:
            self._checkpoint_seconds = self._seconds
            cost = time.perf_counter() - started
            self._checkpoint_interval = checkpointing.checkpoint_seconds(recorder.state_bytes, cost)

    def fail(self, error: Diverged) -> None:
        """Publish that training has diverged, and keep the last good state as the checkpoint.

        The history stays as it is until the run is resumed from that state: it shows what happened.
        """
        self.publish(
            "failed",
            failure=DIVERGED,
            message=(
                f"Training diverged at iteration {error.iteration:,}: {error.reason}. Try a "
                "smaller learning rate: Resume continues from iteration "
                f"{self._recorder.good_state.iteration:,}, the last good state."
            ),
            checkpoint=True,
        )

    def _rewind(self, *, has_checkpoint: bool) -> LossFigures:
        """Set the run in the store back to where the trainer is. Raises LeaseLost."""
        n, smooth_loss, history = (
            self.trainer.iteration,
            self.trainer.smooth_loss,
            self.store.history,
        )
        figures = history.loss_figures(self.run.id, n, smooth_loss)
        state = {"iteration": n if has_checkpoint else -1, "smooth_loss": smooth_loss}
        changes = history.rate_changes(self.run.id)
        self._renewed = self.store.leases.rewind(
            self.run.id,
            self.name,
            state | figures._asdict(),
            remaining_rate_changes(changes, n, self.trainer.learning_rate),
        )
        return figures

    def _read_run(self) -> Run:
        """The run with the newest requests. Raises LeaseLost if it was deleted."""
        try:
            return self.store.runs.get(self.run.id)
        except KeyError as error:
            raise LeaseLost(self.run.id) from error

    def _compute_baselines(self) -> None:
        """Compute the baselines for the part of the text that this run holds out, if it has none.

        After the first publish(), because a long text takes a few seconds.
        """
        if self.run.baselines is None:
            ids = self.vocabulary.encode(self.store.corpora.text(self.run.sha256))
            held_out = self.run.config.held_out
            self._new_baselines = baselines_for(ids, len(self.vocabulary), held_out)

    def _refresh_greedy_sample(self) -> None:
        if self._greedy_throttle.ready:
            started = time.perf_counter()
            ids = self.trainer.greedy_sample(GREEDY_SAMPLE_LENGTH)
            self._greedy_sample = self.vocabulary.decode(ids)
            self._greedy_throttle.record(started)

    def _target(self) -> int:
        """The iteration to train to: the limit of the run, or an earlier pause."""
        return min(self.run.iterations, self.run.pause_at or self.run.iterations)

    def _follow_learning_rate(self) -> None:
        """Apply the requested learning rate, and record a change of it."""
        if self.run.learning_rate != self.trainer.learning_rate:
            self._recorder.change_learning_rate(self.run.learning_rate)
            # Together with a checkpoint, so that a restarted worker finds both or neither.
            self.publish("running", checkpoint=True)

    def _publish_idle(self) -> None:
        """Publish a change of status, and renew the lease every second."""
        status = self._idle_status()
        changed = self.run.status != status
        if changed or time.perf_counter() - self._published_at > 1.0:
            self.publish(status, checkpoint=changed)

    def _idle_status(self) -> str:
        return "finished" if self.trainer.iteration >= self.run.iterations else "paused"

    def _update_speed(self, iterations: int, elapsed: float) -> None:
        """Update the running average of the speed after some iterations. elapsed: seconds."""
        characters = iterations * self.run.config.characters_per_iteration
        speed = characters / max(elapsed, 1e-9)
        average = self._characters_per_second
        self._characters_per_second = speed if average == 0 else 0.7 * average + 0.3 * speed


def _turn_over(started: float, enough_cpu_time: float) -> bool:
    """Whether it is time to publish. Both arguments are readings of clocks, see Worker.train()."""
    elapsed = time.perf_counter() - started
    if elapsed <= PUBLISH_SECONDS:
        return False
    return time.process_time() >= enough_cpu_time or elapsed > MAX_PUBLISH_DELAY * PUBLISH_SECONDS
