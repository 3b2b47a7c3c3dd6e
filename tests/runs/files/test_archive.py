"""A saved run is restored bit for bit, and a failed save leaves the old file as it was."""

from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.files import archive
from charrnn.runs.files.archive import BadRunFile
from charrnn.runs.serialization import DamagedState, state_from_bytes, state_to_bytes
from charrnn.runs.store.records import FullHistory
from tests.support.saved_runs import (
    CONFIG,
    HISTORY,
    METADATA,
    RUN_FILE,
    TEXT,
    V,
    assert_same_arrays,
    assert_same_run,
    saved_run,
    trainer,
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_saved_run_is_restored_bit_for_bit(tmp_path, dtype):
    run = saved_run(trainer(dtype), config=replace(CONFIG, dtype=dtype))
    archive.save(tmp_path / "run", run)
    restored = archive.load(tmp_path / "run")
    assert_same_run(run, restored)
    assert restored.weights.flat.tobytes() == run.weights.flat.tobytes()
    assert restored.iteration == 300


def test_text_and_history_may_be_left_out():
    for run in (
        saved_run(text=None),
        saved_run(history=FullHistory()),
        saved_run(trainer(steps=0), history=FullHistory()),
    ):
        assert_same_run(run, archive.from_bytes(archive.to_bytes(run)))


def test_loaded_network_continues_training_as_if_never_saved():
    original, restored = trainer(), trainer(steps=0)
    restored.restore(archive.from_bytes(RUN_FILE).state)
    for _ in range(10):
        assert restored.step() == original.step()


def test_only_the_newest_samples_are_saved_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("charrnn.runs.files.history.MAX_SAMPLED_CHARACTERS", 15)
    kept = archive.from_bytes(archive.to_bytes(saved_run())).history.samples
    assert kept == HISTORY.samples[-1:]


def test_file_of_version_1_can_still_be_loaded_and_sampled_from():
    old = {"format": "charrnn run", "version": "1"}
    old |= {name: METADATA[name] for name in ("config", "vocabulary")}
    state = trainer().state()
    restored = archive.from_bytes(safetensors.numpy.save(state, old))
    assert_same_arrays(state, restored.state)
    assert restored.config == CONFIG
    assert (restored.sha256, restored.text, restored.history) == (None, None, FullHistory())


def test_serialized_state_keeps_shapes_types_and_order():
    state = trainer().state() | {"transposed": np.arange(12.0).reshape(3, 4).T}
    assert_same_arrays(state, state_from_bytes(state_to_bytes(state)))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff" * 50])
def test_damaged_checkpoint_is_refused(data):
    with pytest.raises(DamagedState, match="damaged"):
        state_from_bytes(data)


def test_saving_replaces_the_file_and_leaves_no_other(tmp_path):
    path = tmp_path / "run"
    path.write_text("old")
    archive.save(path, saved_run())
    assert [file.name for file in tmp_path.iterdir()] == ["run"]
    assert archive.load(path).iteration == 300


def test_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run"
    path.write_text("old")

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive.save(path, saved_run())
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_unreadable_file_raises_oserror(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(OSError, match="directory"):
            archive.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"config": replace(CONFIG, hidden_size=8)},
        {"vocabulary": Vocabulary("abc")},
        {"text": TEXT + "!"},
        {"sha256": None, "text": None},
        {"history": FullHistory(samples=[(0, "too long a text")])},
        {"history": FullHistory(samples=[(0, "strange!")])},
        {"history": FullHistory(metrics=[(301, 1.0, 1.0, 1.0)])},
        {"state": trainer().state() | {"weights": np.full(V, 1.0)}},
    ],
)
def test_contradictory_run_is_not_saved(changes):
    with pytest.raises(BadRunFile):
        archive.to_bytes(saved_run(**changes))
