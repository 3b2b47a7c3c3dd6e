"""The header of a run file: the format, what the tensors mean, and a checksum of every byte.

It is the header of a safetensors file: JSON, preceded by its length in 8 bytes. It is parsed here
because the library reads the header only of files on disk; reading tensors is left to the library.
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.files.history import gauge_arrays
from charrnn.runs.files.validation import BadRunFile, TensorSpec, TensorSpecs
from charrnn.runs.recipes import LEARNING_SETTINGS, RULES
from charrnn.runs.texts.names import short_name

FORMAT = "charrnn run"
VERSION = "5"
# Runs are saved in the earliest version that can describe them, so that an earlier charrnn can open
# them, and refuses those that it would misread. Each of these versions added settings; earlier ones
# leave them out, and they are the textbook's then.
ADDED_SETTINGS = {"5": {"decay_to"}, "4": set(RULES), "3": set(LEARNING_SETTINGS)}
TEXTBOOK_VERSION = "2"
STATE_ONLY_VERSION = "1"  # the same, without history, checksum, text or the text's hash
VERSIONS = (*ADDED_SETTINGS, TEXTBOOK_VERSION, STATE_ONLY_VERSION)
MAX_BYTES = 2**20  # a vocabulary of 20,000 characters takes 400 kB
NO_CHECKSUM = "0" * 64
SHA256 = re.compile("[0-9a-f]{64}")
_DTYPES = {  # safetensors name -> NumPy name
    "F32": "float32",
    "F64": "float64",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
}


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """What a file says about its run besides the config, as in SavedRun."""

    name: str
    learning_rate: float
    iterations: int
    sha256: str
    text_name: str


@dataclass(frozen=True)
class Header:
    """A parsed header of a known version; its contents are not checked yet."""

    metadata: dict[str, str]
    tensors: TensorSpecs

    @property
    def state_only(self) -> bool:
        """Whether the file has a training state and nothing else: no history, no RunInfo."""
        return self.metadata["version"] == STATE_ONLY_VERSION

    def contents(self) -> tuple[RunConfig, Vocabulary, RunInfo | None]:
        """The settings and names of a run; no RunInfo in a state-only file. Raises BadRunFile."""
        try:
            config = RunConfig.from_dict(self._json("config", dict))
            vocabulary = _vocabulary(self._json("vocabulary", list))
            info = None if self.state_only else _run_info(self._json("run", dict))
        except (ValueError, TypeError, RecursionError) as error:
            raise BadRunFile(
                f"This saved run cannot be used: {str(error)[:200]}; choose another file."
            ) from error
        return config, vocabulary, info

    def gauges(self) -> dict[str, np.ndarray]:
        """The arrays of gauge_arrays(), empty in a file from before gauges. Raises BadRunFile."""
        try:
            return gauge_arrays(self._json("gauges", list) if "gauges" in self.metadata else [])
        except (ValueError, OverflowError, RecursionError) as error:
            raise BadRunFile(
                f"This saved run cannot be used: {str(error)[:200]}; choose another file."
            ) from error

    def _json(self, name: str, kind: type) -> Any:
        """The parsed value of one entry. Raises ValueError, RecursionError."""
        if name not in self.metadata:
            raise ValueError(f"its {name} is missing")
        try:
            value = json.loads(self.metadata[name])
        except ValueError as error:
            raise ValueError(f"its {name} is not JSON") from error
        if not isinstance(value, kind):
            raise ValueError(f"its {name} is not a JSON {'object' if kind is dict else 'array'}")
        return value


def build_metadata(
    config: RunConfig, vocabulary: Vocabulary, info: RunInfo, gauges: list[list[float]]
) -> dict[str, str]:
    """The metadata for a header, with zeros in place of the checksum. gauges: of gauge_rows()."""
    version, settings = _earliest_version(config)
    return {
        "format": FORMAT,
        "version": version,
        "config": json.dumps(settings),
        # A list, since JSON would join two halves of a surrogate pair side by side in a string.
        "vocabulary": json.dumps(list(vocabulary.characters)),
        "run": json.dumps(asdict(info)),
        "gauges": json.dumps(gauges),
        "checksum": NO_CHECKSUM,
    }


def _earliest_version(config: RunConfig) -> tuple[str, dict[str, Any]]:
    """The earliest version that can describe these settings, and the settings that it has."""
    settings = config.to_dict()
    not_the_textbooks = config.differences(RunConfig()).keys()
    for version, added in ADDED_SETTINGS.items():
        if added & not_the_textbooks:
            return version, settings
        settings = {name: value for name, value in settings.items() if name not in added}
    return TEXTBOOK_VERSION, settings


def parse(data: bytes) -> Header:
    """The header of a file. Raises BadRunFile if it is not one of a known version."""
    length = header_length(data)
    try:
        header = json.loads(data[8 : 8 + length].decode())
        metadata = header.pop("__metadata__", None) or {}
        tensors = {name: _tensor_spec(**entry) for name, entry in header.items()}
        if not all(isinstance(value, str) for value in metadata.values()):
            raise ValueError("the metadata are not all strings")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise not_a_run() from error
    if metadata.get("format") != FORMAT:
        raise BadRunFile(
            "This file holds arrays but is not a run that charrnn saved: choose another file."
        )
    version = metadata.get("version", "?")
    if version not in VERSIONS:
        raise BadRunFile(
            f"This run was saved in version {version[:20]!r} of the format, and only versions up "
            f"to {VERSION} can be read here: open it with the charrnn that saved it."
        )
    return Header(metadata, tensors)


def not_a_run() -> BadRunFile:
    """The error for a file that cannot be parsed."""
    return BadRunFile(
        "This is not a saved run, or it is damaged or incomplete: save it again, or choose "
        "another file."
    )


def header_length(data: bytes) -> int:
    """How many bytes of JSON follow the first 8. Raises BadRunFile if that cannot be."""
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(MAX_BYTES, len(data) - 8):
        raise not_a_run()
    return length


def _tensor_spec(*, dtype: str, shape: list[int], data_offsets: list[int]) -> TensorSpec:
    """An entry of the header; the library checks the offsets. Raises ValueError, TypeError."""
    if not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError("a shape is not made of whole numbers")
    return tuple(shape), _DTYPES.get(dtype)


def _vocabulary(characters: list[Any]) -> Vocabulary:
    if not characters or not all(isinstance(c, str) and len(c) == 1 for c in characters):
        raise ValueError("its vocabulary is not a list of characters")
    return Vocabulary("".join(characters))


def _run_info(values: dict[str, Any]) -> RunInfo:
    """The names as they could have been given on a page. Raises ValueError."""
    if {name: type(value) for name, value in values.items()} != {
        f.name: f.type for f in fields(RunInfo)
    }:
        raise ValueError("the entries about its run are not of the right types")
    info = RunInfo(**values)
    RunConfig.check("learning_rate", info.learning_rate)
    RunConfig.check("iterations", info.iterations)
    if not SHA256.fullmatch(info.sha256):
        raise ValueError("the hash of its text is malformed")
    return RunInfo(
        name=short_name(info.name) if info.name else "",
        learning_rate=info.learning_rate,
        iterations=info.iterations,
        sha256=info.sha256,
        text_name=short_name(info.text_name),
    )
