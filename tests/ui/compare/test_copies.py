"""The dialogs that start copies of a run: Duplicate and change, and Sweep."""

import re

from streamlit.testing.v1 import AppTest

from charrnn.runs.config import RunConfig
from tests.support.train_page import as_read, click
from tests.support.visitor import enter
from tests.ui.compare.conftest import SMALL


def the_copy_dialog():
    """The dialog for the oldest run, drawn on every rerun: a click would open it for one only."""
    from charrnn.ui import selection, services
    from charrnn.ui.shared.run_actions import duplicate

    selection.read_url("Compare")
    duplicate.duplicate(services.workspace().runs()[-1])


def the_sweep_dialog():
    from charrnn.ui import selection, services
    from charrnn.ui.shared.run_actions import sweep

    selection.read_url("Compare")
    sweep.sweep(services.workspace().runs()[-1])


def open_dialog(dialog) -> AppTest:
    page = AppTest.from_function(dialog, default_timeout=60)
    enter(page)
    page.run()
    assert not page.exception
    return page


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning, *page.error]
    return "\n".join(as_read(element.value) for element in elements)


def test_copy_starts_with_the_changed_settings(pair, workspace, started):
    page = open_dialog(the_copy_dialog)
    assert "Nothing changed yet" in words(page)
    assert page.button[0].disabled
    key = pair[0].id
    page.select_slider(key=f"copy_learning_rate_{key}").set_value(0.03).run()
    assert "learning rate 0.1 → 0.03" in words(page)
    assert re.search(r"About \d+ s on this machine", words(page))
    click(page, "Start the copy")
    copy = workspace.runs()[0]
    assert copy.parent == pair[0].id
    assert copy.config == RunConfig.from_dict(SMALL.to_dict() | {"learning_rate": 0.03})
    assert started == [copy.id]
    assert page.session_state["compare"] == [pair[0].id, copy.id]
    assert copy.name == "lr 0.03"


def test_copies_are_named_as_typed_and_repeats_get_their_seed(pair, workspace, started):
    page = open_dialog(the_copy_dialog)
    key = pair[0].id
    page.select_slider(key=f"copy_learning_rate_{key}").set_value(0.03).run()
    assert page.text_input(key=f"copy_name_{key}").placeholder == "lr 0.03"
    page.text_input(key=f"copy_name_{key}").set_value("slow *one*").run()
    page.number_input(key=f"copy_repeats_{key}").set_value(3).run()
    click(page, "Start 3 copies")
    copies = workspace.runs()[2::-1]
    assert [c.name for c in copies] == [f"slow *one* · seed {seed}" for seed in (0, 1, 2)]
    assert [c.config.seed for c in copies] == [0, 1, 2]
    assert {c.config.learning_rate for c in copies} == {0.03}


def test_unchanged_run_can_be_repeated_with_other_seeds(pair, workspace, started):
    page = open_dialog(the_copy_dialog)
    page.number_input(key=f"copy_repeats_{pair[0].id}").set_value(3).run()
    click(page, "Start 2 copies")
    copies = workspace.runs()[1::-1]
    assert [(c.name, c.config.seed) for c in copies] == [("seed 1", 1), ("seed 2", 2)]


def test_repeats_with_another_seed_name_each_seed_once(pair, workspace, started):
    page = open_dialog(the_copy_dialog)
    key = pair[0].id
    page.number_input(key=f"copy_seed_{key}").set_value(5).run()
    assert page.text_input(key=f"copy_name_{key}").placeholder == "seed 5"
    page.number_input(key=f"copy_repeats_{key}").set_value(2).run()
    assert page.text_input(key=f"copy_name_{key}").placeholder == "seed 5"
    click(page, "Start 2 copies")
    assert [copy.name for copy in workspace.runs()[1::-1]] == ["seed 5", "seed 6"]
    page.select_slider(key=f"copy_learning_rate_{key}").set_value(0.03).run()
    click(page, "Start 2 copies")
    names = [copy.name for copy in workspace.runs()[1::-1]]
    assert names == ["lr 0.03 · seed 5", "lr 0.03 · seed 6"]


def test_copy_leaves_runs_of_other_texts_out_of_the_comparison(
    pair, workspace, store, corpus, started
):
    dogs = workspace.create(store.corpora.add("dogs", "the dog sat\n" * 200), SMALL)
    page = open_dialog(the_copy_dialog)
    page.session_state["compare"] = [dogs.id, pair[1].id]
    page.select_slider(key=f"copy_learning_rate_{pair[0].id}").set_value(0.03).run()
    click(page, "Start the copy")
    copy = workspace.runs()[0]
    assert page.session_state["compare"] == [pair[0].id, copy.id, pair[1].id]


def test_too_large_a_copy_is_refused_with_a_warning(pair, monkeypatch):
    monkeypatch.setenv("CHARRNN_WEIGHTS", "5000")
    page = open_dialog(the_copy_dialog)
    page.select_slider(key=f"copy_hidden_size_{pair[0].id}").set_value(512).run()
    assert len(page.warning) == 1
    assert page.button[0].disabled


def test_sweep_starts_every_combination_of_at_most_twelve_runs(pair, workspace, started):
    page = open_dialog(the_sweep_dialog)
    assert page.button[0].disabled  # a single run is no sweep
    rates, sizes = (
        page.button_group(key=f"sweep_{n}_{pair[0].id}") for n in ("learning_rate", "hidden_size")
    )
    rates.set_value([0.1, 0.3])
    sizes.set_value([8, 16, 32]).run()
    assert re.search(r"6 runs, about \d+ s on this machine", words(page))
    page.button_group(key=f"sweep_seq_length_{pair[0].id}").set_value([10, 25, 50]).run()
    assert "These are 18 runs, and at most 12 are allowed" in words(page)
    assert next(b for b in page.button if b.label == "Start 18 runs").disabled
    page.button_group(key=f"sweep_seq_length_{pair[0].id}").set_value([25]).run()
    page.session_state["compare"] = [pair[1].id]
    click(page, "Start 6 runs")
    copies = workspace.runs()[:6]
    assert {(r.config.learning_rate, r.config.hidden_size) for r in copies} == {
        (rate, size) for rate in (0.1, 0.3) for size in (8, 16, 32)
    }
    assert {r.parent for r in copies} == {pair[0].id}
    assert len(started) == 6
    # Nothing else stays in the comparison.
    assert set(page.session_state["compare"]) == {pair[0].id, *(r.id for r in copies)}


def test_sweep_repeats_every_combination_with_other_seeds(pair, workspace, started):
    page = open_dialog(the_sweep_dialog)
    key = pair[0].id
    page.button_group(key=f"sweep_learning_rate_{key}").set_value([0.1, 0.3]).run()
    page.number_input(key=f"sweep_repeats_{key}").set_value(7).run()
    assert "These are 14 runs" in words(page)
    page.number_input(key=f"sweep_repeats_{key}").set_value(6).run()
    click(page, "Start 12 runs")
    copies = workspace.runs()[:12]
    assert {(r.config.learning_rate, r.config.seed) for r in copies} == {
        (rate, seed) for rate in (0.1, 0.3) for seed in range(6)
    }
    assert set(page.session_state["compare"]) == {r.id for r in copies}  # as many as there can be


def test_a_copy_may_break_the_rules(pair, workspace, started):
    page = open_dialog(the_copy_dialog)
    key = pair[0].id
    page.button_group(key=f"copy_hidden_state_{key}").set_value("cleared")
    page.button_group(key=f"copy_gradients_through_time_{key}").set_value("off")
    page.number_input(key=f"copy_initial_scale_{key}").set_value(1.0)
    page.button_group(key=f"copy_clipping_{key}").set_value("off").run()
    assert page.number_input(key=f"copy_clip_limit_{key}").disabled
    assert "hidden state carried → cleared" in words(page)
    click(page, "Start the copy")
    broken = {
        "clipping": "off",
        "initial_scale": 1.0,
        "hidden_state": "cleared",
        "gradients_through_time": "off",
    }
    assert workspace.runs()[0].config == RunConfig.from_dict(SMALL.to_dict() | broken)
