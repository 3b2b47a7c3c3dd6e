"""After training diverged, the page offers to go back to where training goes well."""

from dataclasses import replace
from pathlib import Path

import pytest

from charrnn.engine.training import Diverged
from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import DIVERGED
from charrnn.runs.workers.worker import Worker
from charrnn.ui.shared.learning_rate_hint import hint
from tests.support.train_page import click
from tests.support.workers import NAME, StopWhenIdle, rows_without_times, work

DINOSAURS = Path(__file__).parents[3] / "data" / "dinosaurs.txt"
CONFIG = RunConfig(hidden_size=32, iterations=3000)


@pytest.fixture
def dinosaurs(store):
    return store.corpora.add("Dinosaurs", DINOSAURS.read_text(encoding="utf-8"))


@pytest.fixture
def diverge(store):
    """diverge(run): train a run until it diverges, as its worker process does."""

    def diverge(run):
        assert store.leases.claim(run.id, NAME)
        worker = Worker(store, store.runs.get(run.id), NAME)
        with pytest.raises(Diverged):
            worker.work(StopWhenIdle(store, run))
        worker.publish("failed", failure=DIVERGED, message="It diverged.", checkpoint=True)
        store.leases.release(run.id, NAME)
        return store.runs.get(run.id)

    return diverge


def offer(page) -> str:
    """The label of the button that goes back."""
    (label,) = (b.label for b in page.button if b.label.startswith("Go back"))
    return label


def accept(page, workspace):
    """Click that button; returns the branch."""
    click(page, offer(page))
    return workspace.runs()[0]


@pytest.mark.parametrize(("rate", "lower"), [(10.0, 0.1), (3.0, 0.1), (1.0, 0.1)])
def test_a_run_that_diverged_at_once_starts_again_like_a_fresh_run(
    open_page, store, workspace, dinosaurs, diverge, rate, lower
):
    config = replace(CONFIG, hidden_size=100, learning_rate=rate, iterations=400)
    run = diverge(workspace.create(dinosaurs, config))
    page = open_page(run=run.id)
    assert offer(page) == f"Go back to iteration 0 with learning rate {lower:g}"
    branch = work(store, accept(page, workspace))
    fresh = work(store, workspace.create(dinosaurs, replace(config, learning_rate=lower)))
    assert (branch.status, branch.iteration) == ("finished", 400)
    metrics, evaluations, _, samples = rows_without_times(store, branch)
    assert (metrics, evaluations, samples) == tuple(
        rows_without_times(store, fresh)[i] for i in (0, 1, 3)
    )


def test_a_run_that_diverged_after_its_rate_was_raised_goes_back_to_before_that(
    open_page, store, workspace, dinosaurs, diverge
):
    run = work(store, workspace.create(dinosaurs, CONFIG, pause_at=1200))
    store.runs.request(run.id, desired="running", learning_rate=10.0)
    run = diverge(run)
    page = open_page(run=run.id)
    assert offer(page) == "Go back to iteration 1,000 with learning rate 0.1"
    branch = work(store, accept(page, workspace))
    fresh = work(store, workspace.create(dinosaurs, CONFIG))
    assert branch.recent_loss == pytest.approx(fresh.recent_loss, rel=0.03)


def test_a_network_that_was_ruined_before_it_diverged_is_not_gone_back_to(
    open_page, store, workspace, dinosaurs, diverge
):
    config = replace(CONFIG, hidden_size=100, learning_rate=0.3, iterations=2000)
    run = work(store, workspace.create(dinosaurs, config, pause_at=1200))
    store.runs.request(run.id, desired="running", learning_rate=10.0)
    page = open_page(run=diverge(run).id)
    assert offer(page) == "Go back to iteration 0 with learning rate 0.1"


def test_a_large_network_is_offered_a_rate_that_suits_it(open_page, workspace, dinosaurs, diverge):
    run = diverge(workspace.create(dinosaurs, replace(CONFIG, hidden_size=512, learning_rate=1.0)))
    page = open_page(run=run.id)
    assert offer(page) == "Go back to iteration 0 with learning rate 0.02"
    assert hint(RunConfig(hidden_size=512, learning_rate=0.02)) == ""


def test_a_small_rate_is_lowered_to_a_tenth(open_page, store, workspace, dinosaurs):
    run = workspace.create(dinosaurs, replace(CONFIG, learning_rate=0.3, iterations=100))
    run = work(store, run)
    store.leases.fail(run.id, "It diverged.")
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET failure = 'diverged'")
    assert offer(open_page(run=run.id)).endswith("with learning rate 0.03")
