"""A whole saved run, and what becomes of it in the hands of one who knows the format."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import safetensors.numpy

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs import archive, header
from charrnn.runs.archive import SavedRun
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


def settings_with(**changes):
    return json.dumps(CONFIG.to_dict() | changes)


def about(**changes):
    return json.dumps(json.loads(METADATA["run"]) | changes)


def claiming(name, **changes):
    """WHOLE, with another shape or place claimed for one tensor, and a checksum that fits."""
    head = HEADER | {"__metadata__": METADATA | {"checksum": "0" * 64}}
    return header.sign(with_header(head | {name: HEADER[name] | changes}, WHOLE[HEADER_END:]))
