"""A page of a run with very many samples offers some of them, and still shows any."""

import pytest

from charrnn.runs.store.records import Progress
from tests.support.progress import metrics_row
from tests.support.store import SMALL

ITERATIONS = 400_000
MAX_OPTIONS = 130


@pytest.fixture
def train_until(store):
    """train_until(run, iteration): write what a worker would have; returns the paused run."""

    def train_until(run, iteration):
        samples = [
            {"iteration": n, "text": f"the cat sat at {n} "}
            for n in range(run.iteration, iteration + 1, SMALL.sample_interval)
        ]
        state = {"status": "paused", "iteration": iteration, "greedy_sample": "the cat"}
        updates = Progress(metrics=[metrics_row(0), metrics_row(iteration)], samples=samples)
        store.leases.claim(run.id, "one")
        store.leases.publish(run.id, "one", state, updates)
        store.leases.release(run.id, "one")
        return store.runs.get(run.id)

    return train_until


@pytest.fixture
def long_run(workspace, corpus, train_until):
    """A paused run with four thousand samples."""
    return train_until(workspace.create(corpus, SMALL), ITERATIONS)


def test_slider_offers_a_limited_number_of_samples(open_page, long_run, written):
    page = open_page(run=long_run.id)
    slider = page.select_slider(key=f"earlier_samples_{long_run.id}")
    assert MAX_OPTIONS / 2 < len(slider.options) <= MAX_OPTIONS
    assert any("one in 32 samples" in caption.value for caption in page.caption)
    chosen = int(slider.options[20].replace(",", ""))
    slider.set_value(chosen).run()
    assert f"the cat sat at {chosen} " in written(page)


def test_sample_that_is_no_longer_offered_stays_chosen(
    open_page, workspace, corpus, train_until, written
):
    run = train_until(workspace.create(corpus, SMALL), 1000)
    key = f"earlier_samples_{run.id}"
    page = open_page(run=run.id)
    page.select_slider(key=key).set_value(300).run()
    train_until(run, ITERATIONS)
    page.run()
    assert page.select_slider(key=key).value == 300
    assert "the cat sat at 300 " in written(page)
    assert MAX_OPTIONS / 2 < len(page.select_slider(key=key).options) <= MAX_OPTIONS
    assert not page.exception


@pytest.mark.parametrize(
    ("at", "iteration"),
    [("123456", 123_500), ("0", 0), ("-5", 0), ("1e30", 400_000), ("399949.9", 399_900)],
)
def test_link_to_any_iteration_shows_the_sample_nearest_to_it(
    open_page, long_run, written, at, iteration
):
    page = open_page("compare", compare=long_run.id, at=at)
    assert written(page) == [f"the cat sat at {iteration} "]
    (slider,) = (s for s in page.select_slider if s.key == "at")
    assert len(slider.options) <= MAX_OPTIONS
    assert page.query_params["at"] == str(iteration)
