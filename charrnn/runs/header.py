"""What stands first in a run file: what it is, what its tensors mean, and a checksum.

It is the header of a safetensors file, JSON after its length in 8 bytes, and is read here because
the library shows it only of files on a disk. The tensors are left to the library.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from charrnn.engine.corpus import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.contents import BadRunFile, Facts
from charrnn.runs.naming import short_name

FORMAT = "charrnn run"
VERSION = "2"
STATE_ONLY = "1"  # the version before: no past, no checksum, no text and not even its hash
MAX_BYTES = 2**20  # a vocabulary of 20,000 characters takes 400 kB
_NO_CHECKSUM = "0" * 64
_SHA256 = re.compile("[0-9a-f]{64}")
_ABOUT = {"name": str, "learning_rate": float, "iterations": int, "sha256": str, "text_name": str}
_DTYPES = {
    "F32": "float32",
    "F64": "float64",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
}


@dataclass(frozen=True)
class Header:
    """What a file says of itself. It is of a known version, and of nothing else is it checked."""

    metadata: dict[str, str]
    facts: Facts

    @property
    def whole(self) -> bool:
        """More than a state."""
        return self.metadata["version"] != STATE_ONLY

    def meaning(self) -> tuple[RunConfig, Vocabulary, dict[str, Any]]:
        """The settings, the characters, and what else there is to know (see metadata_of).

        Raises BadRunFile.
        """
        try:
            config = RunConfig.from_dict(self._json("config", dict))
            vocabulary = _vocabulary(self._json("vocabulary", list))
            return config, vocabulary, _about(self._json("run", dict)) if self.whole else {}
        except (ValueError, TypeError, RecursionError) as error:
            raise BadRunFile(
                f"This saved network cannot be used: {str(error)[:200]}; choose another file."
            ) from error

    def _json(self, name: str, kind: type) -> Any:
        if name not in self.metadata:
            raise ValueError(f"its {name} is missing")
        try:
            value = json.loads(self.metadata[name])
        except ValueError as error:
            raise ValueError(f"its {name} is not JSON") from error
        if not isinstance(value, kind):
            raise ValueError(f"its {name} is not what it should be")
        return value


def metadata_of(
    config: RunConfig,
    vocabulary: Vocabulary,
    *,
    name: str,
    learning_rate: float,
    iterations: int,
    sha256: str,
    text_name: str,
) -> dict[str, str]:
    """What goes into the header, with a place for the checksum."""
    about = {
        "name": name,
        "learning_rate": float(learning_rate),
        "iterations": iterations,
        "sha256": sha256,
        "text_name": text_name,
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        "config": json.dumps(config.to_dict()),
        # A list, since two halves of a surrogate pair side by side would grow together.
        "vocabulary": json.dumps(list(vocabulary.characters)),
        "run": json.dumps(about),
        "checksum": _NO_CHECKSUM,
    }


def parse(data: bytes) -> Header:
    """The header of a file. Raises BadRunFile if it is not one that can be read here."""
    length = _header_length(data)
    try:
        header = json.loads(data[8 : 8 + length].decode())
        metadata = header.pop("__metadata__", None) or {}
        facts = {name: _fact(**entry) for name, entry in header.items()}
        if not all(isinstance(value, str) for value in metadata.values()):
            raise ValueError("not all of its metadata are words")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise not_a_run() from error
    if metadata.get("format") != FORMAT:
        raise BadRunFile(
            "This file holds arrays, but not a network saved here: choose a file that "
            "charrnn saved."
        )
    version = metadata.get("version", "?")
    if version not in (VERSION, STATE_ONLY):
        raise BadRunFile(
            f"This network was saved in version {version[:20]!r} of the format, and only versions "
            f"up to {VERSION} can be read here: use the charrnn that saved it."
        )
    return Header(metadata, facts)


def sign(data: bytes) -> bytes:
    """The file with its checksum: SHA-256 of all its bytes, with zeros where that will stand."""
    start, end = _place(data, _NO_CHECKSUM)
    checksum = hashlib.sha256(data).hexdigest().encode()
    return b"".join((data[:start], checksum, memoryview(data)[end:]))


def check_signature(data: bytes, header: Header) -> None:
    """Raises BadRunFile unless every byte is as it was signed."""
    said = header.metadata.get("checksum", "")
    place = _place(data, said) if _SHA256.fullmatch(said) else None
    if place is not None:
        start, end = place
        found = hashlib.sha256(data[:start] + _NO_CHECKSUM.encode())
        found.update(memoryview(data)[end:])
    if place is None or found.hexdigest() != said:
        raise BadRunFile(
            "This saved network is damaged or cut off, since its checksum does not fit: copy it "
            "once more, or choose another file."
        )


def not_a_run() -> BadRunFile:
    return BadRunFile(
        "This is not a saved network, or it is cut off or damaged: save it again, or choose "
        "another file."
    )


def _header_length(data: bytes) -> int:
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(MAX_BYTES, len(data) - 8):
        raise not_a_run()
    return length


def _place(data: bytes, checksum: str) -> tuple[int, int] | None:
    """Where in the file its checksum stands, or None."""
    before = b'"checksum":"'
    at = data.find(before + checksum.encode() + b'"', 8, 8 + _header_length(data))
    return None if at < 0 else (at + len(before), at + len(before) + len(checksum))


def _fact(*, dtype: str, shape: list[int], data_offsets: list[int]) -> tuple[tuple, str | None]:
    if not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError("a shape is made of whole numbers")
    return tuple(shape), _DTYPES.get(dtype)


def _vocabulary(characters: list) -> Vocabulary:
    if not characters or not all(isinstance(c, str) and len(c) == 1 for c in characters):
        raise ValueError("its vocabulary is not a list of characters")
    return Vocabulary("".join(characters))


def _about(values: dict[str, Any]) -> dict[str, Any]:
    """As metadata_of() was given it; names as they could have been given on a page."""
    if {name: type(value) for name, value in values.items()} != _ABOUT:
        raise ValueError("what it says of its run is not what it should be")
    RunConfig.check("learning_rate", values["learning_rate"])
    RunConfig.check("iterations", values["iterations"])
    if not _SHA256.fullmatch(values["sha256"]):
        raise ValueError("its text has no hash")
    name = values["name"] and short_name(values["name"])
    return values | {"name": name, "text_name": short_name(values["text_name"])}
