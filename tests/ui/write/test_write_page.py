"""What the Write page shows and does, without a browser and without worker processes."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.config import RunConfig
from charrnn.runs.files.transfer import export_run, import_run
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.shared.snapshots import Subject
from charrnn.ui.write.writer import COMPARED_TEMPERATURES, SampleSettings, Writer
from tests.support.store import WORKSPACE


def the_page():
    from charrnn.ui import session
    from charrnn.ui.write import page

    session.read_url("Write")
    page.show()


@pytest.fixture
def open_write(store):
    def open_write(**query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        page.query_params.update({"w": WORKSPACE} | query)
        page.run()
        assert not page.exception
        return page

    return open_write


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning]
    return "\n".join(element.value for element in elements)


def expected_samples(run, prompt="", *, iteration=None, seed=0, length=200) -> list[str]:
    """The samples the page should show, one per temperature."""
    subject = Subject.of_run(run)
    snapshot = subject.newest_snapshot() if iteration is None else subject.snapshot(iteration)
    writer = Writer(snapshot, subject.vocabulary, prompt)
    return [
        prompt + subject.vocabulary.decode(writer.write(SampleSettings(seed, length, temperature)))
        for temperature in COMPARED_TEMPERATURES
    ]


def test_page_without_runs_says_what_to_do(open_write):
    assert "There is no network yet. Press Train" in words(open_write())


def test_newest_run_is_selected_and_written_into_the_link(open_write, cats, written):
    page = open_write()
    assert page.query_params["run"] == cats.id
    assert written(page) == expected_samples(cats)


def test_samples_follow_prompt_length_and_seed(open_write, cats, written):
    page = open_write(run=cats.id)
    page.text_input(key="prompt").set_value("the dog").run()
    page.number_input(key="length").set_value(30).run()
    page.number_input(key="sample_seed").set_value(7).run()
    assert not page.exception
    assert written(page) == expected_samples(cats, "the dog", seed=7, length=30)
    assert "Probabilities of the first character after the prompt" in words(page)


@pytest.mark.parametrize(
    ("prompt", "named", "kept"),
    [
        ("the €cat", "it: € (euro sign)", "the cat"),
        ("ЖЖthe", "it: Ж (cyrillic capital letter zhe)", "the"),
        ("<b>$x$</b>", "them: < (less-than sign), ", ""),
        ("🎉", "it: 🎉 (party popper)", ""),
    ],
)
def test_unknown_characters_in_the_prompt_are_named_and_left_out(
    open_write, cats, written, prompt, named, kept
):
    page = open_write(run=cats.id)
    page.text_input(key="prompt").set_value(prompt).run()
    assert not page.exception
    assert f"never seen {named}" in "\n".join(element.value for element in page.text)
    assert written(page) == expected_samples(cats, kept)


def test_new_seed_changes_the_samples(open_write, cats, written):
    page = open_write(run=cats.id)
    next(b for b in page.button if b.label == "New seed").click().run()
    assert page.number_input(key="sample_seed").value == 1
    assert written(page) == expected_samples(cats, seed=1)


def test_slider_selects_a_snapshot(open_write, cats, written):
    page = open_write(run=cats.id)
    page.select_slider(key=f"write_at_{cats.id}").set_value(100).run()
    assert written(page) == expected_samples(cats, iteration=100)
    assert "Branch from 100" in [b.label for b in page.button]


def test_samples_stay_while_the_run_trains_on_until_the_newest_is_loaded(
    open_write, workspace, cats, work, store, written
):
    page = open_write(run=cats.id)
    before = written(page)
    old = state_from_bytes(store.snapshots.checkpoint(cats.id)[1])["weights"]
    workspace.request(cats.id, desired="running", pause_at=None)
    trained = work(store.runs.get(cats.id))
    assert not np.array_equal(
        old, state_from_bytes(store.snapshots.checkpoint(cats.id)[1])["weights"]
    )
    page.run()
    assert written(page) == before
    newer = next(b for b in page.button if b.label.startswith("Load iteration"))
    assert newer.label == "Load iteration 1,000 (this is iteration 250)"
    newer.click().run()
    assert written(page) == expected_samples(trained)
    assert not [b for b in page.button if b.label.startswith("Load iteration")]


def test_imported_run_offers_only_the_snapshots_it_has(open_write, cats, workspace, work):
    run = import_run(workspace, export_run(workspace.store, cats, with_text=True))
    workspace.request(run.id, desired="running", pause_at=260)
    work(workspace.run(run.id))
    page = open_write(run=run.id)
    slider = page.select_slider(key=f"write_at_{run.id}")
    assert slider.options == ["250", "newest"]
    assert "imported from a file" in slider.help
    branch = next(b for b in page.button if b.label == "Branch from 250")
    assert branch.help == "Iteration 260 has no complete snapshot; the nearest one is at 250."
    slider.set_value(250).run()
    assert next(b for b in page.button if b.label == "Branch from 250").help == ""


def the_branch_dialog():
    """The dialog, drawn on every rerun: a click would open it for one only."""
    from charrnn.ui import services, session
    from charrnn.ui.shared.run_actions import branch as branching

    session.read_url("Train")
    branching.branch(services.workspace().runs()[-1], 100)


def test_branch_continues_with_another_learning_rate(cats, workspace, started):
    page = AppTest.from_function(the_branch_dialog, default_timeout=60)
    page.query_params["w"] = WORKSPACE
    page.run()
    page.select_slider(key=f"branch_rate_{cats.id}_100").set_value(0.01)
    page.button[0].click().run()
    assert not page.exception
    branch = workspace.runs()[0]
    assert (branch.parent, branch.branched_at, branch.learning_rate) == (cats.id, 100, 0.01)
    assert started == [branch.id]
    assert page.query_params["run"] == branch.id


def test_branch_offers_the_learning_rate_of_its_snapshot(cats, workspace, work, started):
    workspace.request(cats.id, learning_rate=0.03, desired="running", pause_at=None)
    work(workspace.run(cats.id))
    page = AppTest.from_function(the_branch_dialog, default_timeout=60)
    page.query_params["w"] = WORKSPACE
    page.run()
    assert page.select_slider[0].value == cats.config.learning_rate == 0.1
    page.button[0].click().run()
    assert not page.exception
    assert workspace.runs()[0].learning_rate == 0.1


# --- Other visitors ------------------------------------------------------------------------------


@pytest.fixture
def theirs(store, corpus, work):
    config = RunConfig(hidden_size=8, iterations=200, sample_interval=100, sample_length=40)
    return work(Workspace(store, "s" * 32).create(corpus, config))


def test_another_visitors_run_is_not_found_by_its_id(open_write, theirs, cats, written):
    page = open_write(run=theirs.id)
    assert "The run in this link was not found" in page.warning[0].value
    assert page.selectbox[0].options == ["Run 1 · cats · hidden 8 · iteration 250"]
    assert written(page) == expected_samples(cats)


def test_shared_network_can_be_sampled_but_not_changed(open_write, theirs, written):
    page = open_write(run=theirs.view_key)
    assert "You are viewing another visitor's network" in words(page)
    assert written(page) == expected_samples(theirs)
    assert "w" not in page.query_params
    assert len(page.selectbox) == 0  # no other network to choose
