"""Each event is one line of JSON, and contains nothing that a visitor wrote."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.events import log_event, log_to_stderr
from charrnn.runs.limits import Limits
from charrnn.runs.store.retention import prune
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.workers.supervisor import Supervisor

ROOT = Path(__file__).parents[2]
SECRET = "Bearbeitet"  # a German word, which no event contains by chance
HOSTILE = f'{SECRET} \x1b[2J </script> "}}\n{{"event": "forged"}} \u202e \U0001f600 %s %(message)s '


@pytest.fixture(autouse=True)
def events_to_stderr(capfd):
    log_to_stderr()
    yield
    logging.getLogger("charrnn.events").handlers.clear()


def test_event_is_one_line_with_its_facts(capfd):
    log_event("paused", run="abc", free_megabytes=7, reason="two\nlines")
    (line,) = capfd.readouterr().err.splitlines()
    logged = json.loads(line)
    assert logged.pop("time").endswith("Z")
    assert logged == {
        "event": "paused",
        "run": "abc",
        "free_megabytes": 7,
        "reason": "two\nlines",
    }


def test_events_are_logged_once_even_if_logging_is_set_up_twice(capfd):
    log_to_stderr()
    log_event("once")
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_log_of_several_runs_contains_no_text_of_a_visitor(store, eventually, capfd):
    workspace = Workspace(store, "a key that must not be logged")
    corpus = store.corpora.add(HOSTILE, HOSTILE * 30)
    supervisor = Supervisor(store)
    good = workspace.create(corpus, RunConfig(hidden_size=8, iterations=1500, sample_length=30))
    diverging = workspace.create(corpus, RunConfig(hidden_size=8, learning_rate=10.0))
    short = workspace.create(store.corpora.add(SECRET, SECRET), RunConfig())
    for run in (good, diverging, short):
        workspace.rename(run.id, HOSTILE)
    supervisor.reconcile()
    eventually(lambda: store.runs.get(good.id).status == "finished")
    eventually(lambda: store.runs.get(diverging.id).iteration > 0)
    eventually(lambda: store.runs.get(short.id).status == "failed")
    workspace.branch(store.runs.get(good.id), 100)
    supervisor.reconcile()
    supervisor.close()
    workspace.delete(good.id)
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET deleted_at = 1 WHERE deleted_at IS NOT NULL")
    prune(store, Limits())
    lines = capfd.readouterr().err.splitlines()
    events = [json.loads(line) for line in lines]  # every line is an event
    assert {each["event"] for each in events} >= {"started", "start_failed", "ended", "removed"}
    assert all(each["run"] for each in events if each["event"] != "removed")
    log = "\n".join(lines)
    for private in (SECRET, "forged", "script", "\x1b", workspace.key):
        assert private not in log


def test_crash_is_logged_in_one_line_without_its_message(store, corpus, eventually):
    run = store.runs.create(corpus, RunConfig())
    code = f"""
import runpy, sys
from charrnn.engine.training import Trainer
def step(*_):
    raise KeyError({SECRET!r})
Trainer.step = step
sys.argv = ["worker", {run.id!r}]
runpy.run_module("charrnn.runs.workers.process", run_name="__main__")
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        log = process.stderr.read()
        assert process.wait(30) == 1
    (line,) = log.splitlines()
    crashed = json.loads(line)
    assert (crashed["event"], crashed["run"]) == ("crashed", run.id)
    assert crashed["error"] == "KeyError"
    assert crashed["at"] == "__main__:5"


def test_database_error_does_not_quote_values(store):
    with pytest.raises(Exception, match="hidden") as caught, store.database._engine.connect() as db:
        db.exec_driver_sql("INSERT INTO nowhere VALUES (?)", (SECRET,))
    assert SECRET not in str(caught.value)
