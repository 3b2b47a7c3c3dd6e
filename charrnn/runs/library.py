"""The texts on offer, for somebody who has not brought one."""

import importlib.util
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from charrnn.runs.decoding import decode

DATA = Path(__file__).resolve().parents[2] / "data"
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))

# Readable, well known, and in every Python; some 650 kB together.
MODULES = (
    *("ast", "bisect", "calendar", "configparser", "contextlib", "csv", "dataclasses"),
    *("fractions", "functools", "heapq", "json/decoder", "json/encoder", "random", "shutil"),
    *("statistics", "string", "textwrap", "threading", "tokenize", "uuid"),
)


@dataclass(frozen=True)
class Offer:
    """A text to choose: a short title, and one sentence on what to watch for."""

    key: str
    title: str
    description: str


@dataclass(frozen=True)
class _Source:
    offer: Offer
    available: Callable[[], bool]
    read: Callable[[], str]


def offers() -> list[Offer]:
    """The texts that are there, the default first."""
    return [source.offer for source in _SOURCES.values() if source.available()]


def load(key: str) -> str:
    """The text of an offer. Raises KeyError if there is none of that key here."""
    source = _SOURCES.get(key)
    if source is None or not source.available():
        raise KeyError(f"no text is called {key!r}; there are {[o.key for o in offers()]}")
    return source.read()


def _shipped(key: str, title: str, description: str) -> _Source:
    path = DATA / f"{key}.txt"
    return _Source(Offer(key, title, description), path.is_file, lambda: decode(path.read_bytes()))


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
    return _joined(decode(path.read_bytes()) for path in _module_files())


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


_SOURCES = {
    source.offer.key: source
    for source in (
        _shipped(
            "three_stone",
            "Three Stone",
            "A story of a weighbridge and its keeper: first come the spaces, then short words, "
            "then who said what, in quotation marks.",
        ),
        _shipped(
            "dinosaurs",
            "Dinosaurs",
            "Names of dinosaurs, one on each line: soon it makes up animals of its own, many of "
            "them ending in -saurus.",
        ),
        _shipped(
            "arithmetic",
            "Arithmetic",
            "Small sums, one on each line: it learns at once how a sum looks, and much later what "
            "it comes to.",
        ),
        _shipped(
            "brackets",
            "Brackets",
            "Every line must close with the bracket that opened it, far back: at learning rate "
            "0.03 a seq_length of 50 learns it, and one of 5 does not.",
        ),
        _Source(
            Offer(
                "reference",
                "Python reference",
                "The language reference of the Python that runs this page: watch headings, "
                "underlines and indented examples take shape.",
            ),
            _has_reference,
            _reference,
        ),
        _Source(
            Offer(
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
