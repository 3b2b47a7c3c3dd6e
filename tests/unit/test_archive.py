"""A saved run comes back to the last bit, and nothing else comes in."""

import hashlib
import json
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs import archive, contents, header
from charrnn.runs.archive import BadRunFile, SavedRun
from charrnn.runs.config import RunConfig
from charrnn.runs.past import Past

TEXT = "naïve cats sat 😀\n" * 30
VOCABULARY = Vocabulary.of(TEXT)
V = len(VOCABULARY)
CONFIG = RunConfig(
    hidden_size=7,
    seq_length=5,
    streams=2,
    held_out=0.0,
    seed=3,
    sample_length=8,
    sample_interval=100,
    iterations=1000,
)
PAST = Past(
    metrics=[(0, 14.5, 14.5, 0.0), (1, 14.25, 14.4, 0.001), (300, 1 / 3, 9.875, 12.5)],
    evaluations=[(0, 2.5), (100, 1.9)],
    rate_changes=[(7, 0.05)],
    samples=[(0, "sat 😀 na"), (200, "cats cat")],
)


def trainer(dtype="float32", steps=300):
    config = replace(CONFIG, dtype=dtype)
    it = Trainer(VOCABULARY.encode(TEXT), V, **config.trainer_settings())
    for _ in range(steps):
        it.step()
    return it


def saved(it=None, **changes):
    """A whole run."""
    return SavedRun(
        **{
            "vocabulary": VOCABULARY,
            "config": CONFIG,
            "state": (it or trainer()).state(),
            "past": PAST,
            "seconds": 12.75,
            "name": "A first try",
            "learning_rate": 0.03,
            "iterations": 2000,
            "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
            "text_name": "cats.txt",
            "text": TEXT,
            **changes,
        }
    )


WHOLE = archive.to_bytes(saved())
HEADER_END = 8 + int.from_bytes(WHOLE[:8], "little")
HEADER = json.loads(WHOLE[8:HEADER_END])
METADATA = HEADER["__metadata__"]
ARRAYS = safetensors.numpy.load(WHOLE)


def edited(metadata=(), arrays=(), *, text_too=True, signed=True):
    """WHOLE with changes, as somebody would write it who knows the format. None leaves out."""
    changed = METADATA | {"checksum": "0" * 64} | dict(metadata)
    tensors = ARRAYS | dict(arrays)
    data = safetensors.numpy.save(
        {n: np.ascontiguousarray(a).reshape(a.shape) for n, a in tensors.items() if a is not None},
        {name: value for name, value in changed.items() if value is not None},
    )
    return header.sign(data) if signed and "checksum" not in dict(metadata) else data


def with_header(head: dict | bytes, data: bytes = b"") -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head, separators=(",", ":")).encode()
    return len(text).to_bytes(8, "little") + text + data


def assert_same_arrays(here, there):
    assert set(here) == set(there)
    for name, array in here.items():
        assert there[name].dtype == array.dtype
        assert there[name].shape == array.shape
        assert there[name].tobytes() == array.tobytes()


def assert_same(here: SavedRun, there: SavedRun):
    assert_same_arrays(here.state, there.state)
    assert there.vocabulary.characters == here.vocabulary.characters
    same = {"state": {}, "vocabulary": None}
    assert replace(here, **same) == replace(there, **same)


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


def settings_with(**changes):
    return json.dumps(CONFIG.to_dict() | changes)


def about(**changes):
    return json.dumps(json.loads(METADATA["run"]) | changes)


W = ARRAYS["weights"]


@pytest.mark.parametrize(
    ("metadata", "arrays", "complaint"),
    [
        ({"format": None}, {}, "not a network saved here"),
        ({"format": "pt"}, {}, "not a network saved here"),
        ({"version": "3"}, {}, "version '3'"),
        ({"version": "3\n" * 50}, {}, "version"),
        ({"version": None}, {}, "version"),
        ({"version": "1"}, {}, "something unknown"),
        ({"checksum": None}, {}, "checksum"),
        ({"checksum": ""}, {}, "checksum"),
        ({"checksum": "0" * 64}, {}, "checksum"),
        ({"config": None}, {}, "config is missing"),
        ({"config": "{"}, {}, "config is not JSON"),
        ({"config": "[]"}, {}, "config is not what it should be"),
        ({"config": "[" * 100_000}, {}, "cannot be used"),
        ({"config": "1" * 5000}, {}, "cannot be used"),
        ({"config": settings_with(hidden_size=5000)}, {}, "hidden_size is 5,000"),
        ({"config": settings_with(hidden_size=10**400)}, {}, "hidden_size is 10,000"),
        ({"config": settings_with(learning_rate="fast")}, {}, "learning_rate is 'fast'"),
        ({"config": settings_with(hidden_size=True)}, {}, "hidden_size is True"),
        ({"config": settings_with(colour=1)}, {}, "'colour' is not a setting"),
        ({"config": settings_with(hidden_size=8)}, {}, "weights is"),
        ({"config": settings_with(dtype="float64")}, {}, "weights is"),
        ({"config": settings_with(dtype=["float64"])}, {}, "dtype is"),
        ({"config": settings_with(streams=3)}, {}, "hidden is"),
        ({"config": settings_with(sample_length=9)}, {}, "samples.ids is"),
        ({"config": settings_with(sample_interval=300)}, {}, r"\.iteration cannot"),
        ({"vocabulary": None}, {}, "vocabulary is missing"),
        ({"vocabulary": "[]"}, {}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", "bc"]'}, {}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", 1]'}, {}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", "a"]'}, {}, "every character once"),
        ({"vocabulary": '["a", "b"]'}, {}, "weights is"),
        ({"vocabulary": json.dumps(list(VOCABULARY.characters[::-1]))}, {}, "of its text"),
        ({"run": None}, {}, "run is missing"),
        ({"run": "{}"}, {}, "of its run"),
        ({"run": about(name=None)}, {}, "of its run"),
        ({"run": about(iterations=1.0)}, {}, "of its run"),
        ({"run": about(iterations=True)}, {}, "of its run"),
        ({"run": about(iterations=0)}, {}, "iterations is 0"),
        ({"run": about(learning_rate=1e-9)}, {}, "learning_rate is 1e-09"),
        ({"run": about(learning_rate=float("nan"))}, {}, "learning_rate is nan"),
        ({"run": about(sha256="ab")}, {}, "no hash"),
        ({"run": about(sha256="0" * 64)}, {}, "not the text"),
        ({"run": about(extra=1)}, {}, "of its run"),
        ({}, {"memory": None}, "memory is missing"),
        ({}, {"extra": np.zeros(3)}, "'extra'"),
        ({}, {"position": np.zeros(1, np.int64)}, "position is"),
        ({}, {"position": np.array(-1)}, "position cannot"),
        ({}, {"iteration": np.array(1.5)}, "iteration is"),
        ({}, {"iteration": np.array(2**62)}, "iteration cannot"),
        ({}, {"iteration": np.array(-1)}, "iteration cannot"),
        ({}, {"iteration": np.array(299)}, "metrics.iteration cannot"),
        ({}, {"learning_rate": np.array(np.nan)}, "learning_rate cannot"),
        ({}, {"smooth_loss": np.array(np.inf)}, "smooth_loss cannot"),
        ({}, {"seconds": np.array(-1.0)}, "seconds cannot"),
        ({}, {"seconds": None}, "seconds is missing"),
        ({}, {"weights": W.reshape(1, -1)}, "weights is"),
        ({}, {"weights": W.astype(np.float16)}, "an unknown type"),
        ({}, {"weights": np.full_like(W, np.nan)}, "weights cannot"),
        ({}, {"weights": np.full_like(W, 1e30)}, "weights cannot"),
        ({}, {"memory": np.zeros_like(W)}, "memory cannot"),
        ({}, {"memory": np.full_like(W, np.inf)}, "memory cannot"),
        ({}, {"hidden": np.full((2, 7), 2, np.float32)}, "hidden cannot"),
        ({}, {"metrics.loss": np.zeros(2)}, "metrics.loss is"),
        ({}, {"metrics.iteration": np.zeros((3, 1), np.int64)}, "metrics.iteration is"),
        ({}, {"metrics.iteration": np.array([0, 1, 301])}, "metrics.iteration cannot"),
        ({}, {"metrics.iteration": np.array([0, 1, 1])}, "metrics.iteration cannot"),
        ({}, {"metrics.iteration": np.array([2**63 - 1, -(2**63), 5])}, "iteration cannot"),
        ({}, {"metrics.loss": np.array([1.0, np.nan, 1.0])}, "metrics.loss cannot"),
        ({}, {"metrics.seconds": np.array([0.0, 1.0, 1e300])}, "metrics.seconds cannot"),
        ({}, {"evaluations.held_out_loss": np.array([1.0, -1.0])}, "held_out_loss cannot"),
        ({}, {"evaluations.iteration": np.array([0, 101])}, "evaluations.iteration cannot"),
        ({}, {"rate_changes.learning_rate": np.array([11.0])}, "learning_rate cannot"),
        ({}, {"samples.iteration": np.array([200, 100])}, "samples.iteration cannot"),
        ({}, {"samples.ids": np.full((2, 8), V, np.uint8)}, "samples.ids cannot"),
        ({}, {"samples.ids": np.zeros((2, 8), np.uint16)}, "samples.ids is"),
        ({}, {"text": np.frombuffer(TEXT.upper().encode(), np.uint8)}, "not the text"),
        ({}, {"text": np.full(9, 255, np.uint8)}, "its text is none"),
        ({}, {"text": np.array(1, np.uint8)}, "text is"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_in_one_sentence(metadata, arrays, complaint):
    with pytest.raises(BadRunFile, match=complaint) as caught:
        archive.from_bytes(edited(metadata, arrays))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", ["\r\n" * 20, "a", " \n ", "\ufeffabcabc"])
def test_a_text_that_no_page_would_take_is_refused(text):
    characters = json.dumps(list(Vocabulary.of(text).characters))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(BadRunFile):
        contents.check_text(text, sha256, Vocabulary("".join(json.loads(characters))))


def test_names_come_in_as_a_page_would_take_them():
    name = "\u202egnp.\x1b[31m\ud800 " + "x" * 300
    again = archive.from_bytes(edited({"run": about(name=name, text_name="\n")}))
    assert again.name.startswith("gnp.[31m xxx")
    assert len(again.name) == 60
    assert again.text_name == "Untitled"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just some words",
        (2**60).to_bytes(8, "little") + b"{}",
        (2**64 - 1).to_bytes(8, "little") + b"{}" * 50,
        with_header(b" " * 2**20 + b"{}"),
        with_header(b"[" * 2**19),
        with_header(b'{"a":' * 2**17),
        with_header(b"\xff{}"),
        with_header('{"a": 1}'.encode("utf-16")),
        with_header([]),
        with_header({"a": []}),
        with_header({"a": {"dtype": [], "shape": [1], "data_offsets": [0, 4]}}),
        with_header({"__metadata__": [1]}),
        with_header({"__metadata__": {"format": {}}}),
        with_header({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}),
        with_header({"a": {"dtype": "F32", "shape": [2**62, 8], "data_offsets": [0, 4]}}, b"1234"),
        with_header({"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, b"1234"),
        with_header({"__metadata__": METADATA}),
        b"\x80\x04\x95" + WHOLE,  # how a pickle begins
    ],
)
def test_what_is_no_saved_network_is_refused_whatever_it_claims(data):
    with pytest.raises(BadRunFile):
        archive.from_bytes(data)


def claiming(name, **changes):
    """WHOLE, with another shape or place claimed for one tensor, and a checksum that fits."""
    head = HEADER | {"__metadata__": METADATA | {"checksum": "0" * 64}}
    return header.sign(with_header(head | {name: HEADER[name] | changes}, WHOLE[HEADER_END:]))


def test_a_huge_claim_is_refused_before_memory_is_taken(monkeypatch):
    def never(data):
        raise AssertionError("the tensors were read")

    monkeypatch.setattr(archive.safetensors.numpy, "load", never)
    many = json.dumps([chr(c) for c in range(0x4E00, 0x4E00 + 20_000)])
    files = [
        edited({"vocabulary": many, "config": settings_with(hidden_size=1024)}),  # 170 MB
        *(claiming(name, shape=[2**40]) for name in ARRAYS),
        *(claiming(name, shape=[2**40, 2**40, 2**40]) for name in ARRAYS),
    ]
    for data in files:
        with pytest.raises(BadRunFile):
            archive.from_bytes(data)


def test_lists_are_no_longer_than_a_run_can_make_them():
    for name, shape in {
        "metrics.iteration": [100_001],
        "samples.iteration": [50_000_000 // 8 + 1],
        "text": [25 * 2**20 + 1],
    }.items():
        with pytest.raises(BadRunFile, match="at most"):
            archive.from_bytes(claiming(name, shape=shape))


def test_too_large_a_file_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    (tmp_path / "run").write_bytes(WHOLE)
    with pytest.raises(BadRunFile, match="too large"):
        archive.load(tmp_path / "run")
    with pytest.raises(BadRunFile, match="too large"):
        archive.to_bytes(saved())


def test_places_in_the_file_that_overlap_or_lie_outside_are_refused():
    for name in ARRAYS:
        start, end = HEADER[name]["data_offsets"]
        for offsets in ([start + 4, end + 4], [0, end - start], [end, start], [-4, 4], [2**63, 0]):
            if offsets != [start, end]:
                with pytest.raises(BadRunFile):
                    archive.from_bytes(claiming(name, data_offsets=offsets))


# Fuzzing


def outcome(data: bytes) -> SavedRun | str:
    try:
        return archive.from_bytes(data)
    except BadRunFile as problem:
        return str(problem)


def check_promise(data: bytes) -> None:
    """For any bytes at all: one sentence, or a run that can be saved again."""
    read = outcome(data)
    if isinstance(read, str):
        assert read.endswith(".")
        assert "\n" not in read
    elif read.sha256 is not None:
        assert_same(read, archive.from_bytes(archive.to_bytes(read)))


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_every_flipped_bit_of_the_header_is_noticed():
    for bit in range(8 * HEADER_END):
        with pytest.raises(BadRunFile):
            archive.from_bytes(flipped(WHOLE, bit))


@settings(max_examples=300, deadline=None)
@given(st.integers(8 * HEADER_END, 8 * len(WHOLE) - 1))
def test_a_flipped_bit_of_the_tensors_is_noticed_wherever_it_is(bit):
    with pytest.raises(BadRunFile, match="checksum"):
        archive.from_bytes(flipped(WHOLE, bit))


def test_a_file_that_is_cut_off_is_refused_wherever_it_ends():
    for length in range(len(WHOLE)):
        with pytest.raises(BadRunFile):
            archive.from_bytes(WHOLE[:length])


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=20))
def test_a_file_that_goes_on_after_its_end_is_refused(more):
    for data in (WHOLE + more, more + WHOLE):
        with pytest.raises(BadRunFile):
            archive.from_bytes(data)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_state_or_refused(data):
    with suppress(BadRunFile):
        archive.state_from_bytes(data)
    with pytest.raises(BadRunFile):
        archive.from_bytes(data)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_header_is_refused(head, data):
    with pytest.raises(BadRunFile):
        archive.from_bytes(with_header(head, data))


WORDS = st.text(max_size=20) | st.text('{}[]",:0123456789aeE.-\\u', max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
SOME_METADATA = st.dictionaries(
    st.sampled_from([name for name in METADATA if name != "checksum"]) | WORDS,
    st.one_of(
        WORDS,
        JSON.map(json.dumps),
        st.builds(
            lambda name, value: settings_with(**{name: value}),
            st.sampled_from(sorted(CONFIG.to_dict())),
            JSON,
        ),
        st.builds(
            lambda name, value: about(**{name: value}),
            st.sampled_from(sorted(json.loads(METADATA["run"]))),
            JSON,
        ),
    ).map(lambda text: text.encode(errors="replace").decode()),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(SOME_METADATA)
def test_any_words_about_a_run_are_refused_or_make_sense(metadata):
    check_promise(edited({k.encode(errors="replace").decode(): v for k, v in metadata.items()}))


@st.composite
def some_array(draw):
    """An array of any type and a small shape, or of the right one with any numbers in it."""
    name = draw(st.sampled_from(sorted(ARRAYS)))
    array = ARRAYS[name]
    if draw(st.booleans()):
        shape = draw(st.lists(st.integers(0, 5), max_size=3))
        types = ("f4", "f8", "i8", "i4", "u1", "u2", "u4", "f2", "?")
        array = np.zeros(shape, draw(st.sampled_from(types)))
    numbers = draw(st.binary(min_size=array.itemsize, max_size=16 * array.itemsize))
    numbers = np.frombuffer(numbers[: len(numbers) // array.itemsize * array.itemsize], "u1")
    filled = np.resize(numbers, array.nbytes) if draw(st.booleans()) else None
    if filled is not None and array.size and array.dtype != bool:
        array = filled.view(array.dtype).reshape(array.shape)
    return name, array


@settings(max_examples=300, deadline=None)
@given(st.lists(some_array(), min_size=1, max_size=3))
def test_any_numbers_are_refused_or_make_sense(arrays):
    check_promise(edited(arrays=arrays))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(ARRAYS)),
    st.fixed_dictionaries(
        {},
        optional={
            "shape": st.lists(st.integers(-1, 2**65) | JSON, max_size=4) | JSON,
            "data_offsets": st.lists(st.integers(-1, 2**65), min_size=2, max_size=2) | JSON,
            "dtype": st.sampled_from(["F64", "BF16", "F8_E4M3", "BOOL", "I64", "U8"]) | JSON,
            "more": JSON,
        },
    ),
)
def test_any_claim_about_a_tensor_is_refused_or_true(name, claims):
    check_promise(claiming(name, **claims))
