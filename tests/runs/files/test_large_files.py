"""A file with a very long history is imported without keeping anybody waiting, or refused."""

import tracemalloc

import numpy as np
import pytest
import safetensors.numpy
from sqlalchemy import select

from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.files import checksum, header, transfer
from charrnn.runs.files.history import Rows
from charrnn.runs.files.transfer import import_run
from charrnn.runs.files.validation import BadRunFile
from charrnn.runs.limits import Limits
from charrnn.runs.recording import are_recorded, max_recorded, should_record
from charrnn.runs.store import incomplete, retention, schema
from charrnn.runs.store.store import Store
from tests.support.transfer import CONFIG, TEXT, all_rows, history_rows, trained_run

LONG = 20_000  # sample intervals


def with_history(data: bytes, intervals: int, metrics: np.ndarray) -> bytes:
    """The file of a run that has trained for so many sample intervals, as a stranger makes it."""
    n = np.arange(intervals + 1) * CONFIG.sample_interval
    arrays = safetensors.numpy.load(data) | {
        "iteration": np.array(n[-1]),
        "metrics.iteration": metrics,
        **{f"metrics.{name}": np.ones(len(metrics)) for name in ("loss", "smooth_loss", "seconds")},
        "evaluations.iteration": n,
        "evaluations.held_out_loss": np.ones(len(n)),
        "samples.iteration": n,
        "samples.ids": np.zeros((len(n), CONFIG.sample_length), np.uint8),
    }
    metadata = header.parse(data).metadata | {"checksum": "0" * 64}
    return checksum.add_checksum(safetensors.numpy.save(arrays, metadata))


@pytest.fixture
def exported(source) -> bytes:
    """The file of a short run, with its text."""
    return transfer.export_run(source, trained_run(source), with_text=True)


@pytest.fixture
def recorded() -> np.ndarray:
    return np.array([n for n in range(10_000) if should_record(n)])


def test_more_losses_than_training_records_are_refused_before_they_are_read(
    destination, exported, monkeypatch
):
    data = with_history(exported, 1_000_000, np.arange(100_000))

    def load(_):
        raise AssertionError("the tensors were read")

    monkeypatch.setattr(safetensors.numpy, "load", load)
    with pytest.raises(BadRunFile, match=r"claims 100,000 values .* at most 18,433 are possible"):
        import_run(destination, data)


def test_network_that_the_server_does_not_allow_is_refused_before_it_is_read(
    destination, exported, monkeypatch
):
    monkeypatch.setenv("CHARRNN_WEIGHTS", "10")
    monkeypatch.setattr(safetensors.numpy, "load", None)
    with pytest.raises(BadRunFile, match="allowed here"):
        import_run(destination, exported)


def test_losses_of_iterations_that_are_not_recorded_are_refused(destination, exported, recorded):
    for stray in (2049, 4098, 8193):
        with pytest.raises(BadRunFile, match=r"metrics\.iteration cannot come from training"):
            import_run(destination, with_history(exported, 200, np.union1d(recorded, [stray])))
    assert import_run(destination, with_history(exported, 200, recorded)).iteration == 20_000


def test_number_of_recorded_losses_is_known_in_advance():
    recorded = [n for n in range(50_000) if should_record(n)]
    assert are_recorded(np.array(recorded))
    assert not any(are_recorded(np.array([n])) for n in range(9000) if not should_record(n))
    for until in (0, 1, 1023, 1024, 2047, 2048, 4096, 49_999):
        assert sum(n <= until for n in recorded) <= max_recorded(until) <= 2 * until + 1


def test_import_takes_little_more_memory_than_the_file(destination, exported, recorded):
    transfer.import_run(destination, exported)  # imports modules
    sizes, peaks = [], []
    for intervals in (100, LONG):
        data = with_history(exported, intervals, recorded)
        tracemalloc.start()
        try:
            import_run(destination, data)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        sizes.append(len(data))
    # As Python objects, all the rows together would take ten times as much.
    assert peaks[1] - peaks[0] < 3 * (sizes[1] - sizes[0])


def test_others_write_during_an_import_and_see_it_when_it_is_complete(
    destination, exported, monkeypatch
):
    other, pauses = Store(destination.store.database.url), []
    text = other.corpora.add("other", TEXT[::-1])

    def pause(_):
        pauses.append(destination.runs())
        other.runs.create(text, CONFIG, workspace="another" * 4)  # would wait in a transaction

    monkeypatch.setattr(incomplete, "BATCH", 100)
    monkeypatch.setattr(incomplete.time, "sleep", pause)
    run = import_run(destination, exported)
    assert len(pauses) > 8
    assert pauses == [[]] * len(pauses)
    assert destination.deleted() == []
    assert destination.runs() == [run]
    assert run.number == 1


def test_rows_are_imported_unchanged_in_batches(source, destination, monkeypatch):
    run = trained_run(source)
    monkeypatch.setattr(incomplete, "BATCH", 7)
    imported = import_run(destination, transfer.export_run(source, run, with_text=True))
    assert history_rows(destination.store, imported) == history_rows(source, run)
    branch = destination.branch(imported, 450)
    assert history_rows(destination.store, branch) == history_rows(source, run)


def test_import_that_was_killed_is_invisible_and_pruned(destination, exported, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    before = all_rows(destination.store)
    monkeypatch.setattr(incomplete.IncompleteRun, "complete", kill)
    monkeypatch.setattr(incomplete.IncompleteRun, "_discard", lambda *_: None)
    with pytest.raises(Killed):
        import_run(destination, exported)
    assert destination.runs() == destination.deleted() == []
    assert destination.store.runs.runnable() == []
    store, r = destination.store, schema.runs
    retention.prune(store, Limits())
    with store.database.writing() as db:
        assert len(db.execute(select(r.c.id)).all()) == 1  # it may still be written
        db.execute(r.update().values(deleted_at=r.c.deleted_at - 2 * retention.DAY_SECONDS))
        db.execute(schema.corpora.update().values(added_at=1.0))
    retention.prune(store, Limits())
    assert all_rows(store) == before


def test_every_second_sample_is_imported_when_there_are_too_many(
    destination, exported, recorded, monkeypatch
):
    monkeypatch.setattr(transfer, "MAX_ROWS", 100)
    run = import_run(destination, with_history(exported, 185, recorded))
    rows = history_rows(destination.store, run)
    expected = [*range(0, 18_500, 200), 18_500]
    for table in ("samples", "evaluations"):
        assert [row[0] for row in rows[table]] == expected
    assert len(rows["metrics"]) == len(recorded)


def test_rows_are_a_sequence_of_tuples():
    vocabulary = Vocabulary("abc")
    rows = Rows(np.arange(3), np.array([[0, 1], [1, 2], [2, 2]]), decode=vocabulary.decode)
    expected = [(0, "ab"), (1, "bc"), (2, "cc")]
    assert rows == expected
    assert expected == rows
    assert rows != expected[1:]
    assert [rows[i] for i in range(-3, 3)] == expected * 2
    assert rows[1:] == expected[1:]
    assert rows[:-1] == expected[:-1]
    assert list(reversed(rows)) == expected[::-1]
    assert rows.thinned(2) == [expected[0], expected[2]]
    assert rows.thinned(3) == expected
    with pytest.raises(IndexError):
        rows[3]
    assert Rows(np.zeros(0), np.zeros(0)).thinned(1) == []
