"""The settings of a run: what each one does, and which values are allowed."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from charrnn.engine.corpus import fit_windows, training_length

DTYPES = ("float32", "float64")
GREEDY_SAMPLE_LENGTH = 60  # characters

# The settings of a run that a Trainer does not take: they do not affect what is learned.
_NOT_FOR_THE_TRAINER = ("iterations", "sample_length", "sample_interval")


def in_digits(number: float) -> str:
    """1,000,000 or 0.00001 rather than 1e-05: a number as people write it."""
    if isinstance(number, int):
        return f"{number:,}"
    if 1e-10 <= abs(number) < 1e10:
        return np.format_float_positional(number, trim="-")
    return f"{number:g}"


def _number(default: float, low: float, high: float, meaning: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """The settings of a run. Raises ValueError if a value is not allowed."""

    hidden_size: int = _number(
        100,
        1,
        1024,
        "Number of hidden units: what the network can keep in mind; more units can learn more, "
        "but train more slowly.",
    )
    seq_length: int = _number(
        25,
        1,
        500,
        "Sequence length: how many characters back an error is traced; longer sequences can teach "
        "longer patterns.",
    )
    learning_rate: float = _number(
        0.1,
        1e-5,
        10.0,
        "Learning rate: how large each update is; too small is slow, too large is unstable.",
    )
    iterations: int = _number(
        100_000, 1, 100_000_000, "Training stops after this many iterations (updates)."
    )
    sample_length: int = _number(200, 1, 2000, "Length of each sample, in characters.")
    sample_interval: int = _number(
        1000, 100, 1_000_000, "Number of iterations between two samples."
    )
    seed: int = _number(
        0,
        0,
        2**32 - 1,
        "Random seed: on the same kind of processor, the same seed, text and settings give the "
        "same run.",
    )
    streams: int = _number(
        1,
        1,
        256,
        "Number of places in the text that are read in parallel (batch size): more give smoother "
        "gradients.",
    )
    held_out: float = _number(
        0.1,
        0.0,
        0.5,
        "Held-out share of the text, at its end: only predicted, never trained on.",
    )
    dtype: str = field(
        default="float32",
        metadata={
            "choices": DTYPES,
            "meaning": "Floating-point precision: float64 is more exact and about half as fast.",
        },
    )

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            self.check(name, getattr(self, name))

    @classmethod
    def check(cls, name: str, value: Any) -> None:
        """Raises ValueError, with the value and the allowed range, if a field cannot have it."""
        f = cls.__dataclass_fields__[name]
        if "choices" in f.metadata:
            if not isinstance(value, str) or value not in f.metadata["choices"]:
                allowed = " or ".join(f.metadata["choices"])
                raise ValueError(f"{name} is {value!r}; allowed: {allowed}")
            return
        low, high = cls.limits(name)
        number = (int, float) if f.type is float else int
        if isinstance(value, bool) or not isinstance(value, number):
            kind = "a whole number" if number is int else "a number"
            raise ValueError(f"{name} is {value!r}; it must be {kind}")
        if not low <= value <= high:
            allowed = f"{in_digits(low)} to {in_digits(high)}"
            raise ValueError(f"{name} is {in_digits(value)}; allowed: {allowed}")

    @classmethod
    def limits(cls, name: str) -> tuple[float, float]:
        """The smallest and the largest allowed value of a numeric field."""
        metadata = cls.__dataclass_fields__[name].metadata
        return metadata["low"], metadata["high"]

    @classmethod
    def is_whole(cls, name: str) -> bool:
        """Whether a numeric field takes whole numbers only."""
        return cls.__dataclass_fields__[name].type is int

    @classmethod
    def meaning(cls, name: str) -> str:
        """One sentence that says what a field does: the help on the page and the command line."""
        meaning: str = cls.__dataclass_fields__[name].metadata["meaning"]
        return meaning

    def to_dict(self) -> dict[str, Any]:
        """name -> value, ready for JSON; from_dict() reads it."""
        return asdict(self)

    def trainer_settings(self) -> dict[str, Any]:
        """The keyword arguments for a Trainer."""
        return {n: v for n, v in self.to_dict().items() if n not in _NOT_FOR_THE_TRAINER}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RunConfig":
        """The config with these values, and defaults for the rest.

        Raises ValueError for an unknown setting or a value that is not allowed.
        """
        unknown = sorted(set(values) - set(cls.__dataclass_fields__))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not a setting")
        return cls(**values)

    def fitted(self, n_characters: int) -> "RunConfig":
        """This config with seq_length and streams reduced to fit a text of n_characters.

        Raises ValueError if the text is too short for any window.
        """
        n_train = training_length(n_characters, self.held_out)
        seq_length, streams = fit_windows(n_train, self.seq_length, self.streams)
        return replace(self, seq_length=seq_length, streams=streams)

    def differences(self, other: "RunConfig") -> dict[str, tuple[Any, Any]]:
        """The fields that differ: name -> (own value, the other's value)."""
        own, others = self.to_dict(), other.to_dict()
        return {name: (own[name], others[name]) for name in own if own[name] != others[name]}
