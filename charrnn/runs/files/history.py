"""The history of a run as arrays for a file, and back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np

from charrnn.engine.gauges import Gauges
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.store.records import HISTORY_COLUMNS, FullHistory

# The tables of numbers that are saved as tensors. Samples are saved as ids; gauges are saved in the
# header, because a charrnn from before them refuses a file with tensors that it does not know.
NUMBER_COLUMNS = {
    name: columns for name, columns in HISTORY_COLUMNS.items() if name not in ("samples", "gauges")
}
# If all samples together are longer than this, a file keeps the newest ones only.
MAX_SAMPLED_CHARACTERS = 50_000_000
BLOCK = 1000  # rows that are read from arrays at a time

Row = tuple[Any, ...]


class Rows(Sequence[Row]):
    """The rows of a table as tuples, made from arrays only when they are read.

    As Python objects, the rows of a large file would take many times its size.
    """

    def __init__(self, *columns: np.ndarray, decode: Callable[[np.ndarray], str] | None = None):
        """columns: (rows, ...) each. decode: turns an element of the last one into text."""
        self._columns, self._decode = columns, decode

    def thinned(self, most: int) -> "Rows":
        """Every row, or every 2nd, 4th ..., so that about `most` remain, and always the last."""
        n, stride = len(self), 1
        while n > most * stride:
            stride *= 2
        kept = np.unique([*range(0, n, stride), *range(n - 1, n)]) if stride > 1 else slice(None)
        return Rows(*(column[kept] for column in self._columns), decode=self._decode)

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            *parts, last = (column[index] for column in self._columns)
            values = list(map(self._decode, last)) if self._decode else last.tolist()
            return list(zip(*(part.tolist() for part in parts), values, strict=True))
        position = range(len(self))[index]
        return self[position : position + 1][0]

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, len(self), BLOCK):
            yield from self[start : start + BLOCK]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # like a list


def history_to_arrays(
    history: FullHistory, vocabulary: Vocabulary, sample_length: int
) -> dict[str, np.ndarray]:
    """One array for each column, such as `metrics.loss` of shape (rows,).

    Samples are saved as ids in `samples.ids`, (samples, sample_length), of the smallest unsigned
    type that fits the vocabulary. Raises ValueError for a sample of another length or with an
    unknown character.
    """
    arrays: dict[str, np.ndarray] = {}
    for table, columns in NUMBER_COLUMNS.items():
        rows = np.array(list(getattr(history, table)), float).reshape(-1, 1 + len(columns))
        arrays[f"{table}.iteration"] = rows[:, 0].astype(np.int64)
        for i, column in enumerate(columns, start=1):
            arrays[f"{table}.{column}"] = rows[:, i]
    samples = history.samples[-(MAX_SAMPLED_CHARACTERS // sample_length) :]
    text = "".join(text for _, text in samples)
    arrays["samples.iteration"] = np.array([n for n, _ in samples], np.int64)
    arrays["samples.ids"] = vocabulary.encode(text).reshape(len(samples), sample_length)
    return arrays


def gauge_rows(history: FullHistory) -> list[list[float]]:
    """The gauges of a history, ready for JSON: [iteration, *Gauges] each."""
    return [list(row) for row in history.gauges]


def gauge_arrays(rows: list[Any]) -> dict[str, np.ndarray]:
    """One array for each column, such as `gauges.saturated`, of what gauge_rows() returned.

    The iterations are floating-point numbers still. Raises ValueError unless the rows have the
    right length and are made of numbers.
    """
    columns = ("iteration", *Gauges._fields)
    if not all(isinstance(row, list) and len(row) == len(columns) for row in rows):
        raise ValueError("its gauges are not rows of numbers")
    if not all(type(number) in (int, float) for row in rows for number in row):
        raise ValueError("its gauges are not numbers")
    table = np.array(rows, float).reshape(-1, len(columns))
    return {f"gauges.{column}": table[:, i] for i, column in enumerate(columns)}


def history_from_arrays(arrays: Mapping[str, np.ndarray], vocabulary: Vocabulary) -> FullHistory:
    """The history that was given to history_to_arrays()."""
    tables = {
        table: Rows(*(arrays[f"{table}.{column}"] for column in ("iteration", *columns)))
        for table, columns in NUMBER_COLUMNS.items()
    }
    iterations, ids = arrays["samples.iteration"], arrays["samples.ids"]
    gauges = Rows(
        arrays["gauges.iteration"].astype(np.int64),
        *(arrays[f"gauges.{column}"] for column in Gauges._fields),
    )
    return FullHistory(
        **tables, gauges=gauges, samples=Rows(iterations, ids, decode=vocabulary.decode)
    )
