"""The views of units, memory, held units, surprisal and gradient check show what is computed."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn.engine.analysis.gradient_flow import gradient_sizes, relative_sizes
from charrnn.engine.analysis.holding import held_sample, silencing_costs
from charrnn.engine.analysis.unit_tracking import correlations, features
from charrnn.engine.corpus import training_length
from charrnn.engine.parameters import Parameters
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.ui.inside import hold_panel, memory_chart, memory_panel
from charrnn.ui.shared.snapshots import Subject
from tests.support.inside_page import newest, numbers, pictures, words
from tests.support.networks import plain_nats, plain_reading
from tests.support.store import SMALL


def test_the_text_is_colored_by_the_unit_that_tracks_most(open_inside, cats):
    page = open_inside("Units", run=cats.id)
    subject, snapshot, ids = newest(cats)
    text = subject.vocabulary.decode(ids[:4096])
    states, _ = plain_reading(snapshot.weights, ids[:4096], snapshot.hidden)
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
        kept = subject.snapshot(int(label.split()[1]))
        states, _ = plain_reading(kept.weights, subject.ids[: len(values)], kept.hidden)
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
    assert "make what the hidden state carries grow" in grows
    assert "so it fades" in fades
    assert "One product can lengthen" in both
    for initial in ("orthogonal", "identity"):
        weights = Parameters.initial(5, 48, seed=0, kind=initial)
        start = memory_panel.describe(memory_panel.spectrum(weights.Whh))
        assert "hardly changes the size" in start


def test_a_gradient_fades_or_grows_in_words():
    assert "after 10 characters 12.0% of it is left" in memory_panel.reach(0.12, 10, 500)
    assert "after 10 characters all of it is left" in memory_panel.reach(1.0, 10, 500)
    assert "after 10 characters none of it is left" in memory_panel.reach(0.0, 10, 500)
    assert "it is 479 times as large at iteration 500" in memory_panel.reach(479.2, 10, 500)
    assert "over a million times as large" in memory_panel.reach(np.inf, 10, 500)


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


def test_surprisal_shows_the_bits_now_and_what_was_learned(open_inside, cats):
    page = open_inside("Surprisal", run=cats.id)
    subject, snapshot, ids = newest(cats)
    start = training_length(len(ids), cats.config.held_out)
    now, difference = (numbers(p["values"])[0] for p in pictures(page, "colors"))
    passage = ids[start : start + len(now)]

    def bits(snapshot):
        h = plain_reading(snapshot.weights, ids[start - 128 : start], snapshot.hidden)[0][-1]
        _, scores = plain_reading(snapshot.weights, passage, h)
        return plain_nats(scores[:-1], passage[1:]) / np.log(2)

    earlier = page.select_slider(key=f"surprisal_before_{cats.id}").value
    assert 0 < earlier < 250
    np.testing.assert_allclose(now[1:], bits(snapshot), atol=1e-4)
    np.testing.assert_allclose(
        difference[1:], bits(snapshot) - bits(subject.snapshot(earlier)), atol=1e-4
    )
    assert np.isnan(now[0])


def test_of_a_text_too_short_to_hold_anything_out_no_passage_counts_as_held_out(
    open_inside, workspace, store, work
):
    short = store.corpora.add("short", "the cat sat\n" * 20)
    run = work(workspace.create(short, SMALL, pause_at=20))
    assert run.config.held_out
    assert "This run holds nothing out" in words(open_inside("Surprisal", run=run.id))


def test_the_gradient_check_passes(open_inside, cats):
    page = open_inside("Gradient check", run=cats.id)
    assert len(page.dataframe) == 0
    page.button[-1].click().run()
    assert "gradients agree" in page.success[0].value
    assert page.dataframe[0].value["array"].tolist() == ["Wxh", "Whh", "Why", "bh", "by"]


def test_the_gradient_check_counts_although_the_run_has_trained_on(
    open_inside, cats, workspace, work
):
    page = open_inside("Gradient check", run=cats.id)
    workspace.request(cats.id, desired="running", pause_at=300)
    work(workspace.run(cats.id))
    next(b for b in page.button if b.label == "Check the gradients").click().run()
    assert "gradients agree" in page.success[0].value
    assert any(caption.value.startswith("At iteration 250") for caption in page.caption)


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
    assert "nothing comes from the next step" in data["notes"]["next"]


def test_curves_that_end_close_together_are_not_all_named():
    slow, same, other = np.geomspace(1, 1e-4, 101), np.geomspace(1, 1.1e-4, 101), np.ones(101)
    rows = memory_chart.flow_rows({0: other, 1000: same, 10_000: slow}, slow)
    assert set(rows["label"]) == {"", "0", "10,000"}
    gone = np.where(np.arange(101) < 30, slow, 0)
    rows = memory_chart.flow_rows({0: gone, 1000: gone, 10_000: slow}, slow)
    assert set(rows["label"]) == {"", "0", "1,000", "10,000"}
