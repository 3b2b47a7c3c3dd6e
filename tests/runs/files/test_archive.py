"""A saved run is restored bit for bit, and a failed save leaves the old file as it was."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from charrnn.engine.gauges import Gauges
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.files import archive
from charrnn.runs.files.archive import BadRunFile
from charrnn.runs.files.header import MAX_BYTES
from charrnn.runs.recording import should_measure
from charrnn.runs.serialization import DamagedState, state_from_bytes, state_to_bytes
from charrnn.runs.store.records import FullHistory
from tests.support.saved_runs import (
    CONFIG,
    HISTORY,
    METADATA,
    RUN_FILE,
    TEXT,
    V,
    assert_same_run,
    edited_file,
    saved_run,
    trainer,
)
from tests.support.states import assert_same_state
from tests.support.terminal import ENVIRONMENT


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
    assert_same_state(state, restored.state)
    assert restored.config == CONFIG
    assert (restored.sha256, restored.text, restored.history) == (None, None, FullHistory())
    np.testing.assert_array_equal(restored.weights.packed(), state["weights"])


def test_file_from_before_gauges_can_still_be_loaded():
    restored = archive.from_bytes(edited_file({"gauges": None}))
    assert restored.history == replace(HISTORY, gauges=[])
    assert_same_run(archive.from_bytes(archive.to_bytes(restored)), restored)


def test_gauges_of_the_longest_run_fit_into_the_header():
    gauges = [
        (n, *([1 / 3] * len(Gauges._fields)))
        for n in range(0, 100_000_001, 100)
        if should_measure(n)
    ]
    assert len(json.dumps(gauges)) < MAX_BYTES / 2


def test_serialized_state_keeps_shapes_types_and_order():
    state = trainer().state() | {"transposed": np.arange(12.0).reshape(3, 4).T}
    assert_same_state(state, state_from_bytes(state_to_bytes(state)))


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


# Is killed when the new file is complete, but has not replaced the old one yet.
KILLED_WRITER = """
import os, sys
from charrnn.runs.files import archive
archive.os.fsync = lambda _: os.kill(os.getpid(), 9)
archive.write(sys.argv[1], b"new")
"""


def make_old(path: Path) -> None:
    os.utime(path, (0, 0))


def test_killed_writer_leaves_the_old_file_and_the_next_removes_its_temporary_file(tmp_path):
    path = tmp_path / "run [1]*"  # characters that mean something in a pattern
    path.write_text("old")
    for _ in range(3):
        killed = subprocess.run([sys.executable, "-c", KILLED_WRITER, path], env=ENVIRONMENT)
        assert killed.returncode == -signal.SIGKILL
        assert path.read_text() == "old"
        (temporary,) = set(tmp_path.iterdir()) - {path}
        make_old(temporary)
    archive.write(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "new"


def test_only_abandoned_temporary_files_of_the_same_file_are_removed(tmp_path):
    path = tmp_path / "run"
    old = {name: tmp_path / name for name in ("other", ".run.tmp", ".run.12345678.tmp.txt")}
    for file in (*old.values(), tmp_path / ".other.12345678.tmp", tmp_path / ".run.0badc0de.tmp"):
        file.write_text("somebody's")
        make_old(file)
    (tmp_path / ".run.00000000.tmp").write_text("of a writer that has just begun")
    abandoned = tmp_path / ".run.abcdef01.tmp"
    abandoned.write_text("of a writer that was killed")
    make_old(abandoned)
    before = set(tmp_path.iterdir())
    with open(tmp_path / ".run.0badc0de.tmp", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # of a slow writer
        archive.write(path, b"new")
    assert set(tmp_path.iterdir()) == before - {abandoned} | {path}


def test_writer_locks_its_temporary_file_until_it_is_complete(tmp_path, monkeypatch):
    def check_locked(_):
        (temporary,) = tmp_path.iterdir()
        with open(temporary, "rb") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    monkeypatch.setattr(archive.os, "fsync", check_locked)
    archive.write(tmp_path / "run", b"new")
    assert (tmp_path / "run").read_bytes() == b"new"


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
