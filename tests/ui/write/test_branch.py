"""Branching off from a snapshot, and from the newest state, in the dialog that Write opens."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from tests.support.store import SMALL
from tests.support.visitor import enter


def the_branch_dialog():
    """The dialog, drawn on every rerun: a click would open it for one only."""
    from charrnn.ui import selection, services
    from charrnn.ui.shared.run_actions import branch as branching

    selection.read_url("Train")
    branching.branch(services.workspace().runs()[-1], 100)


def test_branch_continues_with_another_learning_rate(cats, workspace, started):
    page = AppTest.from_function(the_branch_dialog, default_timeout=60)
    enter(page)
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
    enter(page)
    page.run()
    assert page.select_slider[0].value == cats.config.learning_rate == 0.1
    page.button[0].click().run()
    assert not page.exception
    assert workspace.runs()[0].learning_rate == 0.1


def the_newest_branch_dialog():
    from charrnn.ui import selection, services
    from charrnn.ui.shared.run_actions import branch as branching

    selection.read_url("Train")
    branching.branch(services.workspace().runs()[-1], None)


def test_branch_from_the_newest_starts_at_the_checkpoint(cats, workspace, work, started):
    workspace.request(cats.id, desired="running", pause_at=273)
    work(workspace.run(cats.id))
    page = AppTest.from_function(the_newest_branch_dialog, default_timeout=60)
    enter(page)
    page.run()
    assert "as it is at iteration 273 and trains on" in page.caption[0].value
    page.button[0].click().run()
    assert not page.exception
    assert workspace.runs()[0].branched_at == 273


def the_dialog(iteration):
    from charrnn.ui import selection, services
    from charrnn.ui.shared.run_actions import branch as branching

    selection.read_url("Train")
    branching.branch(services.workspace().runs()[-1], iteration)


def open_dialog(iteration):
    kwargs = {"iteration": iteration}
    page = enter(AppTest.from_function(the_dialog, kwargs=kwargs, default_timeout=60)).run()
    return page, "\n".join(caption.value for caption in page.caption)


def test_a_branch_from_the_end_of_a_decay_says_so_and_decays_again(workspace, corpus, work):
    config = replace(SMALL, iterations=200, schedule="cosine", decay_iterations=200)
    run = work(workspace.create(corpus, config))
    page, captions = open_dialog(None)
    assert "to iteration 400" in captions
    assert "0.1, of which the schedule leaves 0.2%" in captions
    assert "begins with a learning rate of 0.05" in captions
    page.toggle[0].set_value(False).run()
    assert "begins with a learning rate of 0.0002" in page.caption[1].value
    page.toggle[0].set_value(True).run()
    page.button[0].click().run()
    assert not page.exception
    branch = workspace.runs()[0]
    assert (branch.parent, branch.iterations) == (run.id, 400)
    assert branch.config.decay_iterations == 400


def test_a_branch_from_a_warm_up_says_so_and_keeps_the_decay(workspace, corpus, work):
    config = replace(
        SMALL, iterations=200, schedule="cosine", warm_up=400, decay_iterations=10_000, held_out=0.1
    )
    run = work(workspace.create(corpus, config))
    page, captions = open_dialog(0)
    assert "0.1, to which it is still warming up" in captions
    assert "begins with a learning rate of 0.00025" in captions
    assert not page.toggle[0].value
    page.button[0].click().run()
    assert not page.exception
    branch = workspace.runs()[0]
    assert (branch.parent, branch.config) == (run.id, run.config)
