"""The library: texts to train on for a visitor who has none at hand."""

import importlib.util
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from charrnn.runs.texts.decoding import decode

DATA = Path(__file__).resolve().parents[3] / "data"
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))

# Readable, well known, and in every Python; some 650 kB together.
MODULES = (
    *("ast", "bisect", "calendar", "configparser", "contextlib", "csv", "dataclasses"),
    *("fractions", "functools", "heapq", "json/decoder", "json/encoder", "random", "shutil"),
    *("statistics", "string", "textwrap", "threading", "tokenize", "uuid"),
)


@dataclass(frozen=True)
class LibraryText:
    """A text to choose: a short title, and one sentence on what to watch for."""

    key: str
    title: str
    description: str


@dataclass(frozen=True)
class _Source:
    entry: LibraryText
    is_available: Callable[[], bool]
    read: Callable[[], str]


def available() -> list[LibraryText]:
    """The texts that can be loaded here, the default first."""
    return [source.entry for source in _SOURCES.values() if source.is_available()]


def load(key: str) -> str:
    """The text with this key. Raises KeyError if there is none, or not here."""
    source = _SOURCES.get(key)
    if source is None or not source.is_available():
        raise KeyError(f"no text is called {key!r}; there are {[t.key for t in available()]}")
    return source.read()


def _shipped(key: str, title: str, description: str) -> _Source:
    """A file of the folder data."""
    path = DATA / f"{key}.txt"
    entry = LibraryText(key, title, description)
    return _Source(entry, path.is_file, lambda: decode(path.read_bytes()).text)


def _has_reference() -> bool:
    # Some distributions leave it out.
    package = importlib.util.find_spec("pydoc_data")
    return package is not None and importlib.util.find_spec("pydoc_data.topics") is not None


def _reference() -> str:
    from pydoc_data.topics import topics

    return _joined(topics[name] for name in sorted(topics))


def _module_files() -> list[Path]:
    paths = (STANDARD_LIBRARY / f"{module}.py" for module in MODULES)
    return [path for path in paths if path.is_file()]


def _source_code() -> str:
    return _joined(decode(path.read_bytes()).text for path in _module_files())


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


_SOURCES = {
    source.entry.key: source
    for source in (
        _shipped(
            "three_stone",
            "Three Stone",
            "A story about a weighbridge and its keeper: the network learns spaces first, then "
            "short words, then who said what, in quotation marks.",
        ),
        _shipped(
            "dinosaurs",
            "Dinosaurs",
            "Names of dinosaurs, one on each line: the network soon makes up its own, many of "
            "them ending in -saurus.",
        ),
        _shipped(
            "arithmetic",
            "Arithmetic",
            "Small sums, one on each line: the network learns at once what a sum looks like, and "
            "much later what it adds up to.",
        ),
        _shipped(
            "brackets",
            "Brackets",
            "Every line must end with the bracket that matches its first, far back: at learning "
            "rate 0.03 the network learns it with a seq_length of 50, but not with 5.",
        ),
        _Source(
            LibraryText(
                "reference",
                "Python reference",
                "The reference manual of the Python that runs this page: watch headings, "
                "underlines and indented examples take shape.",
            ),
            _has_reference,
            _reference,
        ),
        _Source(
            LibraryText(
                "source",
                "Python source",
                "Code from Python's standard library: indentation comes first, then def and "
                "return, then comments that mean nothing.",
            ),
            lambda: bool(_module_files()),
            _source_code,
        ),
    )
}
