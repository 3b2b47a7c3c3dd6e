"""What the page suggests after a run has ended, and that each suggestion does what it says."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import DIVERGED, History, Progress
from charrnn.ui import comparison
from charrnn.ui.train.next_steps import next_steps, still_falling
from tests.support.train_page import buttons, click, words

CONFIG = RunConfig(iterations=1000)
FALLING = [(n, 80.0, 80.0 - n / 20, 0.0) for n in range(0, 1001, 50)]
FLAT = [(n, 50.0, 50.0, 0.0) for n in range(0, 1001, 50)]
FALLEN = [(n, 2.0 - n / 1000) for n in range(0, 1001, 100)]
RISEN = [(n, 2.0 + abs(n - 400) / 1000) for n in range(0, 1001, 100)]
SNAPSHOTS = [0, 300, 500, 1000]


def history(metrics=FLAT, evaluations=FALLEN) -> History:
    return History(metrics, evaluations, [], [], None)


@pytest.fixture
def ended(workspace, corpus):
    """ended(hidden_size=...): a run at its limit."""

    def ended(**settings):
        run = workspace.create(corpus, replace(CONFIG, **settings))
        return replace(run, status="finished", desired="paused", iteration=run.iterations)

    return ended


def suggest(run, past, *, characters=100_000, snapshots=SNAPSHOTS, others=True):
    return next_steps(run, past, characters=characters, snapshots=snapshots, others=others)


def labels(suggested) -> list[str]:
    return [step.label for step in suggested.steps]


def test_a_run_on_its_way_gets_no_suggestions(ended):
    run = replace(ended(), iteration=500, status="paused")
    assert suggest(run, history()) is None
    assert suggest(replace(run, desired="running", status="running"), history()) is None
    assert suggest(replace(run, status="failed", failure=""), history()) is None


def test_a_loss_that_still_falls_suggests_to_resume(ended):
    suggested = suggest(ended(), history(FALLING))
    assert "still falling" in suggested.reason
    assert labels(suggested) == [
        "Resume for 1,000 more iterations",
        "Write at temperature 0.7",
        "Compare with other runs",
    ]


def test_a_loss_that_stands_still_suggests_a_larger_network_or_longer_sequences(ended):
    suggested = suggest(ended(), history(FLAT))
    assert labels(suggested) == [
        "Train with hidden_size 200",
        "Train with seq_length 50",
        "Write at temperature 0.7",
    ]
    assert suggested.steps[0].config == replace(CONFIG, hidden_size=200)


def test_a_learning_rate_that_has_decayed_is_named_and_nothing_is_resumed(ended):
    decayed = ended(schedule="cosine", decay_iterations=800)
    suggested = suggest(decayed, history(FALLING))
    assert "The schedule has brought the learning rate to 0.2% of what it was" in suggested.reason
    assert "resume" not in [step.action for step in suggested.steps]
    half = ended(schedule="cosine", decay_iterations=2000)
    assert "resume" in [step.action for step in suggest(half, history(FALLING)).steps]


def test_a_larger_network_gets_a_learning_rate_that_suits_it(ended):
    step = suggest(ended(hidden_size=256), history(FLAT)).steps[0]
    assert step.label == "Train with hidden_size 512 and learning rate 0.02"
    assert (step.config.hidden_size, step.config.learning_rate) == (512, 0.02)


def test_a_text_too_short_for_longer_sequences_is_not_offered_any(ended):
    suggested = suggest(ended(held_out=0.0), history(FLAT), characters=26)
    assert labels(suggested) == ["Train with hidden_size 200", "Write at temperature 0.7"]


def test_a_held_out_loss_that_rises_suggests_the_best_snapshot(ended):
    suggested = suggest(ended(), history(FALLING, RISEN))
    assert "best around iteration 400" in suggested.reason
    assert suggested.steps[0].snapshot in (300, 500)
    assert not any(label.startswith("Resume") for label in labels(suggested))


def test_a_rise_of_both_losses_suggests_a_lower_learning_rate(ended):
    rising = [(n, 50.0, 50.0 + abs(n - 400) / 50, 0.0) for n in range(0, 1001, 50)]
    suggested = suggest(ended(), history(rising, RISEN))
    assert suggested.reason.endswith(
        "Since then the training loss has risen, too: the learning rate is too high."
    )
    assert suggested.steps[0].config.learning_rate < CONFIG.learning_rate
    assert suggested.steps[1].snapshot in (300, 500)


def test_divergence_suggests_a_lower_learning_rate(ended):
    run = ended(hidden_size=256, learning_rate=0.3)
    run = replace(run, status="failed", failure=DIVERGED, iteration=52)
    suggested = suggest(run, history())
    assert labels(suggested) == [
        "Train with learning rate 0.05",
        "Train with hidden_size 100 and learning rate 0.1",
    ]
    assert suggested.steps[0].config == replace(run.config, learning_rate=0.05)


def test_the_lower_learning_rate_is_one_of_the_slider(ended):
    run = replace(ended(hidden_size=32, learning_rate=0.1), status="failed", failure=DIVERGED)
    assert labels(suggest(run, history()))[0] == "Train with learning rate 0.03"
    # Below its lowest one:
    run = replace(ended(hidden_size=32, learning_rate=0.002), status="failed", failure=DIVERGED)
    assert labels(suggest(run, history()))[0] == "Train with learning rate 0.0007"


def test_without_another_run_there_is_nothing_to_compare(ended):
    assert "Compare with other runs" not in labels(suggest(ended(), history(FALLING), others=False))


@pytest.mark.parametrize(("metrics", "falling"), [(FALLING, True), (FLAT, False), ([], True)])
def test_whether_the_loss_still_falls(metrics, falling):
    assert still_falling(history(metrics)) == falling


# --- On the page --------------------------------------------------------------------------------


@pytest.fixture
def finished(store, cats, work):
    """A run at its limit of 1,000 iterations, whose loss is still falling."""
    store.runs.request(cats.id, desired="running")
    return work(cats)


def test_resume_trains_for_as_long_again(open_page, store, finished, started):
    page = open_page(run=finished.id)
    assert "What next?" in words(page)
    click(page, "Resume for 1,000 more iterations")
    run = store.runs.get(finished.id)
    assert (run.active, run.iterations, started) == (True, 2000, [run.id])
    assert "What next?" not in words(page)


def test_a_diverged_run_is_trained_again_with_a_lower_learning_rate(
    open_page, store, workspace, corpus, shown_run, started
):
    run = workspace.create(corpus, RunConfig(learning_rate=1.0))
    store.leases.claim(run.id, "w")
    failed = {"status": "failed", "failure": DIVERGED, "message": "It diverged.", "iteration": 67}
    store.leases.publish(run.id, "w", failed, Progress())
    page = open_page(run=run.id)
    click(page, "Train with learning rate 0.1")
    again = shown_run(page)
    assert again.id != run.id
    assert (again.parent, again.config) == (run.id, replace(run.config, learning_rate=0.1))
    assert started == [again.id]
    assert page.number_input(key="learning_rate").value == 0.1


def test_the_page_write_opens_with_the_lower_temperature(open_page, finished):
    page = open_page(run=finished.id)
    page.session_state[f"write_at_{finished.id}"] = 0  # chosen on an earlier visit
    click(page, "Write at temperature 0.7")
    assert page.select_slider(key=f"write_at_{finished.id}").value == "newest"
    assert page.select_slider(key="temperature").value == 0.7


def test_compare_opens_with_the_run_and_the_others(open_page, workspace, corpus, finished):
    other = workspace.create(corpus, finished.config)
    page = open_page(run=finished.id)
    click(page, "Compare with other runs")
    assert page.session_state[comparison._RUNS] == [finished.id, other.id]
    assert "Compare" in words(page)


def test_a_run_of_another_visitor_gets_no_suggestions(open_page, finished):
    page = open_page(key="", run=finished.view_key)
    assert buttons(page) == {"Train"}
    assert "What next?" not in words(page)
