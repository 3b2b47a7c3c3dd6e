"""An exported run is imported completely and continues to the same bits."""

from dataclasses import replace

import pytest

from charrnn.runs.files import archive, transfer
from charrnn.runs.files.archive import BadRunFile
from charrnn.runs.files.transfer import NoCheckpoint, TextNeeded, import_run
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.quota import Quota
from charrnn.runs.store.records import Progress
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from tests.support.transfer import CONFIG, TEXT, all_rows, history_rows, train, trained_run


def state_bytes(store, run):
    return {
        k: v.tobytes() for k, v in state_from_bytes(store.snapshots.checkpoint(run.id)[1]).items()
    }


@pytest.mark.parametrize("with_text", [True, False])
def test_imported_run_continues_to_the_same_bits(source, destination, with_text):
    run = trained_run(source)
    data = transfer.export_run(source, run, with_text=with_text)
    imported = import_run(destination, data, text=None if with_text else TEXT)
    assert history_rows(destination.store, imported) == history_rows(source, run)
    assert state_bytes(destination.store, imported) == state_bytes(source, run)
    train(source, run, 1300)
    train(destination.store, imported, 1300)
    assert history_rows(destination.store, imported) == history_rows(source, run)
    assert state_bytes(destination.store, imported) == state_bytes(source, run)
    uninterrupted = trained_run(source, until=1300)
    assert history_rows(destination.store, imported) == history_rows(source, uninterrupted)
    assert state_bytes(destination.store, imported) == state_bytes(source, uninterrupted)


def test_space_is_asked_for_all_that_an_import_or_a_branch_stores(source, destination, monkeypatch):
    run = trained_run(source)
    data = transfer.export_run(source, run, with_text=False)
    asked = []
    monkeypatch.setattr(
        Quota, "ensure_space", lambda self, n_bytes=0, keep="": asked.append(n_bytes)
    )
    imported = import_run(destination, data, text=TEXT)
    assert asked[-1] == stored_states(destination.store, imported) + len(TEXT.encode())

    asked.clear()
    branch = Workspace(source, run.workspace).branch(run, None)
    assert asked[-1] == pytest.approx(stored_states(source, branch), rel=0.01)


def stored_states(store, run) -> int:
    """The bytes of the checkpoint and the snapshots of a run."""
    iterations = store.snapshots.iterations(run.id)
    states = [store.snapshots.get(run.id, n) for n in iterations]
    return len(store.snapshots.checkpoint(run.id)[1]) + sum(map(len, states))


def test_imported_run_is_paused_and_equals_the_original(source, destination):
    run = trained_run(source, name="My cats")
    source.runs.request(run.id, iterations=5000, learning_rate=0.02)
    run = source.runs.get(run.id)
    imported = import_run(destination, transfer.export_run(source, run, with_text=True))
    assert destination.runs() == [imported]
    assert destination.store.runs.runnable() == []
    assert (imported.desired, imported.status, imported.active) == ("paused", "paused", False)
    assert (imported.number, imported.workspace) == (1, destination.key)
    assert imported.id != run.id
    assert imported.view_key != run.view_key
    same = "config name learning_rate iterations iteration smooth_loss seconds sha256 baselines"
    for name in same.split():
        assert getattr(imported, name) == getattr(run, name)
    for name in ("recent_loss", "best_smooth_loss"):
        assert getattr(imported, name) == pytest.approx(getattr(run, name))
    assert len(imported.greedy_sample) == len(run.greedy_sample) > 0
    assert destination.store.corpora.get(run.sha256) == source.corpora.get(run.sha256)
    assert destination.store.corpora.text(run.sha256) == TEXT


def test_run_can_branch_from_where_it_was_imported(source, destination):
    run = trained_run(source)
    imported = import_run(destination, transfer.export_run(source, run, with_text=True))
    assert destination.store.snapshots.iterations(imported.id, complete=True) == [450]
    branch = destination.branch(imported, 450, learning_rate=0.5)
    assert history_rows(destination.store, branch) == history_rows(source, run)


def test_finished_run_is_finished_after_import(source, destination):
    run = trained_run(source)
    source.runs.request(run.id, iterations=450)
    imported = import_run(destination, transfer.export_run(source, run, with_text=True))
    assert (imported.status, imported.iterations) == ("finished", 450)


def test_run_is_exported_as_of_its_newest_checkpoint(source):
    run = trained_run(source, until=400)
    # As a worker leaves it that is killed between two checkpoints.
    source.leases.claim(run.id, "me")
    beyond = Progress(samples=[{"iteration": 450, "text": "beyond the checkpoint"}])
    source.leases.publish(run.id, "me", {"status": "running", "iteration": 450}, beyond)
    assert source.history.full(run.id).samples[-1] == (450, "beyond the checkpoint")
    saved = archive.from_bytes(transfer.export_run(source, run, with_text=False))
    assert saved.iteration == 400
    assert saved.history.samples[-1][0] == 400


def test_run_without_a_checkpoint_cannot_be_exported(source):
    run = source.runs.create(source.corpora.add("cats", TEXT), CONFIG)
    with pytest.raises(NoCheckpoint, match="nothing to save yet"):
        transfer.export_run(source, run, with_text=False)
    with pytest.raises(KeyError):
        transfer.export_run(source, replace(run, id="gone"), with_text=False)


# Files without the text


def test_file_without_its_text_names_the_one_it_needs(source, destination):
    run = trained_run(source)
    data = transfer.export_run(source, run, with_text=False)
    before = all_rows(destination.store)
    with pytest.raises(TextNeeded, match=r"'cats\.txt'.*" + run.sha256[:12]) as caught:
        import_run(destination, data)
    assert (caught.value.sha256, caught.value.name) == (run.sha256, "cats.txt")
    with pytest.raises(BadRunFile, match="not the text"):
        import_run(destination, data, text=TEXT + " ")
    assert all_rows(destination.store) == before


def test_file_gives_no_access_to_the_text_of_another_visitor(source):
    run = trained_run(source)
    data = transfer.export_run(source, run, with_text=False)
    with pytest.raises(TextNeeded):
        import_run(Workspace(source, "another" * 4), data)
    assert import_run(Workspace(source, run.workspace), data).sha256 == run.sha256


def test_library_text_need_not_be_given(source, destination):
    run = trained_run(source, text=library.load("brackets"), title="Brackets")
    data = transfer.export_run(source, run, with_text=False)
    assert import_run(destination, data).sha256 == run.sha256
