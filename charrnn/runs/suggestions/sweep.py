"""The sweeps of one server: the trials of each, run in processes as far as cores are free."""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import charrnn
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_event
from charrnn.runs.store.records import Corpus
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import URL_VARIABLE
from charrnn.runs.suggestions.process import DIVERGED
from charrnn.runs.suggestions.trial import Mark, Trial, TrialState
from charrnn.runs.workers.blas import ONE_THREAD
from charrnn.runs.workers.cores import available_cores

POLL_SECONDS = 0.3  # between two looks for a free core
MAX_SWEEPS = 64  # that are kept; the oldest ones that have ended are forgotten first

_STATES: dict[int, TrialState] = {0: "done", DIVERGED: "diverged"}  # by exit status


class Busy(RuntimeError):
    """So many sweeps are under way that one more would wait for too long."""


@dataclass
class Sweep:
    """The trials of one text, the current settings first. Its trials change as they run."""

    corpus: Corpus
    trials: list[Trial]
    _canceled: threading.Event = field(default_factory=threading.Event)
    _processes: set["subprocess.Popen[bytes]"] = field(default_factory=set)

    @property
    def active(self) -> bool:
        """Whether there is a trial that runs or waits."""
        if self._canceled.is_set():
            return False
        return any(trial.state in ("waiting", "training") for trial in self.trials)

    def cancel(self) -> None:
        """End its trials; what was measured stays."""
        self._canceled.set()
        for process in list(self._processes):
            process.kill()  # there is nothing to save

    def run(self, trial: Trial, command: list[str], env: dict[str, str]) -> None:
        """Run a trial in a process of its own, and note its measurements as they come."""
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # it closes when this process ends, and so ends the trial
                stdout=subprocess.PIPE,
                cwd=Path(charrnn.__file__).parent.parent,
                env=env,
            )
        except OSError as error:  # no process or memory available
            log_event("trial_failed", error=type(error).__name__)
            trial.state = "failed"
            return
        with process:
            self._processes.add(process)
            if self._canceled.is_set():
                process.kill()
            assert process.stdout is not None
            for line in process.stdout:
                trial.marks.append(Mark(*json.loads(line)))
        self._processes.discard(process)
        trial.state = _STATES.get(process.returncode, "failed")

    def wait(self, seconds: float) -> bool:
        """Wait, unless it is canceled; returns whether it is."""
        return self._canceled.wait(seconds)


class Sweeps:
    """The sweeps of one server, at most one for each workspace; they end with the server."""

    def __init__(
        self,
        store: Store,
        *,
        cores: float | None = None,
        python: str = sys.executable,
    ):
        """cores: by default, all that this process may use. python: the interpreter for trials."""
        self._store, self._python = store, python
        self._cores = max(1, int(cores or available_cores()))
        self._sweeps: dict[str, Sweep] = {}  # by workspace, oldest first
        self._lock = threading.Lock()  # for _sweeps and _running
        self._running = 0  # trials

    def start(self, workspace: str, corpus: Corpus, configs: list[RunConfig]) -> Sweep:
        """Begin a sweep, in place of the workspace's earlier one. Raises Busy."""
        self.discard(workspace)
        sweep = Sweep(corpus, [Trial(config) for config in configs])
        with self._lock:
            for key in [key for key, old in self._sweeps.items() if not old.active]:
                if len(self._sweeps) >= MAX_SWEEPS:
                    del self._sweeps[key]
            if len(self._sweeps) >= MAX_SWEEPS:
                raise Busy
            self._sweeps[workspace] = sweep
        for _ in range(min(self._cores, len(configs))):
            threading.Thread(target=self._run_trials, args=(sweep,), daemon=True).start()
        return sweep

    def get(self, workspace: str) -> Sweep | None:
        """The sweep of a workspace, whether or not it has ended; None without one."""
        with self._lock:
            return self._sweeps.get(workspace)

    def discard(self, workspace: str) -> None:
        """Cancel and forget the sweep of a workspace, if it has one."""
        with self._lock:
            sweep = self._sweeps.pop(workspace, None)
        if sweep:
            sweep.cancel()

    def close(self) -> None:
        """Cancel all sweeps."""
        with self._lock:
            for sweep in self._sweeps.values():
                sweep.cancel()

    def _run_trials(self, sweep: Sweep) -> None:
        """Run one trial of a sweep after another, until none waits: in one thread for each core."""
        while self._wait_for_core(sweep):
            try:
                with self._lock:
                    trial = next((t for t in sweep.trials if t.state == "waiting"), None)
                    if trial:
                        trial.state = "training"
                if trial is None:
                    return
                self._run(sweep, trial)
            finally:
                with self._lock:
                    self._running -= 1

    def _wait_for_core(self, sweep: Sweep) -> bool:
        """Wait for a core to be free, and take it; runs that train come first.

        When all cores are taken by runs, one trial at a time shares them. Returns False if the
        sweep needs no core any more.
        """
        while sweep.active and any(trial.state == "waiting" for trial in sweep.trials):
            with suppress(StoreError):  # the next look tries again
                free = max(1, self._cores - len(self._store.runs.runnable()))
                with self._lock:
                    if self._running < free:
                        self._running += 1
                        return True
            if sweep.wait(POLL_SECONDS):
                return False
        return False

    def _run(self, sweep: Sweep, trial: Trial) -> None:
        settings = json.dumps(trial.config.to_dict())
        module = "charrnn.runs.suggestions.process"
        sweep.run(
            trial,
            [self._python, "-m", module, sweep.corpus.sha256, settings],
            # The URL is passed in the environment because it may contain a password.
            os.environ | ONE_THREAD | {URL_VARIABLE: self._store.database.url},
        )
