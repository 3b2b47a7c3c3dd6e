"""A saved run comes back to the last bit, and nothing is lost when it cannot be saved."""

from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from charrnn.engine.corpus import Vocabulary
from charrnn.runs import archive
from charrnn.runs.archive import BadRunFile
from charrnn.runs.past import Past
from tests.saving import (
    CONFIG,
    METADATA,
    PAST,
    TEXT,
    WHOLE,
    V,
    assert_same,
    assert_same_arrays,
    saved,
    trainer,
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_run_comes_back_to_the_last_bit(tmp_path, dtype):
    run = saved(trainer(dtype), config=replace(CONFIG, dtype=dtype))
    archive.save(tmp_path / "run", run)
    again = archive.load(tmp_path / "run")
    assert_same(run, again)
    assert again.weights.flat.tobytes() == run.weights.flat.tobytes()
    assert again.iteration == 300


def test_the_text_and_the_past_may_be_left_out():
    for run in (saved(text=None), saved(past=Past()), saved(trainer(steps=0), past=Past())):
        assert_same(run, archive.from_bytes(archive.to_bytes(run)))


def test_a_loaded_network_learns_on_as_if_never_saved():
    here, again = trainer(), trainer(steps=0)
    again.restore(archive.from_bytes(WHOLE).state)
    for _ in range(10):
        assert again.step() == here.step()


def test_the_newest_samples_are_kept_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("charrnn.runs.past.MAX_SAMPLED_CHARACTERS", 15)
    kept = archive.from_bytes(archive.to_bytes(saved())).past.samples
    assert kept == PAST.samples[-1:]


def test_a_file_of_the_version_before_still_writes():
    old = {"format": "charrnn run", "version": "1"}
    old |= {name: METADATA[name] for name in ("config", "vocabulary")}
    state = trainer().state()
    again = archive.from_bytes(safetensors.numpy.save(state, old))
    assert_same_arrays(state, again.state)
    assert again.config == CONFIG
    assert (again.sha256, again.text, again.past) == (None, None, Past())


def test_state_as_bytes_keeps_single_numbers_types_and_layout():
    state = trainer().state() | {"slanted": np.arange(12.0).reshape(3, 4).T}
    assert_same_arrays(state, archive.state_from_bytes(archive.state_to_bytes(state)))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff" * 50])
def test_a_damaged_checkpoint_is_refused(data):
    with pytest.raises(BadRunFile, match="damaged"):
        archive.state_from_bytes(data)


def test_saving_leaves_no_other_file_and_replaces_whole(tmp_path):
    path = tmp_path / "run"
    path.write_text("old")
    archive.save(path, saved())
    assert [file.name for file in tmp_path.iterdir()] == ["run"]
    assert archive.load(path).iteration == 300


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run"
    path.write_text("old")

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive.save(path, saved())
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_cannot_be_read_is_an_oserror(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(OSError, match="directory"):
            archive.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"config": replace(CONFIG, hidden_size=8)},
        {"vocabulary": Vocabulary("abc")},
        {"text": TEXT + "!"},
        {"past": Past(samples=[(0, "too long a text")])},
        {"past": Past(samples=[(0, "strange!")])},
        {"past": Past(metrics=[(301, 1.0, 1.0, 1.0)])},
        {"state": trainer().state() | {"weights": np.full(V, 1.0)}},
    ],
)
def test_what_does_not_belong_together_is_not_saved(changes):
    with pytest.raises(BadRunFile):
        archive.to_bytes(saved(**changes))
