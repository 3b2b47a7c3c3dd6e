"""The settings of a run: what each one does, and which values are allowed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from charrnn.engine.corpus import fit_windows, training_length, windows_per_epoch
from charrnn.engine.initial_weights import INITIAL_WEIGHTS, TEXTBOOK_SCALE
from charrnn.engine.optimizers.by_name import OPTIMIZERS
from charrnn.engine.optimizers.clipping import CLIPPING, TEXTBOOK_LIMIT
from charrnn.engine.optimizers.schedule import DECAY_TO, SCHEDULES, Schedule
from charrnn.engine.parameters import Parameters
from charrnn.runs.recipes import recipe_of

DTYPES = ("float32", "float64")
GREEDY_SAMPLE_LENGTH = 60  # characters

# The settings of a run that a Trainer does not take: they do not affect what is learned.
_NOT_FOR_THE_TRAINER = (
    *("iterations", "seconds", "early_stopping"),
    *("sample_length", "sample_interval"),
)


def in_digits(number: float) -> str:
    """1,000,000 or 0.00001 rather than 1e-05: a number as people write it."""
    if isinstance(number, int):
        return f"{number:,}"
    if 1e-10 <= abs(number) < 1e10:
        return np.format_float_positional(number, trim="-")
    return f"{number:g}"


def _number(default: float, low: float, high: float, meaning: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "meaning": meaning})


def _choice(default: str, choices: Iterable[str], meaning: str) -> Any:
    return field(default=default, metadata={"choices": tuple(choices), "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """The settings of a run. Raises ValueError if a value is not allowed.

    The defaults are the textbook's: runs from before there was a choice of recipes have them.
    """

    hidden_size: int = _number(
        100,
        1,
        1024,
        "Number of hidden units: what the network can keep in mind; more units learn more "
        "only at a learning rate that suits them, which is a smaller one, and train more slowly.",
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
        "Learning rate: how large each update is; too small is slow, too large is unstable, and "
        "the more hidden units there are, the smaller it has to be.",
    )
    iterations: int = _number(
        100_000, 1, 100_000_000, "Training stops after this many iterations (updates)."
    )
    seconds: float = _number(
        0.0,
        0.0,
        10_000_000.0,
        "Training pauses each time its training time reaches a multiple of this many seconds; 0 "
        "for no limit.",
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
    early_stopping: str = _choice(
        "off",
        ("off", "on"),
        "Early stopping: training pauses once the loss on held-out text has clearly risen, because "
        "from then on the network only learns the text by heart.",
    )
    dtype: str = _choice(
        "float32",
        DTYPES,
        "Floating-point precision: float64 is more exact and about half as fast.",
    )
    optimizer: str = _choice(
        "adagrad",
        OPTIMIZERS,
        "Optimizer: how gradients become updates; each one needs a learning rate of its own.",
    )
    clipping: str = _choice(
        "value",
        CLIPPING,
        "Gradient clipping: limit each gradient by itself (value), all together (norm), or none "
        "of them (off).",
    )
    clip_limit: float = _number(
        TEXTBOOK_LIMIT,
        0.001,
        1000.0,
        "Clipping limit: the largest gradient, or the largest norm of all gradients, that is left "
        "as it is.",
    )
    schedule: str = _choice(
        "constant",
        SCHEDULES,
        "Schedule: whether the learning rate stays (constant) or decays over decay_iterations.",
    )
    warm_up: int = _number(
        0,
        0,
        1_000_000,
        "Warm-up: number of iterations in which the learning rate rises from near zero.",
    )
    decay_iterations: int = _number(
        100_000,
        1,
        100_000_000,
        "Decay: number of iterations, from the start, after which a decaying learning rate has "
        "reached its end and stays there.",
    )
    decay_epochs: int = _number(
        1000,
        1,
        1000,
        "Decay: number of epochs, passes through the text, after which it has ended in any case; "
        "more of them would only teach a short text by heart.",
    )
    decay_to: float = _number(
        DECAY_TO,
        0.0,
        1.0,
        "Decay: share of the learning rate that is left at its end, to train on with.",
    )
    initial_weights: str = _choice(
        "normal",
        INITIAL_WEIGHTS,
        "Initial weights: random and small (normal), scaled to the number of hidden units "
        "(scaled), or scaled with Whh as a rotation (orthogonal) or as the identity (identity).",
    )
    initial_scale: float = _number(
        TEXTBOOK_SCALE,
        0.0,
        10.0,
        "Initial scale: standard deviation of the initial weights when they are normal.",
    )
    hidden_state: str = _choice(
        "carried",
        ("carried", "cleared"),
        "Hidden state: carried over from window to window, so that the network remembers what it "
        "has read, or cleared before every window (cleared).",
    )
    gradients_through_time: str = _choice(
        "on",
        ("on", "off"),
        "Gradients through time: each error is traced back through all steps of the window, or, "
        "when off, no further than the step where it was made.",
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
                *others, last = f.metadata["choices"]
                allowed = f"{', '.join(others)} or {last}"
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
    def choices(cls, name: str) -> tuple[str, ...] | None:
        """The values that a field can have; None for a number, which has limits()."""
        return cls.__dataclass_fields__[name].metadata.get("choices")

    @classmethod
    def is_whole(cls, name: str) -> bool:
        """Whether a numeric field takes whole numbers only."""
        return cls.__dataclass_fields__[name].type is int

    @classmethod
    def meaning(cls, name: str) -> str:
        """One sentence that says what a field does: the help on the page and the command line."""
        meaning: str = cls.__dataclass_fields__[name].metadata["meaning"]
        return meaning

    @property
    def recipe(self) -> str:
        """The name of the recipe that it follows: see recipes.py."""
        return recipe_of(self.to_dict())

    @property
    def characters_per_iteration(self) -> int:
        """How many characters one update reads, in all streams together."""
        return self.seq_length * self.streams

    def to_dict(self) -> dict[str, Any]:
        """name -> value, ready for JSON; from_dict() reads it."""
        return asdict(self)

    def trainer_settings(self) -> dict[str, Any]:
        """The keyword arguments for a Trainer."""
        return {n: v for n, v in self.to_dict().items() if n not in _NOT_FOR_THE_TRAINER}

    def weights_before_training(self, vocab_size: int) -> Parameters:
        """The weights of a run with these settings before its first update."""
        return Parameters.initial(
            vocab_size,
            self.hidden_size,
            seed=self.seed,
            dtype=self.dtype,
            kind=self.initial_weights,
            scale=self.initial_scale,
        )

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

    def share_of_rate(self, iteration: int, n_characters: int) -> float:
        """The share of the learning rate (0 to 1) after so many updates, on a text this long."""
        stream = training_length(n_characters, self.held_out) // self.streams
        epochs = self.decay_epochs * windows_per_epoch(stream, self.seq_length)
        decay = min(self.decay_iterations, epochs)
        return Schedule(self.schedule, self.warm_up, decay, self.decay_to).share(iteration)

    def decaying_until(self, iteration: int) -> "RunConfig":
        """This config with a decay that ends at an iteration, however many epochs that is."""
        _, epochs = RunConfig.limits("decay_epochs")
        return replace(self, decay_iterations=max(1, iteration), decay_epochs=int(epochs))

    def differences(self, other: "RunConfig") -> dict[str, tuple[Any, Any]]:
        """The fields that differ: name -> (own value, the other's value)."""
        own, others = self.to_dict(), other.to_dict()
        return {name: (own[name], others[name]) for name in own if own[name] != others[name]}
