"""The settings of a run: every field, what it does, what is allowed."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from charrnn.engine.corpus import fit_windows
from charrnn.engine.training import split

DTYPES = ("float32", "float64")

# What decides when training stops and when it shows something, but nothing about the learning.
_NOT_FOR_THE_TRAINER = ("iterations", "sample_length", "sample_interval")


def _number(default: float, low: float, high: float, meaning: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """What decides a run, together with its text. Raises ValueError for a value out of limits."""

    hidden_size: int = _number(
        100, 1, 1024, "How many numbers the network remembers with: more learn more, and slower."
    )
    seq_length: int = _number(
        25, 1, 500, "How many characters back a mistake is traced: longer catches longer patterns."
    )
    learning_rate: float = _number(
        0.1, 1e-5, 10.0, "How big a step each correction is: small is slow, large is shaky."
    )
    iterations: int = _number(
        100_000, 1, 100_000_000, "After this many corrections the run stops by itself."
    )
    sample_length: int = _number(200, 1, 2000, "How many characters each sample has.")
    sample_interval: int = _number(
        1000, 100, 1_000_000, "How many iterations lie between two samples."
    )
    seed: int = _number(
        0, 0, 2**32 - 1, "Where all chance comes from: the same number gives the same run."
    )
    streams: int = _number(
        1, 1, 256, "How many places of the text are read at once: more give a steadier direction."
    )
    held_out: float = _number(
        0.1, 0.0, 0.5, "The share at the end of the text that is never learned, only predicted."
    )
    dtype: str = field(
        default="float32",
        metadata={"choices": DTYPES, "meaning": "How exactly it reckons: float64 is half as fast."},
    )

    def __post_init__(self):
        for name in self.__dataclass_fields__:
            self.check(name, getattr(self, name))

    @classmethod
    def check(cls, name: str, value: Any) -> None:
        """Raises ValueError, with the value and what is allowed, if it will not do for a field."""
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
            raise ValueError(f"{name} is {value:,}; allowed: {low:,} to {high:,}")

    @classmethod
    def limits(cls, name: str) -> tuple[float, float]:
        """The smallest and the largest value allowed for a field."""
        metadata = cls.__dataclass_fields__[name].metadata
        return metadata["low"], metadata["high"]

    @classmethod
    def meaning(cls, name: str) -> str:
        """One sentence: what a field does to learning."""
        return cls.__dataclass_fields__[name].metadata["meaning"]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def trainer_settings(self) -> dict[str, Any]:
        """The keyword arguments of a Trainer."""
        return {n: v for n, v in self.to_dict().items() if n not in _NOT_FOR_THE_TRAINER}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RunConfig":
        """Raises ValueError for a value out of limits or a name that is no setting."""
        strangers = sorted(set(values) - set(cls.__dataclass_fields__))
        if strangers:
            raise ValueError(f"{strangers[0]!r} is not a setting")
        return cls(**values)

    def fitted(self, n_characters: int) -> "RunConfig":
        """This config with seq_length and streams small enough for a text of n_characters.

        Raises ValueError if the text is too short for any.
        """
        n_train = split(n_characters, self.held_out)
        seq_length, streams = fit_windows(n_train, self.seq_length, self.streams)
        return replace(self, seq_length=seq_length, streams=streams)

    def differences(self, other: "RunConfig") -> dict[str, tuple[Any, Any]]:
        """The fields that differ: name -> (here, there)."""
        here, there = self.to_dict(), other.to_dict()
        return {name: (here[name], there[name]) for name in here if here[name] != there[name]}
