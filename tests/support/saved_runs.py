"""A saved run, and files like it that somebody who knows the format could have made."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import safetensors.numpy

from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.files import archive, checksum
from charrnn.runs.files.archive import SavedRun
from charrnn.runs.store.records import HISTORY_COLUMNS, FullHistory
from tests.support.states import assert_same_state

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
HISTORY = FullHistory(
    metrics=[(0, 14.5, 14.5, 0.0), (1, 14.25, 14.4, 0.001), (300, 1 / 3, 9.875, 12.5)],
    gauges=[
        (100, 0.0, 0.25, 1 / 3, 0.0, 1.0, 0.75, 12.5, 0.001, 0.002, 0.003, 0.5),
        (300, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 3.5, 0.001, 0.002, 0.003, 0.625),
    ],
    evaluations=[(0, 2.5), (100, 1.9)],
    rate_changes=[(7, 0.05)],
    samples=[(0, "sat 😀 na"), (200, "cats cat")],
)


def trainer(dtype="float32", steps=300):
    config = replace(CONFIG, dtype=dtype)
    trained = Trainer(VOCABULARY.encode(TEXT), V, **config.trainer_settings())
    for _ in range(steps):
        trained.step()
    return trained


def saved_run(trained=None, **changes):
    """A run with its history and text."""
    return SavedRun(
        **{
            "vocabulary": VOCABULARY,
            "config": CONFIG,
            "state": (trained or trainer()).state(),
            "history": HISTORY,
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


RUN_FILE = archive.to_bytes(saved_run())
HEADER_END = 8 + int.from_bytes(RUN_FILE[:8], "little")
HEADER = json.loads(RUN_FILE[8:HEADER_END])
METADATA = HEADER["__metadata__"]
ARRAYS = safetensors.numpy.load(RUN_FILE)


def edited_file(metadata=(), arrays=()):
    """RUN_FILE with changes, and a checksum that matches unless given. None removes an entry."""
    changed = METADATA | {"checksum": "0" * 64} | dict(metadata)
    tensors = ARRAYS | dict(arrays)
    data = safetensors.numpy.save(
        {n: np.ascontiguousarray(a).reshape(a.shape) for n, a in tensors.items() if a is not None},
        {name: value for name, value in changed.items() if value is not None},
    )
    return data if "checksum" in dict(metadata) else checksum.add_checksum(data)


def file_with_header(head: dict | bytes, data: bytes = b"") -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head, separators=(",", ":")).encode()
    return len(text).to_bytes(8, "little") + text + data


def assert_same_run(run: SavedRun, other: SavedRun):
    assert_same_state(run.state, other.state)
    assert other.vocabulary.characters == run.vocabulary.characters
    same = {"state": {}, "vocabulary": None}
    assert replace(run, **same) == replace(other, **same)


def config_json(**changes):
    return json.dumps(CONFIG.to_dict() | changes)


def info_json(**changes):
    return json.dumps(json.loads(METADATA["run"]) | changes)


def gauges_json(**changes):
    """One row of gauges with changes to its columns."""
    row = dict(zip(HISTORY_COLUMNS["gauges"], HISTORY.gauges[0][1:], strict=True))
    row = {"iteration": 100} | row | changes
    return json.dumps([list(row.values())])


def file_with_claim(name, **changes):
    """RUN_FILE with a false entry for one tensor in its header, and a checksum that matches."""
    head = HEADER | {"__metadata__": METADATA | {"checksum": "0" * 64}}
    return checksum.add_checksum(
        file_with_header(head | {name: HEADER[name] | changes}, RUN_FILE[HEADER_END:])
    )
