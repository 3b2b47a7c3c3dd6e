"""What a run leaves behind on its way: rows, as the database has them, and arrays for a file."""

from dataclasses import dataclass, field

import numpy as np

from charrnn.engine.corpus import Vocabulary

# The tables that hold numbers, and their columns beside the iteration. See schema.py.
COLUMNS = {
    "metrics": ("loss", "smooth_loss", "seconds"),
    "evaluations": ("held_out_loss",),
    "rate_changes": ("learning_rate",),
}
# A file keeps the newest samples, if there are more than that of them all together.
MAX_SAMPLED_CHARACTERS = 50_000_000


@dataclass(frozen=True)
class Past:
    """All rows up to an iteration, in its order. Losses and seconds as in schema.py."""

    metrics: list[tuple[int, float, float, float]] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    rate_changes: list[tuple[int, float]] = field(default_factory=list)
    samples: list[tuple[int, str]] = field(default_factory=list)

    def to_arrays(self, vocabulary: Vocabulary, sample_length: int) -> dict[str, np.ndarray]:
        """A column each: `metrics.loss`. Samples are ids, (samples, sample_length).

        Raises ValueError for a sample of another length or with a strange character.
        """
        arrays = {}
        for table, columns in COLUMNS.items():
            rows = np.array(getattr(self, table), float).reshape(-1, 1 + len(columns))
            arrays[f"{table}.iteration"] = rows[:, 0].astype(np.int64)
            for i, column in enumerate(columns, start=1):
                arrays[f"{table}.{column}"] = rows[:, i]
        samples = self.samples[-(MAX_SAMPLED_CHARACTERS // sample_length) :]
        text = "".join(text for _, text in samples)
        arrays["samples.iteration"] = np.array([n for n, _ in samples], np.int64)
        arrays["samples.ids"] = vocabulary.encode(text).reshape(len(samples), sample_length)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], vocabulary: Vocabulary) -> "Past":
        """What to_arrays() was made from."""
        rows = {
            table: _rows(arrays[f"{table}.{column}"] for column in ("iteration", *columns))
            for table, columns in COLUMNS.items()
        }
        texts = map(vocabulary.decode, arrays["samples.ids"])
        samples = zip(arrays["samples.iteration"].tolist(), texts, strict=True)
        return cls(**rows, samples=list(samples))


def _rows(columns) -> list[tuple]:
    return list(zip(*(column.tolist() for column in columns), strict=True))
