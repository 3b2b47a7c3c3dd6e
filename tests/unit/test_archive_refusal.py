"""A file that contradicts itself, or claims what it does not hold, is refused in one sentence."""

import hashlib
import json

import numpy as np
import pytest

from charrnn.engine.corpus import Vocabulary
from charrnn.runs import archive, contents
from charrnn.runs.archive import BadRunFile
from tests.saving import (
    ARRAYS,
    HEADER,
    METADATA,
    TEXT,
    VOCABULARY,
    WHOLE,
    V,
    about,
    claiming,
    edited,
    saved,
    settings_with,
    with_header,
)

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
