"""A whole run as one file: numbers and plain words, nothing that could run.

The file is a safetensors file. Its tensors are Trainer.state(), what the run has left behind (see
past.py), and the text if that is wanted; its header says what they mean: the format and its
version, the settings, the characters in the order of their ids, the run's name and wishes, the
hash of its text, and a checksum of every byte.

No generator has a state to keep: the dice of every sample depend on seed and iteration alone (see
sampling.py). The snapshots for looking back are left out: they would be most of the file.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.parameters import Parameters
from charrnn.runs.config import RunConfig
from charrnn.runs.contents import (
    STATE,
    BadRunFile,
    check_tensors,
    check_text,
    check_values,
    facts_of,
)
from charrnn.runs.header import MAX_BYTES as MAX_HEADER_BYTES
from charrnn.runs.header import check_signature, metadata_of, not_a_run, parse, sign
from charrnn.runs.past import Past

MAX_FILE_BYTES = 512 * 2**20


@dataclass(frozen=True, kw_only=True)
class SavedRun:
    """What a file holds. `state` restores a Trainer with the same text and this config."""

    vocabulary: Vocabulary
    config: RunConfig
    state: Mapping[str, np.ndarray]
    past: Past = field(default_factory=Past)
    seconds: float = 0.0  # spent training
    name: str = ""  # "" unless somebody gave it one
    learning_rate: float  # these two as they are wanted now
    iterations: int
    sha256: str | None = None  # of the text in UTF-8; None in a file of version 1
    text_name: str = "Untitled"
    text: str | None = None  # None unless it was wanted in the file

    @property
    def iteration(self) -> int:
        return int(self.state["iteration"])

    @property
    def weights(self) -> Parameters:
        weights = Parameters(len(self.vocabulary), self.config.hidden_size, self.config.dtype)
        weights.unpack(self.state["weights"])
        return weights


def to_bytes(run: SavedRun) -> bytes:
    """The file. Raises BadRunFile if the parts do not belong together or are too much."""
    try:
        past = run.past.to_arrays(run.vocabulary, run.config.sample_length)
    except ValueError as error:
        raise BadRunFile(f"This run cannot be saved: its samples are damaged ({error}).") from error
    arrays = {**run.state, **past, "seconds": np.array(float(run.seconds))}
    if run.text is not None:
        check_text(run.text, run.sha256, run.vocabulary)
        arrays["text"] = np.frombuffer(run.text.encode(), np.uint8)
    check_tensors(facts_of(arrays), run.vocabulary, run.config, whole=True)
    check_values(arrays, run.config, len(run.vocabulary))
    if sum(array.nbytes for array in arrays.values()) + MAX_HEADER_BYTES > MAX_FILE_BYTES:
        raise BadRunFile(
            f"This run is too large for a file: at most {MAX_FILE_BYTES // 2**20} MB can be saved."
        )
    metadata = metadata_of(
        run.config,
        run.vocabulary,
        name=run.name,
        learning_rate=run.learning_rate,
        iterations=run.iterations,
        sha256=run.sha256,
        text_name=run.text_name,
    )
    return sign(safetensors.numpy.save(_dense(arrays), metadata))


def from_bytes(data: bytes) -> SavedRun:
    """What to_bytes() was given, and none of it believed unchecked. Raises BadRunFile.

    Sizes are compared before anything of that size is allocated.
    """
    if len(data) > MAX_FILE_BYTES:
        raise BadRunFile(
            f"This file is too large for a saved network: at most {MAX_FILE_BYTES // 2**20} MB can "
            "be read; choose another file."
        )
    header = parse(data)
    if header.whole:
        check_signature(data, header)
    config, vocabulary, about = header.meaning()
    check_tensors(header.facts, vocabulary, config, whole=header.whole)
    try:
        arrays = safetensors.numpy.load(data)
    except (SafetensorError, KeyError, ValueError) as error:
        raise not_a_run() from error
    if facts_of(arrays) != header.facts:
        raise not_a_run()  # the library has read something else than is checked here
    check_values(arrays, config, len(vocabulary))
    state = {name: arrays[name] for name in STATE}
    if not header.whole:
        wishes = {"learning_rate": float(state["learning_rate"]), "iterations": config.iterations}
        return SavedRun(vocabulary=vocabulary, config=config, state=state, **wishes)
    return SavedRun(
        vocabulary=vocabulary,
        config=config,
        state=state,
        past=Past.from_arrays(arrays, vocabulary),
        seconds=float(arrays["seconds"]),
        text=_text(arrays["text"], vocabulary, about["sha256"]) if "text" in arrays else None,
        **about,
    )


def save(path: str | Path, run: SavedRun) -> None:
    """to_bytes(), into a file. Raises OSError, BadRunFile."""
    write(path, to_bytes(run))


def write(path: str | Path, data: bytes) -> None:
    """Write `path` whole or not at all. Raises OSError."""
    target, beside = _places(path)
    try:
        with open(beside, "wb") as file:
            file.write(data)
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


def read(path: str | Path) -> bytes:
    """A file, but no more of it than from_bytes() takes. Raises OSError."""
    with open(path, "rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def load(path: str | Path) -> SavedRun:
    """Read what save() wrote. Raises BadRunFile, or OSError if it cannot be read at all."""
    return from_bytes(read(path))


def state_to_bytes(state: Mapping[str, np.ndarray]) -> bytes:
    """Named arrays as one piece, to the last bit; single numbers (0-d arrays) included."""
    return safetensors.numpy.save(_dense(state))


def state_from_bytes(data: bytes) -> dict[str, np.ndarray]:
    """What state_to_bytes was given. Raises BadRunFile."""
    try:
        return safetensors.numpy.load(data)
    except (SafetensorError, KeyError) as error:  # KeyError: a number type NumPy does not have
        raise BadRunFile("This checkpoint is damaged and cannot be read.") from error


def _text(data: np.ndarray, vocabulary: Vocabulary, sha256: str) -> str:
    try:
        text = data.tobytes().decode()
    except UnicodeDecodeError as error:
        raise BadRunFile(
            "This saved network is damaged: its text is none; choose another file."
        ) from error
    check_text(text, sha256, vocabulary)
    return text


def _places(path: str | Path) -> tuple[Path, Path]:
    """Where the file goes (through links), and where it grows until it is complete."""
    target = Path(os.path.realpath(path))
    return target, target.with_name(f".{target.name[:50]}.{secrets.token_hex(4)}.tmp")


def _dense(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    # safetensors writes memory as it lies. np.ascontiguousarray would make 0-d arrays 1-d.
    return {name: np.asarray(array, order="C") for name, array in state.items()}
