"""The view "One step" shows the next step of the run, and what its switches change."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn.engine.training import Trainer
from charrnn.runs.serialization import state_from_bytes
from charrnn.ui.inside import training_state
from tests.support.inside_page import newest, numbers, pictures, words
from tests.support.store import SMALL


def test_one_step_is_the_next_step_of_the_run(open_inside, store, cats):
    [data] = pictures(open_inside("One step", run=cats.id), "step")
    subject, _, ids = newest(cats)
    trainer = Trainer(ids, len(subject.vocabulary), **cats.config.trainer_settings())
    trainer.restore(state_from_bytes(store.snapshots.checkpoint(cats.id)[1]))
    record = trainer.step()
    assert data["iteration"] == record.iteration == 251
    assert data["loss"] == pytest.approx(record.loss, rel=1e-5)
    assert data["loss_after"] < data["loss"]
    np.testing.assert_allclose(numbers(data["h"])[-1], trainer.window.carried[0], atol=1e-5)
    for array in data["arrays"]:
        expected = getattr(trainer.weights, array["name"])
        assert tuple(array["shape"]) == expected.shape
        expected = expected.reshape(len(expected), -1)
        np.testing.assert_allclose(numbers(array["w_new"]), expected[:48, :48], atol=1e-5)
    assert [a["shape"] for a in data["arrays"] if a["name"] == "Why"] == [
        [len(subject.vocabulary), 8]
    ]


def test_an_array_of_zeros_moves_by_no_share_of_its_size(open_inside, workspace, corpus):
    run = workspace.create(corpus, SMALL)
    [data] = pictures(open_inside("One step", run=run.id), "step")
    shares = {array["name"]: array["relative_update"] for array in data["arrays"]}
    assert shares["bh"] is shares["by"] is None
    assert all(0 < shares[name] < 100 for name in ("Wxh", "Why"))


RECIPES = {
    "adam": {"clipping": "norm", "schedule": "cosine", "warm_up": 100, "streams": 3},
    "rmsprop": {"clip_limit": 0.01},
    "sgd": {"clipping": "off", "learning_rate": 0.02},
    "adagrad": {"hidden_state": "cleared", "gradients_through_time": "off"},
}


@pytest.mark.parametrize("optimizer", RECIPES)
@pytest.mark.parametrize("pause_at", [0, 60])
def test_one_step_follows_the_recipe_of_the_run(
    open_inside, store, workspace, corpus, work, optimizer, pause_at
):
    settings = {"learning_rate": 0.01} | RECIPES[optimizer]
    config = replace(SMALL, optimizer=optimizer, **settings)
    run = workspace.create(corpus, config, pause_at=pause_at or None)
    if pause_at:
        work(run)
    [data] = pictures(open_inside("One step", run=run.id), "step")
    subject, _, ids = newest(store.runs.get(run.id))
    trainer = Trainer(ids, len(subject.vocabulary), **config.trainer_settings())
    if pause_at:
        trainer.restore(state_from_bytes(store.snapshots.checkpoint(run.id)[1]))
    assert data["learning_rate"] == trainer.scheduled_learning_rate()
    assert data["base_rate"] == config.learning_rate
    record = trainer.step()
    assert (data["iteration"], data["mean_loss"]) == (record.iteration, record.loss)
    for array in data["arrays"]:
        stages = {"w_new": trainer.weights}
        assert array["after"].keys() == trainer.optimizer.accumulators.keys()
        for stage, parameters in (stages | trainer.optimizer.accumulators).items():
            expected = getattr(parameters, array["name"])
            expected = expected.reshape(len(expected), -1)[:48, :48]
            shown = array["w_new"] if stage == "w_new" else array["after"][stage]
            np.testing.assert_array_equal(numbers(shown), expected)


def test_switching_clipping_off_frees_a_norm_that_was_above_the_limit(
    open_inside, workspace, corpus, work
):
    config = replace(SMALL, optimizer="adam", clipping="norm", clip_limit=0.5, learning_rate=0.01)
    run = work(workspace.create(corpus, config, pause_at=10))
    page = open_inside("One step", run=run.id)
    [clipped] = pictures(page, "step")
    assert "The norm was" in clipped["notes"]["clip"]
    whole = np.linalg.norm([array["norm"] for array in clipped["arrays"]])
    assert whole == pytest.approx(0.5)
    page.toggle(key="clip_off").set_value(True).run()
    [free] = pictures(page, "step")
    assert free["norm"] == pytest.approx(np.linalg.norm([a["norm"] for a in free["arrays"]]))
    assert free["norm"] > 0.5
    assert "Clipping is off" in free["notes"]["clip"]


@pytest.mark.parametrize("optimizer", ["adagrad", "sgd"])
def test_a_snapshot_with_weights_alone_has_no_next_step(
    open_inside, store, workspace, corpus, work, monkeypatch, optimizer
):
    run = work(workspace.create(corpus, replace(SMALL, optimizer=optimizer), pause_at=60))
    state = state_from_bytes(store.snapshots.checkpoint(run.id)[1])
    monkeypatch.setattr(training_state, "state_from_bytes", lambda _: {"weights": state["weights"]})
    page = open_inside("One step", run=run.id)
    assert "This snapshot holds the weights alone" in words(page)


def test_a_step_that_diverges_says_so(open_inside, store, cats, monkeypatch):
    state = state_from_bytes(store.snapshots.checkpoint(cats.id)[1])
    broken = state | {"weights": np.full_like(state["weights"], np.nan)}
    monkeypatch.setattr(training_state, "state_from_bytes", lambda _: broken)
    page = open_inside("One step", run=cats.id)
    assert "Training diverges in this step: the loss is no longer a number" in words(page)


def test_clearing_the_memory_is_seen_in_the_step(open_inside, cats):
    page = open_inside("One step", run=cats.id)
    [before] = pictures(page, "step")
    page.toggle(key="clear_hidden").set_value(True).run()
    [cleared] = pictures(page, "step")
    assert numbers(before["h_before"]).any()
    assert not numbers(cleared["h_before"]).any()
    assert cleared["loss"] != before["loss"]
    carried = f"with the hidden state carried over it costs {before['loss']:.2f}"
    assert carried in cleared["notes"]["hidden"]


def test_switching_clipping_off_is_seen_in_the_step(open_inside, workspace, corpus, work):
    long = replace(SMALL, seq_length=100)  # sums over a hundred characters are large
    run = work(workspace.create(corpus, long, pause_at=2))
    page = open_inside("One step", run=run.id)
    [clipped] = pictures(page, "step")
    page.toggle(key="clip_off").set_value(True).run()
    [free] = pictures(page, "step")
    assert sum(array["beyond"] for array in clipped["arrays"]) > 0
    for with_clip, without in zip(clipped["arrays"], free["arrays"], strict=True):
        g = numbers(without["g"])
        np.testing.assert_array_equal(numbers(with_clip["clipped"]), np.clip(g, -5, 5))
        np.testing.assert_array_equal(numbers(without["clipped"]), g)
    assert "are cut to it" in clipped["notes"]["clip"]
    assert "Clipping is off" in free["notes"]["clip"]
