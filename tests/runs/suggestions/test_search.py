"""The searches of a server: their trials run in processes, share the cores with runs, and end."""

import sys
from dataclasses import replace

import pytest

from charrnn.runs.suggestions import search as search_module
from charrnn.runs.suggestions.search import Busy, Searches
from tests.support.store import SMALL
from tests.support.supervisors import FAILS_AT_ONCE

CONFIGS = [replace(SMALL, seed=seed) for seed in range(3)]
PRINTS_TWO_MARKS = 'echo "[50, 1.0, 2.5]"; echo "[100, 2.0, 2.25]"'


@pytest.fixture
def command(tmp_path):
    """command(script): a stand-in for the Python of a trial, which runs a shell script."""

    def write(script):
        path = tmp_path / f"python{len(list(tmp_path.iterdir()))}"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return write


def test_all_trials_run_and_their_measurements_arrive(store, corpus, command, eventually):
    searches = Searches(store, cores=2, python=command(PRINTS_TWO_MARKS))
    search = searches.start("me", corpus, CONFIGS)
    assert searches.get("me") is search
    eventually(lambda: not search.active)
    assert [trial.state for trial in search.trials] == ["done"] * 3
    assert all(trial.marks[-1].bits == 2.25 for trial in search.trials)
    assert searches.get("somebody else") is None


def test_a_real_trial_measures_the_text(store, corpus, monkeypatch, eventually, command):
    short = "from charrnn.runs.suggestions import trial, process; import sys; "
    short += (
        "trial.run_trial.__kwdefaults__['seconds'] = 0.05; sys.exit(process.main(*sys.argv[1:]))"
    )
    python = command(f'shift 2; exec {sys.executable} -c "{short}" "$@"')
    search = Searches(store, cores=1, python=python).start("me", corpus, CONFIGS[:1])
    eventually(lambda: not search.active)
    (trial,) = search.trials
    assert trial.state == "done"
    assert len(trial.marks) == 8
    assert 0 < trial.marks[-1].bits < 5


@pytest.mark.parametrize(
    ("script", "state"), [("exit 3", "diverged"), ("exit 1", "failed"), (None, "failed")]
)
def test_a_trial_that_ends_early_says_why(store, corpus, command, eventually, script, state):
    searches = Searches(store, cores=1, python=command(script) if script else FAILS_AT_ONCE)
    search = searches.start("me", corpus, CONFIGS[:1])
    eventually(lambda: not search.active)
    assert search.trials[0].state == state


def test_canceling_kills_what_runs_and_starts_nothing_more(store, corpus, command, eventually):
    searches = Searches(store, cores=1, python=command("echo '[50, 1.0, 2.5]'; exec sleep 600"))
    search = searches.start("me", corpus, CONFIGS)
    eventually(lambda: search.trials[0].marks)
    (process,) = search._processes
    searches.discard("me")
    assert not search.active
    assert searches.get("me") is None
    eventually(lambda: process.poll() is not None)
    eventually(lambda: searches._running == 0)
    assert [trial.state for trial in search.trials[1:]] == ["waiting"] * 2


def test_one_trial_at_a_time_while_runs_take_the_cores(store, corpus, command, eventually):
    for _ in range(2):
        store.runs.create(corpus, SMALL)
    searches = Searches(store, cores=2, python=command("exec sleep 600"))
    first, second = (searches.start(name, corpus, CONFIGS) for name in ("first", "second"))
    try:
        eventually(lambda: first._processes or second._processes)
        assert searches._running == 1
        assert len(first._processes) + len(second._processes) == 1
    finally:
        searches.close()


def test_a_new_search_takes_the_place_of_the_last_and_there_is_a_limit(
    store, corpus, command, monkeypatch
):
    monkeypatch.setattr(search_module, "MAX_SEARCHES", 2)
    searches = Searches(store, cores=1, python=command("exec sleep 600"))
    try:
        first = searches.start("me", corpus, CONFIGS)
        second = searches.start("me", corpus, CONFIGS)
        assert not first.active
        searches.start("you", corpus, CONFIGS)
        with pytest.raises(Busy):
            searches.start("they", corpus, CONFIGS)
        second.cancel()
        assert searches.start("they", corpus, CONFIGS).active
    finally:
        searches.close()
