"""One line of JSON for an event, and nothing in it that a visitor wrote."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.events import event, write_to_stderr
from charrnn.runs.launcher import Launcher
from charrnn.runs.limits import Limits
from charrnn.runs.shelf import Shelf
from charrnn.runs.tidying import tidy

ROOT = Path(__file__).parents[2]
SECRET = "Bearbeitet"  # in German, for in English it might stand in an event
HOSTILE = f'{SECRET} \x1b[2J </script> "}}\n{{"event": "forged"}} \u202e \U0001f600 %s %(message)s '


@pytest.fixture(autouse=True)
def to_stderr(capfd):
    write_to_stderr()
    yield
    logging.getLogger("charrnn.events").handlers.clear()


def test_an_event_is_one_line_with_its_facts(capfd):
    event("paused", run="abc", free_megabytes=7, reason="two\nlines")
    (line,) = capfd.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("time").endswith("Z")
    assert said == {
        "event": "paused",
        "run": "abc",
        "free_megabytes": 7,
        "reason": "two\nlines",
    }


def test_asked_twice_it_is_still_said_once(capfd):
    write_to_stderr()
    event("once")
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_no_text_of_a_visitor_is_in_the_log_of_a_whole_training(store, eventually, capfd):
    shelf = Shelf(store, "a key that is no business of a log")
    corpus = store.add_corpus(HOSTILE, HOSTILE * 30)
    launcher = Launcher(store)
    good = shelf.create(corpus, RunConfig(hidden_size=8, iterations=1500, sample_length=30))
    wild = shelf.create(corpus, RunConfig(hidden_size=8, learning_rate=10.0))
    short = shelf.create(store.add_corpus(SECRET, SECRET), RunConfig())
    for run in (good, wild, short):
        shelf.rename(run.id, HOSTILE)
    launcher.take_up()
    eventually(lambda: store.run(good.id).status == "finished")
    eventually(lambda: store.run(wild.id).iteration > 0)
    eventually(lambda: store.run(short.id).status == "failed")
    shelf.branch(store.run(good.id), 100)
    launcher.take_up()
    launcher.close()
    shelf.delete(good.id)
    with store.writing() as db:
        db.exec_driver_sql("UPDATE runs SET deleted_at = 1 WHERE deleted_at IS NOT NULL")
    tidy(store, Limits())
    lines = capfd.readouterr().err.splitlines()
    events = [json.loads(line) for line in lines]  # each line is one
    assert {said["event"] for said in events} >= {"started", "not_started", "ended", "removed"}
    assert all(said["run"] for said in events if said["event"] != "removed")
    log = "\n".join(lines)
    for private in (SECRET, "forged", "script", "\x1b", shelf.workspace):
        assert private not in log


def test_a_crash_is_one_line_that_says_where_and_quotes_nothing(store, corpus, eventually):
    run = store.create_run(corpus, RunConfig())
    code = f"""
import runpy, sys
from charrnn.engine.training import Trainer
def step(trainer):
    raise KeyError({SECRET!r})
Trainer.step = step
sys.argv = ["worker", {run.id!r}]
runpy.run_module("charrnn.runs.process", run_name="__main__")
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        said = process.stderr.read()
        assert process.wait(30) == 1
    (line,) = said.splitlines()
    crashed = json.loads(line)
    assert (crashed["event"], crashed["run"]) == ("crashed", run.id)
    assert crashed["error"] == "KeyError"
    assert crashed["at"] == "__main__:5"


def test_an_error_of_the_database_quotes_nothing(store):
    with pytest.raises(Exception, match="hidden") as caught, store._engine.connect() as db:
        db.exec_driver_sql("INSERT INTO nowhere VALUES (?)", (SECRET,))
    assert SECRET not in str(caught.value)
