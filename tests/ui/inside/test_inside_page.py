"""What the page /inside shows, without a browser: the numbers that its pictures are drawn from."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charrnn.engine.analysis.gradient_flow import gradient_sizes, relative_sizes
from charrnn.engine.analysis.holding import held_sample, silencing_costs
from charrnn.engine.analysis.unit_tracking import correlations, features
from charrnn.engine.corpus import training_length
from charrnn.engine.training import Trainer
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.inside import hold_panel, memory_chart, memory_panel, training_state
from charrnn.ui.inside.page import VIEWS
from charrnn.ui.shared import snapshots
from charrnn.ui.shared.snapshots import Subject
from tests.support.networks import plain_nats, plain_reading
from tests.support.store import SMALL, TEXT, WORKSPACE


@pytest.fixture
def open_inside(open_page):
    """open_inside(view, run=...): the page at one of its views."""

    def open_inside(view="The network", /, **query) -> AppTest:
        page = open_page("inside", view=view, **query)
        assert not page.exception
        return page

    return open_inside


def pictures(page, name) -> list[dict]:
    """The data of every component of this name on the page, in order."""
    protos = [element.proto for element in page.get("bidi_component")]
    name = f"charrnn_inside_{name}"
    return [json.loads(p.json) for p in protos if p.component_name.endswith(name)]


def numbers(packed) -> np.ndarray:
    """What components.numbers() packed."""
    return np.frombuffer(base64.b64decode(packed["base64"]), "<f4").reshape(packed["shape"])


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning, *page.info]
    return "\n".join(element.value for element in elements)


def newest(run) -> tuple:
    """(subject, snapshot, the text as ids)"""
    subject = Subject.of_run(run)
    return subject, subject.newest_snapshot(), subject.ids


def test_page_without_runs_says_what_to_do(open_inside):
    page = open_inside()
    assert "There is no network yet. Press Train" in words(page)
    assert [b.label for b in page.button] == ["Go to Train"]


def test_newest_run_is_selected_and_written_into_the_link(open_inside, cats):
    assert open_inside().query_params["run"] == cats.id


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_shown_of_own_and_of_shared_runs(open_inside, cats, view):
    assert "This run is paused at iteration 250" in words(open_inside(view, run=cats.id))
    page = open_inside(view, key="v" * 32, run=cats.view_key)
    assert "You are viewing another visitor's network" in words(page)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_shown_before_the_first_update(open_inside, store, corpus, cats, view):
    run = Workspace(store, WORKSPACE).create(corpus, cats.config)
    open_inside(view, run=run.id)


def test_the_picture_of_the_network_has_activations_and_the_most_likely_characters(
    open_inside, cats
):
    [data] = pictures(open_inside(run=cats.id), "network")
    subject, snapshot, ids = newest(cats)
    n = len(data["text"])
    assert "".join(data["text"]) == subject.vocabulary.decode(ids[:n])
    states, scores = plain_reading(snapshot.weights, ids[:n], np.zeros(8))
    np.testing.assert_allclose(numbers(data["hidden"]), states, atol=1e-5)
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        numbers(data["probabilities"]), -np.sort(-p, axis=1)[:, :8], atol=1e-5
    )
    assert [best[0] for best in data["candidates"]] == p.argmax(axis=1).tolist()


def test_it_reads_a_typed_line_without_unknown_characters_or_its_own_writing(open_inside, cats):
    page = open_inside(run=cats.id)
    page.button_group(key="reads").set_value("a line you type").run()
    page.text_input(key="reads_line").set_value("the €cat <b>").run()
    [data] = pictures(page, "network")
    assert "".join(data["text"]) == "the cat "
    assert "without the characters that this text does not have" in data["where"]

    page.button_group(key="reads").set_value("what it writes").run()
    [data] = pictures(page, "network")
    subject, snapshot, _ = newest(cats)
    hidden, first = read_prompt(snapshot.weights, snapshot.hidden, subject.vocabulary, "")
    written = held_sample(
        snapshot.weights, seeded_rng(0), values={}, hidden=hidden, first=first, length=239
    )
    assert data["ids"] == [first, *written.tolist()]


def test_an_empty_line_reads_one_character(open_inside, cats):
    page = open_inside(run=cats.id)
    page.button_group(key="reads").set_value("a line you type").run()
    page.text_input(key="reads_line").set_value("€€").run()
    assert not page.exception
    assert len(pictures(page, "network")[0]["text"]) == 1


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


# --- What a link without the text gives ---------------------------------------------------------

SENTENCE = "zebra quilts hum. "  # too rare for the network to learn it by heart


@pytest.fixture
def owner(store):
    return Workspace(store, "s" * 32)


@pytest.fixture
def secret(owner, work):
    """Another visitor's run on a text that nobody else has."""
    sentences = [
        f"{TEXT[50 * i : 50 * (i + 1)]}{SENTENCE if i % 20 == 0 else ''}" for i in range(60)
    ]
    text = "".join(sentences)
    return work(owner.create(owner.add_text("Letter.txt", text), SMALL, pause_at=120))


def everything(page) -> str:
    """All that the page sends to the browser, and the characters of its pictures in a row."""
    protos = [element.proto for element in page.get("bidi_component")]
    data = [json.loads(proto.json) for proto in protos if proto.json]
    texts = ["".join(each["text"]) for each in data if "text" in each]
    tables = [frame.value.to_csv() for frame in page.dataframe]
    return "\n".join([str(page), words(page), *map(str, data), *texts, *tables])


@pytest.mark.parametrize("view", VIEWS)
def test_without_the_text_a_view_shows_what_the_network_knows_and_nothing_of_the_text(
    open_inside, secret, monkeypatch, view
):
    def refuse(*_):
        raise AssertionError("the text was read")

    monkeypatch.setattr(snapshots, "text_ids", refuse)
    monkeypatch.setattr(snapshots, "_table", refuse)
    page = open_inside(view, run=secret.view_key)
    assert "but not at its text" in words(page)
    shown = everything(page)
    assert "zebra" not in shown
    assert "Letter" not in shown
    if view == "One step":
        assert "Ask its owner to include it" in words(page)
        assert pictures(page, "step") == []
    elif view == "Gradient check":
        next(b for b in page.button if b.label.startswith("Check")).click().run()
        assert "gradients agree" in page.success[0].value
    elif view == "Memory":
        assert len(page.get("vega_lite_chart")) == 2
    else:
        assert page.get("bidi_component")
    assert not page.exception


def test_without_the_text_the_network_reads_what_it_writes_or_a_typed_line(open_inside, secret):
    for view in ("The network", "Units", "Surprise"):
        page = open_inside(view, run=secret.view_key)
        reads = page.button_group(key="reads")
        assert reads.options == ["what it writes", "a line you type"]
        reads.set_value("a line you type").run()
        page.text_input(key="reads_line").set_value("the cat").run()
        assert not page.exception
        name = "network" if view == "The network" else "colors"
        assert "".join(pictures(page, name)[0]["text"]) == "the cat"


def test_what_the_owner_has_seen_of_the_text_is_not_shown_from_a_cache(open_inside, owner, secret):
    for view in VIEWS:
        page = open_inside(view, key=owner.key, run=secret.id)
        assert not page.exception
        assert "zebra" not in everything(open_inside(view, run=secret.view_key))


@pytest.mark.parametrize("view", VIEWS)
def test_with_the_text_everything_works_until_the_owner_stops_sharing_it(
    open_inside, owner, secret, view
):
    owner.share_text(secret.id, True)
    page = open_inside(view, run=secret.view_key)
    assert "but not at its text" not in words(page)
    if view == "One step":
        assert pictures(page, "step")
    elif view in ("The network", "Units"):
        assert "zebra" in everything(page)
    owner.share_text(secret.id, False)
    page.run()
    assert not page.exception
    assert "zebra" not in everything(page)


def test_clearing_the_memory_is_seen_in_the_step(open_inside, cats):
    page = open_inside("One step", run=cats.id)
    [before] = pictures(page, "step")
    page.toggle(key="clear_memory").set_value(True).run()
    [cleared] = pictures(page, "step")
    assert numbers(before["h_before"]).any()
    assert not numbers(cleared["h_before"]).any()
    assert cleared["loss"] != before["loss"]
    carried = f"with the hidden state carried over it costs {before['loss']:.2f}"
    assert carried in cleared["notes"]["memory"]


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


def test_the_text_is_colored_by_the_unit_that_tracks_most(open_inside, cats):
    page = open_inside("Units", run=cats.id)
    subject, snapshot, ids = newest(cats)
    text = subject.vocabulary.decode(ids[:4096])
    states, _ = plain_reading(snapshot.weights, ids[:4096], np.zeros(8))
    found = correlations(states, features(text))
    best = max(found, key=lambda name: np.abs(found[name]).max())
    unit = int(np.abs(found[best]).argmax())
    assert page.number_input(key="hidden_unit").value == unit
    colored = pictures(page, "colors")[0]
    n = len(colored["text"])
    np.testing.assert_allclose(numbers(colored["values"])[0], states[:n, unit], atol=1e-4)
    rows = {row["label"]: row for row in pictures(page, "ranking")[0]["rows"]}
    assert rows.keys() == found.keys()
    assert rows[best]["value"] == pytest.approx(found[best][unit], abs=1e-4)
    [whole] = pictures(page, "heatmap")
    np.testing.assert_allclose(numbers(whole["activations"]), states[:n], atol=1e-4)


def test_a_unit_is_shown_over_the_snapshots(open_inside, store, cats):
    page = open_inside("Units", run=cats.id)
    page.toggle(key="over_snapshots").set_value(True).run()
    colored = pictures(page, "colors")[0]
    iterations = store.snapshots.iterations(cats.id)
    assert colored["labels"][0] == "iteration 0"
    assert colored["labels"][-1] == f"iteration {iterations[-1]:,}"
    unit = page.number_input(key="hidden_unit").value
    subject = Subject.of_run(cats)
    for label, values in zip(colored["labels"], numbers(colored["values"]), strict=True):
        weights = subject.snapshot(int(label.split()[1])).weights
        states, _ = plain_reading(weights, subject.ids[: len(values)], np.zeros(8))
        np.testing.assert_allclose(values, states[:, unit], atol=1e-5)


def test_memory_shows_how_the_gradient_fades(open_inside, cats):
    page = open_inside("Memory", run=cats.id)
    _, snapshot, ids = newest(cats)
    start = len(ids) // 3
    passage = ids[start : start + memory_panel.PASSAGE + 1].astype(int)
    positions, distance = memory_panel.positions(memory_panel.PASSAGE)
    h = plain_reading(snapshot.weights, ids[start - 128 : start], snapshot.hidden)[0][-1]
    left = relative_sizes(
        gradient_sizes(snapshot.weights, passage, h, positions=positions, distance=distance)
    )
    assert f"after 10 characters {memory_panel.share(left[10])} of it is left" in words(page)
    assert len(page.get("vega_lite_chart")) == 2


def test_the_spectrum_says_whether_the_state_can_grow():
    grows = memory_panel.describe(memory_panel.spectrum(2 * np.eye(3)))
    fades = memory_panel.describe(memory_panel.spectrum(0.5 * np.eye(3)))
    both = memory_panel.describe(memory_panel.spectrum(np.array([[0.1, 5.0], [0.0, 0.2]])))
    assert "lets what the hidden state carries grow" in grows
    assert "so it fades" in fades
    assert "One product can lengthen" in both


def test_a_held_unit_writes_beside_the_network_as_it_is(open_inside, cats, written):
    page = open_inside("Hold a unit", run=cats.id)
    subject, snapshot, ids = newest(cats)
    start = training_length(len(ids), cats.config.held_out)
    h = plain_reading(snapshot.weights, ids[start - 128 : start], snapshot.hidden)[0][-1]
    n = pictures(page, "ranking")[0]["rows"]
    costs = silencing_costs(snapshot.weights, ids[start:], h)
    assert [row["id"] for row in n] == np.argsort(-costs.bits).tolist()
    assert n[0]["value"] == pytest.approx(costs.bits.max(), rel=1e-3)

    unit = n[0]["id"]
    assert page.multiselect(key="held_units").value == [unit]
    page.slider(key="held_at").set_value(-1.0).run()
    hidden, first = read_prompt(snapshot.weights, snapshot.hidden, subject.vocabulary, "")
    expected = [
        subject.vocabulary.decode(
            held_sample(
                snapshot.weights,
                seeded_rng(0),
                values=values,
                hidden=hidden,
                first=first,
                length=hold_panel.LENGTH,
            )
        )
        for values in ({}, {unit: -1.0})
    ]
    assert written(page) == expected
    assert f"Unit {unit} held at −1.0" in words(page)


def test_holding_nothing_writes_the_same_text(open_inside, cats, written):
    page = open_inside("Hold a unit", run=cats.id)
    page.multiselect(key="held_units").set_value([]).run()
    as_it_is, held = written(page)
    assert as_it_is == held
    assert "Both texts are the same." in words(page)


def test_surprise_shows_the_bits_now_and_what_was_learned(open_inside, cats):
    page = open_inside("Surprise", run=cats.id)
    subject, snapshot, ids = newest(cats)
    start = training_length(len(ids), cats.config.held_out)
    now, difference = (numbers(p["values"])[0] for p in pictures(page, "colors"))
    passage = ids[start : start + len(now)]

    def bits(snapshot):
        h = plain_reading(snapshot.weights, ids[start - 128 : start], snapshot.hidden)[0][-1]
        _, scores = plain_reading(snapshot.weights, passage, h)
        return plain_nats(scores[:-1], passage[1:]) / np.log(2)

    earlier = page.select_slider(key=f"surprise_before_{cats.id}").value
    assert 0 < earlier < 250
    np.testing.assert_allclose(now[1:], bits(snapshot), atol=1e-4)
    np.testing.assert_allclose(
        difference[1:], bits(snapshot) - bits(subject.snapshot(earlier)), atol=1e-4
    )
    assert np.isnan(now[0])


def test_the_gradient_check_passes(open_inside, cats):
    page = open_inside("Gradient check", run=cats.id)
    assert len(page.dataframe) == 0
    page.button[-1].click().run()
    assert "gradients agree" in page.success[0].value
    assert page.dataframe[0].value["array"].tolist() == ["Wxh", "Whh", "Why", "bh", "by"]


def test_the_gradient_check_turns_red_without_gradients_through_time(
    open_inside, workspace, corpus, work
):
    config = replace(SMALL, gradients_through_time="off")
    run = work(workspace.create(corpus, config, pause_at=20))
    page = open_inside("Gradient check", run=run.id)
    page.button[-1].click().run()
    assert not page.success
    assert "This run trains without gradients through time" in page.error[0].value
    assert page.dataframe[0].value["agrees"].tolist() == ["NO", "NO", "yes", "NO", "yes"]
    [data] = pictures(open_inside("One step", run=run.id), "step")
    assert "nothing comes from the future" in data["notes"]["future"]


def test_what_is_explained_stays_while_the_run_trains_on_until_the_newest_is_loaded(
    open_inside, store, workspace, cats, work
):
    page = open_inside("One step", run=cats.id)
    following = open_inside(run=cats.id)
    workspace.request(cats.id, desired="running", pause_at=300)
    work(store.runs.get(cats.id))
    assert pictures(page.run(), "step")[0]["iteration"] == 251
    assert pictures(following.run(), "network")[0]["iteration"] == 300
    next(b for b in page.button if b.label.startswith("Load iteration 300")).click().run()
    assert pictures(page, "step")[0]["iteration"] == 301


def test_a_text_of_markup_is_shown_as_text(open_inside, store, workspace, work, written):
    text = "<script>alert(1)</script> & שלום עולם $x$ **b**\n" * 40
    run = workspace.create(store.corpora.add("<b>", text), SMALL, pause_at=100)
    work(run)
    for view in VIEWS:
        page = open_inside(view, run=run.id)
        assert not any("<script" in block.proto.body for block in page.get("html"))


def test_curves_that_end_close_together_are_not_all_named():
    slow, same, other = np.geomspace(1, 1e-4, 101), np.geomspace(1, 1.1e-4, 101), np.ones(101)
    rows = memory_chart.flow_rows({0: other, 1000: same, 10_000: slow}, slow)
    assert set(rows["label"]) == {"", "0", "10,000"}
    gone = np.where(np.arange(101) < 30, slow, 0)
    rows = memory_chart.flow_rows({0: gone, 1000: gone, 10_000: slow}, slow)
    assert set(rows["label"]) == {"", "0", "1,000", "10,000"}
