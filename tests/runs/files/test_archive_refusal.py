"""A file that contradicts itself or makes false claims is refused with one sentence."""

import hashlib
import json

import numpy as np
import pytest
import safetensors.numpy

from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.files import archive, validation
from charrnn.runs.files.archive import BadRunFile
from tests.support.saved_runs import (
    ARRAYS,
    HEADER,
    METADATA,
    RUN_FILE,
    TEXT,
    VOCABULARY,
    V,
    config_json,
    edited_file,
    file_with_claim,
    file_with_header,
    gauges_json,
    info_json,
    saved_run,
)

W = ARRAYS["weights"]


@pytest.mark.parametrize(
    ("metadata", "arrays", "complaint"),
    [
        ({"format": None}, {}, "not a run that charrnn saved"),
        ({"format": "pt"}, {}, "not a run that charrnn saved"),
        ({"version": "6"}, {}, "version '6'"),
        ({"version": "3\n" * 50}, {}, "version"),
        ({"version": None}, {}, "version"),
        ({"version": "1"}, {}, "an unknown tensor"),
        ({"checksum": None}, {}, "checksum"),
        ({"checksum": ""}, {}, "checksum"),
        ({"checksum": "0" * 64}, {}, "checksum"),
        ({"config": None}, {}, "config is missing"),
        ({"config": "{"}, {}, "config is not JSON"),
        ({"config": "[]"}, {}, "config is not a JSON object"),
        ({"config": "[" * 100_000}, {}, "cannot be used"),
        ({"config": "1" * 5000}, {}, "cannot be used"),
        ({"config": config_json(hidden_size=5000)}, {}, "hidden_size is 5,000"),
        ({"config": config_json(hidden_size=10**400)}, {}, "hidden_size is 10,000"),
        ({"config": config_json(learning_rate="fast")}, {}, "learning_rate is 'fast'"),
        ({"config": config_json(hidden_size=True)}, {}, "hidden_size is True"),
        ({"config": config_json(color=1)}, {}, "'color' is not a setting"),
        ({"config": config_json(hidden_size=8)}, {}, "weights is"),
        ({"config": config_json(dtype="float64")}, {}, "weights is"),
        ({"config": config_json(dtype=["float64"])}, {}, "dtype is"),
        ({"config": config_json(streams=3)}, {}, "hidden is"),
        ({"config": config_json(sample_length=9)}, {}, "samples.ids is"),
        ({"config": config_json(sample_interval=300)}, {}, r"\.iteration cannot"),
        ({"vocabulary": None}, {}, "vocabulary is missing"),
        ({"vocabulary": "[]"}, {}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", "bc"]'}, {}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", 1]'}, {}, "vocabulary is not a list of characters"),
        ({"vocabulary": '["a", "a"]'}, {}, "every character once"),
        ({"vocabulary": '["a", "b"]'}, {}, "weights is"),
        ({"vocabulary": json.dumps(list(VOCABULARY.characters[::-1]))}, {}, "of its text"),
        ({"run": None}, {}, "run is missing"),
        ({"run": "{}"}, {}, "about its run"),
        ({"run": info_json(name=None)}, {}, "about its run"),
        ({"run": info_json(iterations=1.0)}, {}, "about its run"),
        ({"run": info_json(iterations=True)}, {}, "about its run"),
        ({"run": info_json(iterations=0)}, {}, "iterations is 0"),
        ({"run": info_json(learning_rate=1e-9)}, {}, r"learning_rate is 0\.000000001"),
        ({"run": info_json(learning_rate=float("nan"))}, {}, "learning_rate is nan"),
        ({"run": info_json(sha256="ab")}, {}, "hash of its text"),
        ({"run": info_json(sha256="0" * 64)}, {}, "not the text"),
        ({"run": info_json(extra=1)}, {}, "about its run"),
        ({"gauges": "{}"}, {}, "gauges is not a JSON array"),
        ({"gauges": "[[100]]"}, {}, "gauges are not rows"),
        ({"gauges": "[[100, 1], 2]"}, {}, "gauges are not rows"),
        ({"gauges": gauges_json(iteration="100")}, {}, "gauges are not numbers"),
        ({"gauges": gauges_json(saturated=[])}, {}, "gauges are not numbers"),
        ({"gauges": gauges_json(gradient_norm=10**400)}, {}, "cannot be used"),
        ({"gauges": gauges_json(iteration=150)}, {}, "gauges.iteration cannot"),
        ({"gauges": gauges_json(iteration=100.5)}, {}, "gauges.iteration cannot"),
        ({"gauges": gauges_json(iteration=400)}, {}, "gauges.iteration cannot"),
        ({"gauges": gauges_json(saturated=1.5)}, {}, "gauges.saturated cannot"),
        ({"gauges": gauges_json(gradient_norm=float("nan"))}, {}, "gauges.gradient_norm cannot"),
        ({"gauges": gauges_json(update_Whh=float("inf"))}, {}, "gauges.update_Whh cannot"),
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
        ({}, {"evaluations.iteration": np.array([100, 0])}, "evaluations.iteration cannot"),
        ({}, {"evaluations.iteration": np.array([0, 1001])}, "evaluations.iteration cannot"),
        ({}, {"rate_changes.learning_rate": np.array([11.0])}, "learning_rate cannot"),
        ({}, {"samples.iteration": np.array([200, 100])}, "samples.iteration cannot"),
        ({}, {"samples.ids": np.full((2, 8), V, np.uint8)}, "samples.ids cannot"),
        ({}, {"samples.ids": np.zeros((2, 8), np.uint16)}, "samples.ids is"),
        ({}, {"text": np.frombuffer(TEXT.upper().encode(), np.uint8)}, "not the text"),
        ({}, {"text": np.full(9, 255, np.uint8)}, "not valid UTF-8"),
        ({}, {"text": np.array(1, np.uint8)}, "text is"),
    ],
)
def test_contradictory_file_is_refused_with_one_sentence(metadata, arrays, complaint):
    with pytest.raises(BadRunFile, match=complaint) as caught:
        archive.from_bytes(edited_file(metadata, arrays))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", ["\r\n" * 20, "a", " \n ", "\ufeffabcabc"])
def test_text_that_could_not_be_uploaded_is_refused(text):
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(BadRunFile):
        validation.check_text(text, sha256, Vocabulary.of(text))


def test_names_are_shortened_as_on_a_page():
    name = "\u202egnp.\x1b[31m\ud800 " + "x" * 300
    loaded = archive.from_bytes(edited_file({"run": info_json(name=name, text_name="\n")}))
    assert loaded.name.startswith("gnp.[31m xxx")
    assert len(loaded.name) == 60
    assert loaded.text_name == "Untitled"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just some words",
        (2**60).to_bytes(8, "little") + b"{}",
        (2**64 - 1).to_bytes(8, "little") + b"{}" * 50,
        file_with_header(b" " * 2**20 + b"{}"),
        file_with_header(b"[" * 2**19),
        file_with_header(b'{"a":' * 2**17),
        file_with_header(b"\xff{}"),
        file_with_header('{"a": 1}'.encode("utf-16")),
        file_with_header([]),
        file_with_header({"a": []}),
        file_with_header({"a": {"dtype": [], "shape": [1], "data_offsets": [0, 4]}}),
        file_with_header({"__metadata__": [1]}),
        file_with_header({"__metadata__": {"format": {}}}),
        file_with_header({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}),
        file_with_header(
            {"a": {"dtype": "F32", "shape": [2**62, 8], "data_offsets": [0, 4]}}, b"1234"
        ),
        file_with_header({"a": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, b"1234"),
        file_with_header({"__metadata__": METADATA}),
        b"\x80\x04\x95" + RUN_FILE,  # how a pickle begins
    ],
)
def test_file_that_is_not_a_saved_run_is_refused(data):
    with pytest.raises(BadRunFile):
        archive.from_bytes(data)


def test_huge_claim_is_refused_before_memory_is_allocated(monkeypatch):
    def load(data):
        raise AssertionError("the tensors were read")

    monkeypatch.setattr(safetensors.numpy, "load", load)
    vocabulary = json.dumps([chr(c) for c in range(0x4E00, 0x4E00 + 20_000)])
    files = [
        edited_file({"vocabulary": vocabulary, "config": config_json(hidden_size=1024)}),  # 170 MB
        *(file_with_claim(name, shape=[2**40]) for name in ARRAYS),
        *(file_with_claim(name, shape=[2**40, 2**40, 2**40]) for name in ARRAYS),
    ]
    for data in files:
        with pytest.raises(BadRunFile):
            archive.from_bytes(data)


def test_lengths_beyond_what_training_can_produce_are_refused():
    for name, shape in {
        "metrics.iteration": [18_434],  # on the schedule of losses, up to iteration 100,000,000
        "evaluations.iteration": [1_010_020],
        "rate_changes.iteration": [10_001],
        "samples.iteration": [50_000_000 // 8 + 1],
        "text": [25 * 2**20 + 1],
    }.items():
        with pytest.raises(BadRunFile, match="at most"):
            archive.from_bytes(file_with_claim(name, shape=shape))


def test_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    (tmp_path / "run").write_bytes(RUN_FILE)
    with pytest.raises(BadRunFile, match="too large"):
        archive.load(tmp_path / "run")
    with pytest.raises(BadRunFile, match="too large"):
        archive.to_bytes(saved_run())


def test_overlapping_and_outside_offsets_are_refused():
    for name in ARRAYS:
        start, end = HEADER[name]["data_offsets"]
        for offsets in ([start + 4, end + 4], [0, end - start], [end, start], [-4, 4], [2**63, 0]):
            if offsets != [start, end]:
                with pytest.raises(BadRunFile):
                    archive.from_bytes(file_with_claim(name, data_offsets=offsets))
