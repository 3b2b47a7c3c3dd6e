"""A worker: trains one run, follows what the pages request, and publishes its progress.

process.py runs one in a process of its own; tests run one in theirs.
"""

import math
import threading
import time
from collections import deque
from statistics import fmean
from typing import Any

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.analysis.overfitting import lowest_before_rise
from charrnn.engine.gauges import Measurement
from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import GREEDY_SAMPLE_LENGTH
from charrnn.runs.limits import Limits
from charrnn.runs.recording import should_measure, should_record
from charrnn.runs.serialization import state_from_bytes, state_to_bytes
from charrnn.runs.store.corpora import baselines_for
from charrnn.runs.store.leases import LeaseLost
from charrnn.runs.store.losses import RECENT_WINDOWS, LossFigures
from charrnn.runs.store.records import DIVERGED, Progress, Run
from charrnn.runs.store.store import Store
from charrnn.runs.workers import schedule
from charrnn.runs.workers.best_state import BestState
from charrnn.runs.workers.good_state import GoodState

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
        interval = self.trainer.evaluation_interval(run.config.sample_interval)
        self._evaluation_interval = interval  # iterations
        self._measurement = Measurement(self.trainer.weights)
        self._updates = Progress()  # since the last publish()
        self._seconds = 0.0  # spent training, over the whole life of the run
        self._characters_per_second = 0.0
        self._greedy_sample = ""
        self._greedy_throttle = Throttle(PUBLISH_SECONDS / 2)
        self._published_at = -math.inf
        self._publish_cost = 0.0  # CPU seconds of the last publish() without a saved state
        self._state_bytes = 2 * self.trainer.weights.flat.nbytes  # with Adagrad's accumulator
        self._first_snapshot = schedule.first_snapshot(
            self._state_bytes, run.config.seq_length * run.config.streams
        )
        self._checkpoint_interval = schedule.checkpoint_seconds(self._state_bytes)
        self._new_baselines: Baselines | None = None  # computed since the last publish()
        figures = LossFigures(run.recent_loss, run.best_smooth_loss)
        self._pause_reason = ""  # why the run pauses by itself, for people
        checkpoint = store.snapshots.checkpoint(run.id)
        if checkpoint:
            self._seconds, state = checkpoint
            self.trainer.restore(state_from_bytes(state))
            if run.iteration > self.trainer.iteration:  # killed after its last checkpoint
                store.leases.rewind(run.id, name, self.trainer.iteration)
                figures = store.history.loss_figures(run.id, self.trainer.smooth_loss)
        self._best = BestState(store.snapshots.best(run.id), self._first_snapshot)
        self._evaluations = store.history.evaluations(run.id)
        # Whoever resumed a run that had been stopped early knows of this rise.
        self._known_rise = lowest_before_rise(self._evaluations)
        if not checkpoint:
            self._record_start()
        self._good_state = GoodState(self.trainer)
        # Of training, at the last checkpoint. The first one of a small network comes at once.
        self._checkpoint_seconds = self._seconds - schedule.CHECKPOINT_SECONDS
        self._best_smooth_loss = figures.best_smooth_loss
        # Each of the windows before this worker counts with their mean.
        earlier = [figures.recent_loss] * min(RECENT_WINDOWS, self.trainer.iteration)
        self._recent_losses = deque(earlier, maxlen=RECENT_WINDOWS)

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
        trainer = self.trainer
        started, first_iteration = time.perf_counter(), trainer.iteration
        limit = self.run.config.seconds
        # The next multiple of it: a run that was resumed trains for as long again.
        end = limit * (self._seconds // limit + 1) - self._seconds if limit else math.inf
        enough_cpu_time = time.process_time() + self._publish_cost / OVERHEAD_SHARE
        while trainer.iteration < until and not _turn_over(started, enough_cpu_time):
            self._step(started)
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
        trainer = self.trainer
        self._refresh_greedy_sample()
        fields: dict[str, Any] = {
            "status": status,
            "iteration": trainer.iteration,
            "smooth_loss": trainer.smooth_loss,
            "best_smooth_loss": self._best_smooth_loss,
            "recent_loss": fmean(self._recent_losses or [trainer.smooth_loss]),
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
            self._updates.checkpoint = self._state_row(self._seconds, failure=failure)
            self._best.add_to(self._updates)
        cpu_time = time.process_time()
        self.store.leases.publish(self.run.id, self.name, fields, self._updates)
        if not checkpoint and not self._updates.snapshots:
            self._publish_cost = time.process_time() - cpu_time
        self._updates, self._new_baselines, self._pause_reason = Progress(), None, ""
        self._published_at = time.perf_counter()
        if checkpoint:
            self._checkpoint_seconds = self._seconds
            cost = time.perf_counter() - started
            self._checkpoint_interval = schedule.checkpoint_seconds(self._state_bytes, cost)

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
                f"{self._good_state.iteration:,}, the last good state."
            ),
            checkpoint=True,
        )

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

    def _record_start(self) -> None:
        """Record loss, sample and snapshot from before the first update."""
        loss = self.trainer.smooth_loss
        self._updates.metrics.append(
            {"iteration": 0, "loss": loss, "smooth_loss": loss, "seconds": 0.0}
        )
        self._evaluate(0.0)
        self._add_snapshot(0.0)

    def _step(self, turn_started: float) -> None:
        """One training step, and what the schedule asks for after it.

        turn_started: the value of time.perf_counter() at the beginning of the turn.
        """
        step_started = time.perf_counter()
        measurement = self._measurement if should_measure(self.trainer.iteration + 1) else None
        record = self.trainer.step(measurement)
        self._good_state.note(record.loss)
        self._recent_losses.append(record.loss)
        self._best_smooth_loss = min(self._best_smooth_loss, record.smooth_loss)
        if should_record(record.iteration):
            seconds = self._seconds + step_started - turn_started
            self._updates.metrics.append(record._asdict() | {"seconds": seconds})
        if measurement:
            row = {"iteration": record.iteration} | measurement.gauges._asdict()
            self._updates.gauges.append(row)
        if record.iteration % self.run.config.sample_interval == 0:
            self._evaluate(self._seconds + time.perf_counter() - turn_started)
        if schedule.should_snapshot(record.iteration, self._first_snapshot):
            self._add_snapshot(self._seconds + time.perf_counter() - turn_started)

    def _evaluate(self, seconds: float) -> None:
        """Add a sample, and now and then the loss on the held-out text if there is any.

        seconds: spent training so far.
        """
        trainer = self.trainer
        text = self.vocabulary.decode(trainer.sample(self.run.config.sample_length))
        self._updates.samples.append({"iteration": trainer.iteration, "text": text})
        if trainer.iteration % self._evaluation_interval:
            return
        held_out_loss = trainer.held_out_loss()
        if held_out_loss is not None:
            row = {"iteration": trainer.iteration, "held_out_loss": held_out_loss}
            self._updates.evaluations.append(row)
            self._best.note(trainer.iteration, held_out_loss, lambda: self._state_row(seconds))
            self._evaluations.append((trainer.iteration, held_out_loss))
            if self.run.config.early_stopping == "on":
                self._stop_early()

    def _stop_early(self) -> None:
        """Pause if the held-out loss has risen again, once for each time that it does."""
        lowest = lowest_before_rise(self._evaluations)
        if lowest is not None and lowest != self._known_rise:
            self._pause_reason = (
                f"Stopped early: held-out text was predicted best at iteration {lowest:,}, and "
                "worse ever since, because the network has begun to learn this text by heart. The "
                "page Write offers the network of that iteration; Resume trains on all the same."
            )
            self._known_rise = lowest

    def _add_snapshot(self, seconds: float) -> None:
        """Add a snapshot of the complete state, so that a new run can branch off from here."""
        self._updates.snapshots.append(self._state_row(seconds))

    def _state_row(self, seconds: float, *, failure: str = "") -> dict[str, Any]:
        """A row for a checkpoint or a snapshot. seconds: spent training so far.

        After training has diverged, it is the last good state.
        """
        state = self._good_state.good if failure == DIVERGED else self.trainer.state()
        data = state_to_bytes(state)
        return {"iteration": int(state["iteration"]), "seconds": seconds, "state": data}

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
            self.trainer.learning_rate = self.run.learning_rate
            change = {
                "iteration": self.trainer.iteration,
                "learning_rate": self.run.learning_rate,
            }
            self._updates.rate_changes.append(change)
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
        characters = iterations * self.trainer.seq_length * self.trainer.streams
        speed = characters / max(elapsed, 1e-9)
        average = self._characters_per_second
        self._characters_per_second = speed if average == 0 else 0.7 * average + 0.3 * speed


def _turn_over(started: float, enough_cpu_time: float) -> bool:
    """Whether it is time to publish. Both arguments are readings of clocks, see Worker.train()."""
    elapsed = time.perf_counter() - started
    if elapsed <= PUBLISH_SECONDS:
        return False
    return time.process_time() >= enough_cpu_time or elapsed > MAX_PUBLISH_DELAY * PUBLISH_SECONDS
