"""A trained network as one file: numbers and plain words, nothing that could run.

The file is a safetensors file. Its tensors are Trainer.state(); its metadata says what they mean:
the format and its version, the settings, and the characters in the order of their ids.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig

FORMAT = "charrnn run"
VERSION = "1"
# Adagrad moves a weight by at most its rate at a time, and ever less: with the largest rate and
# the most iterations that are allowed no weight comes even near this. What is larger was not
# learned, and overflows on the way to a probability.
MAX_WEIGHT = 1e6


class BadRunFile(ValueError):
    """Not a saved network, or one that is damaged; the message is a sentence for people."""


@dataclass(frozen=True)
class SavedRun:
    """What a file holds. `state` restores a Trainer with the same text and this config."""

    weights: Parameters
    vocabulary: Vocabulary
    config: RunConfig
    state: dict[str, np.ndarray]

    @property
    def iteration(self) -> int:
        return int(self.state["iteration"])


def save(path: str | Path, trainer: Trainer, vocabulary: Vocabulary, config: RunConfig) -> None:
    """Write `path` whole or not at all.

    Raises OSError if it cannot be written, ValueError if the three do not belong together.
    """
    state = trainer.state()
    _check_tensors({name: _facts(array) for name, array in state.items()}, vocabulary, config)
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "config": json.dumps(config.to_dict()),
        # A list, since two halves of a surrogate pair side by side would grow together.
        "vocabulary": json.dumps(list(vocabulary.characters)),
    }
    target, beside = _places(path)
    try:
        with open(beside, "wb") as file:
            file.write(safetensors.numpy.save(_dense(state), metadata))
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """Raises OSError now if save(path) would later, as far as that can be known."""
    target, beside = _places(path)
    if target.is_dir():
        raise IsADirectoryError("it is a directory")
    if target.exists() and not target.is_file():
        raise OSError("it is not an ordinary file")  # os.replace would replace a device
    try:
        beside.touch()
    finally:
        beside.unlink(missing_ok=True)


def load(path: str | Path) -> SavedRun:
    """Read what save() wrote, and believe none of it unchecked.

    Sizes are compared before anything is allocated. Raises BadRunFile, or OSError if the file
    cannot be read at all.
    """
    with open(path, "rb"):
        pass  # a missing file or a directory is a plain OSError, not a question of format
    try:
        with safe_open(path, framework="numpy") as file:
            vocabulary, config = _read_metadata(file.metadata())
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            facts = {
                name: (tuple(s.get_shape()), _DTYPES.get(s.get_dtype()))
                for name, s in slices.items()
            }
            _check_tensors(facts, vocabulary, config)
            state = {name: file.get_tensor(name) for name in slices}
    except (SafetensorError, OSError) as error:
        raise BadRunFile(
            "This is not a saved network, or it is cut off or damaged: save it again, or choose "
            "another file."
        ) from error
    _check_values(state)
    weights = Parameters(len(vocabulary), config.hidden_size, config.dtype)
    weights.flat[:] = state["weights"]
    return SavedRun(weights, vocabulary, config, state)


def state_to_bytes(state: dict[str, np.ndarray]) -> bytes:
    """Named arrays as one piece, to the last bit; single numbers (0-d arrays) included."""
    return safetensors.numpy.save(_dense(state))


def state_from_bytes(data: bytes) -> dict[str, np.ndarray]:
    """What state_to_bytes was given. Raises BadRunFile."""
    try:
        return safetensors.numpy.load(data)
    except (SafetensorError, KeyError) as error:  # KeyError: a number type NumPy does not have
        raise BadRunFile("This checkpoint is damaged and cannot be read.") from error


_DTYPES = {"F32": "float32", "F64": "float64", "I64": "int64"}


def _places(path: str | Path) -> tuple[Path, Path]:
    """Where the file goes (through links), and where it grows until it is complete."""
    target = Path(os.path.realpath(path))
    return target, target.with_name(f".{target.name[:50]}.{secrets.token_hex(4)}.tmp")


def _dense(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    # safetensors writes memory as it lies. np.ascontiguousarray would make 0-d arrays 1-d.
    return {name: np.asarray(array, order="C") for name, array in state.items()}


def _facts(array: np.ndarray) -> tuple[tuple[int, ...], str]:
    return array.shape, array.dtype.name


def _read_metadata(metadata: dict[str, str] | None) -> tuple[Vocabulary, RunConfig]:
    if not metadata or metadata.get("format") != FORMAT:
        raise BadRunFile(
            "This file holds arrays, but not a network saved here: choose a file that "
            "charrnn saved."
        )
    if metadata.get("version") != VERSION:
        raise BadRunFile(
            f"This network was saved in version {metadata.get('version', '?')[:20]!r} of the "
            f"format, and only version {VERSION} can be read here: use the charrnn that saved it."
        )
    try:
        config = RunConfig.from_dict(_json(metadata, "config", dict))
        characters = _json(metadata, "vocabulary", list)
        if not characters or not all(isinstance(c, str) and len(c) == 1 for c in characters):
            raise ValueError("its vocabulary is not a list of characters")
        return Vocabulary("".join(characters)), config
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRunFile(f"This saved network cannot be used: {str(error)[:200]}.") from error


def _json(metadata: dict[str, str], name: str, kind: type) -> list | dict:
    if name not in metadata:
        raise ValueError(f"its {name} is missing")
    try:
        value = json.loads(metadata[name])
    except ValueError as error:
        raise ValueError(f"its {name} is not JSON") from error
    if not isinstance(value, kind):
        raise ValueError(f"its {name} is not what it should be")
    return value


def _check_tensors(
    facts: dict[str, tuple[tuple[int, ...], str | None]], vocabulary: Vocabulary, config: RunConfig
) -> None:
    """facts: name -> (shape, dtype name). Raises BadRunFile unless they are as they must be."""
    size = Parameters.size(len(vocabulary), config.hidden_size)
    expected = {
        "weights": ((size,), config.dtype),
        "memory": ((size,), config.dtype),
        "hidden": ((config.streams, config.hidden_size), config.dtype),
        "position": ((), "int64"),
        "iteration": ((), "int64"),
        "smooth_loss": ((), "float64"),
        "learning_rate": ((), "float64"),
    }
    for name, fact in expected.items():
        if facts.get(name) != fact:
            shape, dtype = facts.get(name, (None, None))
            found = "missing" if shape is None else f"{shape} of {dtype or 'an unknown type'}"
            raise BadRunFile(
                f"This saved network does not fit its own settings: {name} is {found}, and "
                f"{fact[0]} of {fact[1]} is needed."
            )
    if strangers := sorted(set(facts) - set(expected)):
        raise BadRunFile(
            f"This saved network holds something unknown, {strangers[0][:50]!r}: choose a file "
            "that charrnn saved."
        )


def _check_values(state: dict[str, np.ndarray]) -> None:
    """Raises BadRunFile for numbers that no training leads to. NaN fails every comparison."""
    low, high = RunConfig.limits("learning_rate")
    plausible = {
        "weights": np.abs(state["weights"]).max() <= MAX_WEIGHT,
        "memory": state["memory"].min() > 0 and np.isfinite(state["memory"]).all(),
        "hidden": np.abs(state["hidden"]).max() <= 1,
        "position": state["position"] >= 0,
        "iteration": state["iteration"] >= 0,
        "smooth_loss": state["smooth_loss"] >= 0 and np.isfinite(state["smooth_loss"]),
        "learning_rate": low <= state["learning_rate"] <= high,
    }
    for name, holds in plausible.items():
        if not holds:
            raise BadRunFile(
                f"This saved network is damaged: its {name} cannot come from training; choose "
                "another file."
            )
