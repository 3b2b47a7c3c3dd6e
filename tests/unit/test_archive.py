"""A saved network comes back to the last bit, and nothing else comes in."""

import json
from contextlib import suppress

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs import archive
from charrnn.runs.archive import BadRunFile
from charrnn.runs.config import RunConfig

TEXT = "naïve cats sat 😀\n" * 30
VOCABULARY = Vocabulary.of(TEXT)
CONFIG = RunConfig(hidden_size=7, seq_length=5, streams=2, held_out=0.0, seed=3)
METADATA = {
    "format": archive.FORMAT,
    "version": archive.VERSION,
    "config": json.dumps(CONFIG.to_dict()),
    "vocabulary": json.dumps(list(VOCABULARY.characters)),
}


def trainer(dtype="float32"):
    return Trainer(
        VOCABULARY.encode(TEXT),
        len(VOCABULARY),
        hidden_size=7,
        seq_length=5,
        streams=2,
        seed=3,
        dtype=dtype,
    )


@pytest.fixture
def trained():
    it = trainer()
    for _ in range(20):
        it.step()
    return it


def assert_same(here, there):
    assert set(here) == set(there)
    for name, array in here.items():
        assert there[name].dtype == array.dtype
        assert there[name].shape == array.shape
        assert there[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_network_comes_back_to_the_last_bit(tmp_path, dtype):
    here = trainer(dtype)
    for _ in range(20):
        here.step()
    config = RunConfig.from_dict(CONFIG.to_dict() | {"dtype": dtype})
    archive.save(tmp_path / "run", here, VOCABULARY, config)
    saved = archive.load(tmp_path / "run")
    assert_same(here.state(), saved.state)
    assert saved.weights.flat.tobytes() == here.weights.flat.tobytes()
    assert saved.vocabulary.characters == VOCABULARY.characters
    assert saved.config == config
    assert saved.iteration == 20


def test_a_loaded_network_learns_on_as_if_never_saved(tmp_path, trained):
    archive.save(tmp_path / "run", trained, VOCABULARY, CONFIG)
    again = trainer()
    again.restore(archive.load(tmp_path / "run").state)
    for _ in range(10):
        assert again.step() == trained.step()


def test_state_as_bytes_keeps_single_numbers_types_and_layout():
    state = trainer().state() | {"slanted": np.arange(12.0).reshape(3, 4).T}
    assert_same(state, archive.state_from_bytes(archive.state_to_bytes(state)))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\xff" * 50])
def test_a_damaged_checkpoint_is_refused(data):
    with pytest.raises(BadRunFile, match="damaged"):
        archive.state_from_bytes(data)


def test_saving_leaves_no_other_file_and_replaces_whole(tmp_path, trained):
    path = tmp_path / "run"
    path.write_text("old")
    archive.save(path, trained, VOCABULARY, CONFIG)
    assert [file.name for file in tmp_path.iterdir()] == ["run"]
    assert archive.load(path).iteration == 20


def test_a_failed_save_leaves_the_old_file(tmp_path, trained, monkeypatch):
    path = tmp_path / "run"
    path.write_text("old")

    def full(_):
        raise OSError("No space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive.save(path, trained, VOCABULARY, CONFIG)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_settings_of_another_network_are_not_saved(tmp_path, trained):
    with pytest.raises(BadRunFile, match="weights is"):
        archive.save(tmp_path / "run", trained, VOCABULARY, RunConfig(hidden_size=8))
    assert not list(tmp_path.iterdir())


def test_where_a_file_cannot_go_is_known_before(tmp_path):
    (tmp_path / "folder").mkdir()
    archive.check_writable(tmp_path / "run")
    for path in (tmp_path / "folder", tmp_path / "missing" / "run", "/dev/null"):
        with pytest.raises(OSError, match=r"directory|ordinary"):
            archive.check_writable(path)
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


def write(path, *, state=None, **metadata):
    state = trainer().state() | (state or {})
    tensors = {name: array for name, array in state.items() if array is not None}
    words = {name: value for name, value in (METADATA | metadata).items() if value is not None}
    path.write_bytes(safetensors.numpy.save(tensors, words))
    return path


def settings(**changes):
    return json.dumps(CONFIG.to_dict() | changes)


def test_the_file_that_the_bad_ones_are_made_from_is_good(tmp_path):
    assert archive.load(write(tmp_path / "run")).config == CONFIG


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": None}, "not a network saved here"),
        ({"format": "pt"}, "not a network saved here"),
        ({"version": "2"}, "version '2'"),
        ({"version": None}, "version"),
        ({"config": None}, "config is missing"),
        ({"config": "{"}, "config is not JSON"),
        ({"config": "[]"}, "config is not what it should be"),
        ({"config": "[" * 100_000}, "cannot be used"),
        ({"config": settings(hidden_size=5000)}, "hidden_size is 5,000"),
        ({"config": settings(learning_rate="fast")}, "learning_rate is 'fast'"),
        ({"config": settings(hidden_size=True)}, "hidden_size is True"),
        ({"config": settings(colour=1)}, "'colour' is not a setting"),
        ({"config": settings(hidden_size=8)}, "weights is"),
        ({"config": settings(dtype="float64")}, "weights is"),
        ({"config": settings(streams=3)}, "hidden is"),
        ({"vocabulary": None}, "vocabulary is missing"),
        ({"vocabulary": "[]"}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", "bc"]'}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", 1]'}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", "a"]'}, "every character once"),
        ({"vocabulary": '["a", "b"]'}, "weights is"),
        ({"state": {"memory": None}}, "memory is missing"),
        ({"state": {"extra": np.zeros(3)}}, "'extra'"),
        ({"state": {"position": np.zeros(1, np.int64)}}, "position is"),
        ({"state": {"position": np.array(-1)}}, "position cannot"),
        ({"state": {"iteration": np.array(1.5)}}, "iteration is"),
        ({"state": {"learning_rate": np.array(np.nan)}}, "learning_rate cannot"),
        ({"state": {"smooth_loss": np.array(np.inf)}}, "smooth_loss cannot"),
        ({"state": {"weights": np.full_like(trainer().weights.flat, np.nan)}}, "weights cannot"),
        ({"state": {"weights": np.full_like(trainer().weights.flat, 1e30)}}, "weights cannot"),
        ({"state": {"memory": np.zeros_like(trainer().weights.flat)}}, "memory cannot"),
        ({"state": {"hidden": np.full((2, 7), 2, np.float32)}}, "hidden cannot"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path, changes, complaint):
    with pytest.raises(BadRunFile, match=complaint) as caught:
        archive.load(write(tmp_path / "run", **changes))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def with_header(header: dict, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just some words",
        (2**60).to_bytes(8, "little") + b"{}",
        with_header({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}),
        with_header({"a": {"dtype": "F32", "shape": [2**62, 8], "data_offsets": [0, 4]}}, b"1234"),
        with_header({"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, b"1234"),
        with_header({"__metadata__": METADATA}),
    ],
)
def test_what_is_no_saved_network_is_refused_whatever_it_claims(tmp_path, data):
    (tmp_path / "run").write_bytes(data)
    with pytest.raises(BadRunFile):
        archive.load(tmp_path / "run")


def test_a_huge_claim_is_refused_before_memory_is_taken(tmp_path):
    # 100,000 characters and 1,024 units would be 800 MB of weights.
    many = json.dumps([chr(c) for c in range(0x10000, 0x10000 + 100_000)])
    path = write(tmp_path / "run", vocabulary=many, config=settings(hidden_size=1024))
    with pytest.raises(BadRunFile, match="weights is"):
        archive.load(path)


def test_a_file_that_is_cut_off_is_refused_wherever_it_ends(tmp_path):
    whole = write(tmp_path / "run").read_bytes()
    for length in range(0, len(whole), 97):
        (tmp_path / "run").write_bytes(whole[:length])
        with pytest.raises(BadRunFile):
            archive.load(tmp_path / "run")


def test_a_file_that_cannot_be_read_is_an_oserror(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(OSError, match="directory"):
            archive.load(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_state_or_refused(data):
    with suppress(BadRunFile):
        archive.state_from_bytes(data)
