"""What single hidden units track: spaces, the distance from the newline, quotes, capitals.

A unit tracks a feature of the text if its activation goes along with it, which the correlation
measures. Karpathy, Johnson and Fei-Fei, "Visualizing and Understanding Recurrent Networks" (2015),
found such units in larger networks.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charrnn.engine.analysis.character_info import kind
from charrnn.engine.arrays import FloatArray

# What opens and closes. A blank line closes everything, in case a closing one was forgotten.
BRACKETS = {"(": ")", "[": "]", "{": "}", "<": ">"}
QUOTES = {"“": "”", "„": "“", "«": "»", "‹": "›", "「": "」", "『": "』", '"': '"'}

SMALLEST_DEVIATION = 1e-5  # of a unit; below, it counts as never changing

Feature = NDArray[np.float64]


class Tracked(NamedTuple):
    """The unit that goes along best with a feature."""

    feature: str
    unit: int
    correlation: float  # between -1 and 1


def features(text: str) -> dict[str, Feature]:
    """Name -> the value of each feature at each character: (len(text),).

    A feature that is the same everywhere in the text says nothing, and is left out.
    """
    kinds = [kind(c) for c in text]
    found = {
        "spaces": _flags(c.isspace() for c in text),
        "characters since the newline": _since(text, lambda c: c == "\n"),
        "inside quotes": _inside(text, QUOTES),
        "inside brackets": _inside(text, BRACKETS),
        "capitals": _flags(c.isupper() for c in text),
        "digits": _flags(c.isdigit() for c in text),
        "vowels": _flags(name == "vowel" for name in kinds),
        "position in the word": _since(text, lambda c: not c.isalnum()),
    }
    return {name: values for name, values in found.items() if np.ptp(values) > 0}


def correlations(
    hidden: FloatArray, tracked: Mapping[str, Feature]
) -> dict[str, NDArray[np.float64]]:
    """Feature -> Pearson's correlation with each unit: (H,). A unit that never changes has 0.

    hidden: activations, (T, H); tracked: features(), (T,) each.
    """
    names, T = list(tracked), len(hidden)
    centered = np.array([tracked[name] - tracked[name].mean() for name in names]).reshape(-1, T)
    activations = hidden - hidden.mean(axis=0, dtype=np.float64)
    spread = activations.std(axis=0)
    never = spread < SMALLEST_DEVIATION
    deviations = np.outer(centered.std(axis=1), np.where(never, 1, spread))
    found = np.where(never, 0, centered @ activations / T / deviations)
    return dict(zip(names, found, strict=True))


def best_units(found: Mapping[str, NDArray[np.float64]]) -> list[Tracked]:
    """The unit that tracks each feature best, the strongest correlation first."""
    best = [
        Tracked(name, int(unit), float(values[unit]))
        for name, values in found.items()
        for unit in [np.abs(values).argmax()]
    ]
    return sorted(best, key=lambda tracked: -abs(tracked.correlation))


def most_active(activation: FloatArray, n: int, apart: int) -> list[int]:
    """The n positions where a unit is most active, at least `apart` characters from each other.

    activation: of one unit, (T,). The most active position comes first.
    """
    chosen: list[int] = []
    for position in np.argsort(-activation, kind="stable").tolist():
        if len(chosen) == n:
            break
        if all(abs(position - other) >= apart for other in chosen):
            chosen.append(position)
    return chosen


def _flags(values: Iterator[bool]) -> Feature:
    return np.fromiter(values, np.float64)


def _since(text: str, is_boundary: Callable[[str], bool]) -> Feature:
    """How many characters ago the last boundary was; 0 at a boundary itself."""
    values, since = np.zeros(len(text)), 0
    for i, c in enumerate(text):
        since = 0 if is_boundary(c) else since + 1
        values[i] = since
    return values


def _inside(text: str, pairs: Mapping[str, str]) -> Feature:
    """1 between an opening and its closing character, 0 elsewhere and on the outermost two."""
    values = np.zeros(len(text))
    awaited: list[str] = []
    for i, c in enumerate(text):
        if text[max(0, i - 1) : i + 1] == "\n\n":
            awaited.clear()
        closes = bool(awaited) and c == awaited[-1]
        if closes:
            awaited.pop()
        values[i] = bool(awaited)
        if c in pairs and not closes:
            awaited.append(pairs[c])
    return values
