"""A run as one file: arrays and JSON, nothing that could be executed.

The file is a safetensors file. Its tensors are Trainer.state(), the history of the run (see
history.py), and the text if it is included. Its header (see header.py) says what they mean.

The state of no random generator is saved: the random numbers of a sample depend on the seed and
the iteration alone (see sampling.py). Snapshots are left out, since they would be most of the file.
"""

import glob
import os
import secrets
import stat
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import numpy as np

from charrnn.engine.parameters import Parameters
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.files.checksum import add_checksum, verify_checksum
from charrnn.runs.files.header import MAX_BYTES as MAX_HEADER_BYTES
from charrnn.runs.files.header import RunInfo, build_metadata, not_a_run, parse
from charrnn.runs.files.history import (
    gauge_arrays,
    gauge_rows,
    history_from_arrays,
    history_to_arrays,
)
from charrnn.runs.files.validation import (
    BadRunFile,
    check_tensors,
    check_text,
    check_values,
    state_names,
    tensor_specs,
)
from charrnn.runs.limits import MAX_RUN_FILE_MEGABYTES, MEGABYTE, Limits, TooLarge
from charrnn.runs.serialization import DamagedState, state_from_bytes, state_to_bytes
from charrnn.runs.store.records import FullHistory

if sys.platform != "win32":
    import fcntl

MAX_FILE_BYTES = MAX_RUN_FILE_MEGABYTES * MEGABYTE
ABANDONED_SECONDS = 60  # a younger temporary file may belong to a writer that is about to lock it


@dataclass(frozen=True, kw_only=True)
class SavedRun:
    """The contents of a file. `state` restores a Trainer with the same text and this config."""

    vocabulary: Vocabulary
    config: RunConfig
    state: Mapping[str, np.ndarray]  # as from Trainer.state()
    history: FullHistory = field(default_factory=FullHistory)
    seconds: float = 0.0  # spent training
    name: str = ""  # empty unless its owner named it
    learning_rate: float  # for the next iterations; config has the first one
    iterations: int  # where training ends, as last requested
    sha256: str | None = None  # of the text in UTF-8; None in a file of version 1
    text_name: str = "Untitled"
    text: str | None = None  # None unless it is included in the file

    @property
    def iteration(self) -> int:
        return int(self.state["iteration"])

    @property
    def weights(self) -> Parameters:
        weights = Parameters(len(self.vocabulary), self.config.hidden_size, self.config.dtype)
        weights.unpack(self.state["weights"])
        return weights


def to_bytes(run: SavedRun) -> bytes:
    """The file of a run. Raises BadRunFile if its parts contradict each other or are too large."""
    if run.sha256 is None:
        raise BadRunFile(
            "This run cannot be saved again, since an earlier charrnn saved it without the hash "
            "of its text: keep the file it came from."
        )
    try:
        history = history_to_arrays(run.history, run.vocabulary, run.config.sample_length)
    except ValueError as error:
        raise BadRunFile(
            f"This run cannot be saved, since its samples are damaged ({error}): train it anew."
        ) from error
    arrays = {**run.state, **history, "seconds": np.array(float(run.seconds))}
    if run.text is not None:
        check_text(run.text, run.sha256, run.vocabulary)
        arrays["text"] = np.frombuffer(run.text.encode(), np.uint8)
    check_tensors(tensor_specs(arrays), run.vocabulary, run.config, state_only=False)
    gauges = gauge_rows(run.history)
    check_values(arrays | gauge_arrays(gauges), run.config, len(run.vocabulary))
    if sum(array.nbytes for array in arrays.values()) + MAX_HEADER_BYTES > MAX_FILE_BYTES:
        raise BadRunFile(
            f"This run is too large to save, since a file may have {MAX_FILE_BYTES // MEGABYTE} MB "
            "at most: leave out its text."
        )
    info = RunInfo(
        name=run.name,
        learning_rate=float(run.learning_rate),
        iterations=run.iterations,
        sha256=run.sha256,
        text_name=run.text_name,
    )
    metadata = build_metadata(run.config, run.vocabulary, info, gauges)
    return add_checksum(state_to_bytes(arrays, metadata))


def from_bytes(data: bytes, limits: Limits | None = None) -> SavedRun:
    """The run that was given to to_bytes(). Raises BadRunFile.

    Nothing in the file is trusted, and sizes are checked before any array is allocated. limits: of
    the server that wants to train the network, if any.
    """
    if len(data) > MAX_FILE_BYTES:
        raise BadRunFile(
            "This file is too large for a saved run, since at most "
            f"{MAX_FILE_BYTES // MEGABYTE} MB can be read: choose another file."
        )
    header = parse(data)
    if not header.state_only:
        verify_checksum(data, header)
    config, vocabulary, info = header.contents()
    if limits:
        try:
            limits.check(config, len(vocabulary))
        except TooLarge as problem:
            raise BadRunFile(str(problem)) from problem
    check_tensors(header.tensors, vocabulary, config, state_only=header.state_only)
    try:
        arrays = state_from_bytes(data)
    except DamagedState as error:
        raise not_a_run() from error
    if tensor_specs(arrays) != header.tensors:
        raise not_a_run()  # the library and this package read the header differently
    arrays |= header.gauges()
    check_values(arrays, config, len(vocabulary))
    state = {name: arrays[name] for name in state_names(config)}
    if info is None:
        return SavedRun(
            vocabulary=vocabulary,
            config=config,
            state=state,
            learning_rate=float(state["learning_rate"]),
            iterations=config.iterations,
        )
    return SavedRun(
        vocabulary=vocabulary,
        config=config,
        state=state,
        history=history_from_arrays(arrays, vocabulary),
        seconds=float(arrays["seconds"]),
        text=_text(arrays["text"], info.sha256, vocabulary) if "text" in arrays else None,
        **asdict(info),
    )


def save(path: str | Path, run: SavedRun) -> None:
    """Write the file of a run, completely or not at all. Raises OSError, BadRunFile."""
    write(path, to_bytes(run))


def load(path: str | Path) -> SavedRun:
    """Read the file of a run. Raises BadRunFile, or OSError if it cannot be read at all."""
    return from_bytes(read(path))


def write(path: str | Path, data: bytes) -> None:
    """Write a file completely or not at all. Raises OSError.

    Killed at any point, it leaves the file as it was, and perhaps a temporary file beside it, which
    the next call removes.
    """
    target, temporary = _target_and_temporary(path)
    _remove_abandoned(target)
    try:
        with open(temporary, "wb") as file:
            with suppress(OSError):  # not every file system can lock
                _lock(file)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: str | Path) -> bytes:
    """The bytes of a file, but no more than tells from_bytes() that it is too large.

    Raises OSError.
    """
    with open(path, "rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def check_writable(path: str | Path) -> None:
    """Raises OSError if write(path) would fail, as far as that can be known beforehand."""
    target, temporary = _target_and_temporary(path)
    if target.exists() and not target.is_file():
        raise OSError("it is not a regular file")  # os.replace would replace a device
    try:
        temporary.touch()
    finally:
        temporary.unlink(missing_ok=True)


def _text(data: np.ndarray, sha256: str, vocabulary: Vocabulary) -> str:
    """The included text; data: its UTF-8. Raises BadRunFile."""
    try:
        text = data.tobytes().decode()
    except UnicodeDecodeError as error:
        raise BadRunFile(
            "This saved run is damaged, since its text is not valid UTF-8: choose another file."
        ) from error
    check_text(text, sha256, vocabulary)
    return text


def _target_and_temporary(path: str | Path) -> tuple[Path, Path]:
    """The file that a path leads to, and one beside it to write until it is complete.

    Raises IsADirectoryError.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError("it is a directory")
    return target, target.with_name(f".{target.name[:50]}.{secrets.token_hex(4)}.tmp")


def _remove_abandoned(target: Path) -> None:
    """Remove the temporary files of writers that were killed while they wrote `target`."""
    token = 8 * "[0-9a-f]"
    for path in target.parent.glob(f".{glob.escape(target.name[:50])}.{token}.tmp"):
        with suppress(OSError):  # it is locked, or it belongs to somebody else
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and time.time() - status.st_mtime > ABANDONED_SECONDS:
                with open(path, "r+b") as file:
                    _lock(file)
                path.unlink()


def _lock(file: IO[bytes]) -> None:
    """Lock a file until it is closed, at the latest when this process ends.

    Raises OSError if another process has locked it.
    """
    if sys.platform != "win32":  # there, nobody can remove a file that is open
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
