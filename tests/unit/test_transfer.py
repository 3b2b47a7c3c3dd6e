"""A run goes elsewhere whole, with its text or without, and goes on to the same bits."""

from dataclasses import replace

import pytest

from charrnn.runs import archive, library, transfer
from charrnn.runs.archive import BadRunFile, state_from_bytes
from charrnn.runs.shelf import Shelf
from charrnn.runs.transfer import NotBegun, TextNeeded, import_run
from charrnn.runs.worker import Worker
from tests.travelling import CONFIG, TEXT, begun, everything, left_behind, train


def state_of(store, run):
    return {k: v.tobytes() for k, v in state_from_bytes(store.checkpoint(run.id)[1]).items()}


@pytest.mark.parametrize("with_text", [True, False])
def test_a_run_goes_on_elsewhere_to_the_same_bits(here, elsewhere, with_text):
    run = begun(here)
    data = transfer.export_run(here, run, with_text=with_text)
    twin = import_run(elsewhere, data, text=None if with_text else TEXT)
    assert left_behind(elsewhere.store, twin) == left_behind(here, run)
    assert state_of(elsewhere.store, twin) == state_of(here, run)
    train(here, run, 1300)
    train(elsewhere.store, twin, 1300)
    assert left_behind(elsewhere.store, twin) == left_behind(here, run)
    assert state_of(elsewhere.store, twin) == state_of(here, run)
    straight = begun(here, until=1300)
    assert left_behind(elsewhere.store, twin) == left_behind(here, straight)
    assert state_of(elsewhere.store, twin) == state_of(here, straight)


def test_an_imported_run_rests_and_is_what_it_was(here, elsewhere):
    run = begun(here, name="My cats")
    here.wish(run.id, iterations=5000, learning_rate=0.02)
    run = here.run(run.id)
    twin = import_run(elsewhere, transfer.export_run(here, run, with_text=True))
    assert elsewhere.runs() == [twin]
    assert elsewhere.store.wanted() == []
    assert (twin.desired, twin.status, twin.active) == ("paused", "paused", False)
    assert (twin.number, twin.workspace) == (1, elsewhere.workspace)
    assert twin.id != run.id
    assert twin.view_key != run.view_key
    same = "config name learning_rate iterations iteration smooth_loss seconds sha256"
    for name in same.split():
        assert getattr(twin, name) == getattr(run, name)
    assert len(twin.likeliest) == len(run.likeliest) > 0
    assert elsewhere.store.corpus(run.sha256) == here.corpus(run.sha256)
    assert elsewhere.store.text(run.sha256) == TEXT


def test_from_where_it_came_in_a_run_can_branch(here, elsewhere):
    run = begun(here)
    twin = import_run(elsewhere, transfer.export_run(here, run, with_text=True))
    assert elsewhere.store.snapshot_iterations(twin.id, complete=True) == [450]
    branch = elsewhere.branch(twin, 450, learning_rate=0.5)
    assert left_behind(elsewhere.store, branch) == left_behind(here, run)


def test_a_finished_run_comes_in_finished(here, elsewhere):
    run = begun(here)
    here.wish(run.id, iterations=450)
    twin = import_run(elsewhere, transfer.export_run(here, run, with_text=True))
    assert (twin.status, twin.iterations) == ("finished", 450)


def test_it_is_saved_as_it_stood_at_its_last_checkpoint(here, elsewhere):
    run = begun(here, until=400)
    here.claim(run.id, "me")
    worker = Worker(here, here.run(run.id), "me")
    while worker.trainer.iteration < 450:
        worker.trainer.step()
    # As a worker that is killed between two checkpoints leaves it.
    worker.news.samples.append({"iteration": 450, "text": "beyond the checkpoint"})
    worker.publish("running")
    saved = archive.from_bytes(transfer.export_run(here, run, with_text=False))
    assert saved.iteration == 400
    assert saved.past.samples[-1][0] == 400


def test_a_run_without_a_state_says_so(here):
    run = here.create_run(here.add_corpus("cats", TEXT), CONFIG)
    with pytest.raises(NotBegun, match="nothing to save yet"):
        transfer.export_run(here, run, with_text=False)
    with pytest.raises(KeyError):
        transfer.export_run(here, replace(run, id="gone"), with_text=False)


# The text, which the file need not hold


def test_without_its_text_a_file_says_which_is_needed(here, elsewhere):
    run = begun(here)
    data = transfer.export_run(here, run, with_text=False)
    before = everything(elsewhere.store)
    with pytest.raises(TextNeeded, match=r"'cats\.txt'.*" + run.sha256[:12]) as caught:
        import_run(elsewhere, data)
    assert (caught.value.sha256, caught.value.name) == (run.sha256, "cats.txt")
    with pytest.raises(BadRunFile, match="not the text"):
        import_run(elsewhere, data, text=TEXT + " ")
    assert everything(elsewhere.store) == before


def test_a_file_is_no_key_to_a_text_that_another_visitor_brought(here):
    run = begun(here)
    data = transfer.export_run(here, run, with_text=False)
    with pytest.raises(TextNeeded):
        import_run(Shelf(here, "stranger" * 4), data)
    assert import_run(Shelf(here, run.workspace), data).sha256 == run.sha256


def test_a_text_that_is_on_offer_need_not_be_brought(here, elsewhere):
    run = begun(here, text=library.load("brackets"), title="Brackets")
    data = transfer.export_run(here, run, with_text=False)
    assert import_run(elsewhere, data).sha256 == run.sha256
