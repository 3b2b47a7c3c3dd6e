"""The history of a run as arrays for a file, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.store.records import HISTORY_COLUMNS, FullHistory

# The tables of numbers; samples are saved as ids.
NUMBER_COLUMNS = {name: columns for name, columns in HISTORY_COLUMNS.items() if name != "samples"}
# If all samples together are longer than this, a file keeps the newest ones only.
MAX_SAMPLED_CHARACTERS = 50_000_000


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
        rows = np.array(getattr(history, table), float).reshape(-1, 1 + len(columns))
        arrays[f"{table}.iteration"] = rows[:, 0].astype(np.int64)
        for i, column in enumerate(columns, start=1):
            arrays[f"{table}.{column}"] = rows[:, i]
    samples = history.samples[-(MAX_SAMPLED_CHARACTERS // sample_length) :]
    text = "".join(text for _, text in samples)
    arrays["samples.iteration"] = np.array([n for n, _ in samples], np.int64)
    arrays["samples.ids"] = vocabulary.encode(text).reshape(len(samples), sample_length)
    return arrays


def history_from_arrays(arrays: Mapping[str, np.ndarray], vocabulary: Vocabulary) -> FullHistory:
    """The history that was given to history_to_arrays()."""
    tables = {
        table: _rows(arrays[f"{table}.{column}"] for column in ("iteration", *columns))
        for table, columns in NUMBER_COLUMNS.items()
    }
    texts = map(vocabulary.decode, arrays["samples.ids"])
    samples = zip(arrays["samples.iteration"].tolist(), texts, strict=True)
    return FullHistory(**tables, samples=list(samples))


def _rows(columns: Iterable[np.ndarray]) -> list[Any]:
    """Tuples of Python numbers, one for each row."""
    return list(zip(*(column.tolist() for column in columns), strict=True))
