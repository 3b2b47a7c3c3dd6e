"""Searches for good settings: the trials of each, run in processes while cores are free."""

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
from charrnn.runs.suggestions.process import DIVERGED_STATUS
from charrnn.runs.suggestions.trial import Mark, Trial, TrialState
from charrnn.runs.workers.blas import ONE_THREAD
from charrnn.runs.workers.cores import available_cores

POLL_SECONDS = 0.3  # between two checks for a free core
MAX_SEARCHES = 64  # that are kept; the oldest ones that have ended are forgotten first

_STATES: dict[int, TrialState] = {0: "done", DIVERGED_STATUS: "diverged"}  # by exit status


class Busy(RuntimeError):
    """So many searches are under way that another one would wait too long."""


@dataclass
class Search:
    """The trials of one text, that of the current settings first. They change as they run."""

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
        """Run a trial in a process of its own, and add its measurements as they come."""
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


class Searches:
    """The searches of one server, at most one for each workspace; they end with the server."""

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
        self._searches: dict[str, Search] = {}  # by workspace, oldest first
        self._lock = threading.Lock()  # for _searches and _running
        self._running = 0  # trials

    def start(self, workspace: str, corpus: Corpus, configs: list[RunConfig]) -> Search:
        """Begin a search, in place of the workspace's earlier one. Raises Busy."""
        self.discard(workspace)
        search = Search(corpus, [Trial(config) for config in configs])
        with self._lock:
            for key in [key for key, old in self._searches.items() if not old.active]:
                if len(self._searches) >= MAX_SEARCHES:
                    del self._searches[key]
            if len(self._searches) >= MAX_SEARCHES:
                raise Busy
            self._searches[workspace] = search
        for _ in range(min(self._cores, len(configs))):
            threading.Thread(target=self._run_trials, args=(search,), daemon=True).start()
        return search

    def get(self, workspace: str) -> Search | None:
        """The search of a workspace, whether or not it has ended; None without one."""
        with self._lock:
            return self._searches.get(workspace)

    def discard(self, workspace: str) -> None:
        """Cancel and forget the search of a workspace, if it has one."""
        with self._lock:
            search = self._searches.pop(workspace, None)
        if search:
            search.cancel()

    def close(self) -> None:
        """Cancel all searches."""
        with self._lock:
            for search in self._searches.values():
                search.cancel()

    def _run_trials(self, search: Search) -> None:
        """Run the trials of a search one after another. There is one such thread for each core."""
        while self._wait_for_core(search):
            try:
                with self._lock:
                    trial = next((t for t in search.trials if t.state == "waiting"), None)
                    if trial:
                        trial.state = "training"
                if trial is None:
                    return
                self._run(search, trial)
            finally:
                with self._lock:
                    self._running -= 1

    def _wait_for_core(self, search: Search) -> bool:
        """Wait for a core to be free, and take it; runs that train come first.

        When all cores are taken by runs, one trial at a time shares them. Returns False if the
        search no longer needs a core.
        """
        while search.active and any(trial.state == "waiting" for trial in search.trials):
            with suppress(StoreError):  # the next check tries again
                free = max(1, self._cores - len(self._store.runs.runnable()))
                with self._lock:
                    if self._running < free:
                        self._running += 1
                        return True
            if search.wait(POLL_SECONDS):
                return False
        return False

    def _run(self, search: Search, trial: Trial) -> None:
        settings = json.dumps(trial.config.to_dict())
        module = "charrnn.runs.suggestions.process"
        search.run(
            trial,
            [self._python, "-m", module, search.corpus.sha256, settings],
            # The URL is passed in the environment because it may contain a password.
            os.environ | ONE_THREAD | {URL_VARIABLE: self._store.database.url},
        )
