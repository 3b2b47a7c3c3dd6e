"""What a run file may contain: names, shapes, and values that training can produce."""

from collections.abc import Mapping

import numpy as np

from charrnn.engine.gauges import LARGEST, SHARES, Gauges
from charrnn.engine.optimizers.by_name import OPTIMIZERS
from charrnn.engine.parameters import Parameters
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.challenges import BUDGETS
from charrnn.runs.config import RunConfig
from charrnn.runs.files.history import MAX_SAMPLED_CHARACTERS, NUMBER_COLUMNS
from charrnn.runs.limits import Limits
from charrnn.runs.recording import are_measured, are_recorded, max_recorded
from charrnn.runs.store.corpora import sha256_of
from charrnn.runs.texts import decoding

# The textbook's updates never come near this, and with any other, training diverges long before.
# Larger values would overflow in the softmax.
MAX_WEIGHT = 1e6
MAX_LOSS = 1e13  # nats; what weights of that size can cost in the longest window
MAX_SECONDS = 1e10  # three hundred years
MAX_ITERATION = int(RunConfig.limits("iterations")[1])
MAX_RATE_CHANGES = 10_000  # hours of moving the slider without a pause
MAX_ENDS = 10_000  # as often as a run that has ended is resumed with a higher limit


def state_names(config: RunConfig) -> tuple[str, ...]:
    """The names of Trainer.state(), in a file of any version."""
    accumulators = OPTIMIZERS[config.optimizer].accumulator_names
    numbers = ("position", "iteration", "smooth_loss", "learning_rate")
    return ("weights", *accumulators, "hidden", *numbers)


# Shape and dtype (None if unknown) of each tensor, known before any array is allocated.
TensorSpec = tuple[tuple[int, ...], str | None]
TensorSpecs = dict[str, TensorSpec]


class BadRunFile(ValueError):
    """A file that is not a saved run, or a damaged one; the message is a sentence for people."""


def tensor_specs(arrays: Mapping[str, np.ndarray]) -> TensorSpecs:
    """name -> shape and dtype of each array."""
    return {name: (array.shape, array.dtype.name) for name, array in arrays.items()}


def check_tensors(
    specs: TensorSpecs, vocabulary: Vocabulary, config: RunConfig, *, state_only: bool
) -> None:
    """Raises BadRunFile unless a file has the tensors of this network, in the right shapes.

    state_only: the tensors of a training state, without the history of the run.
    """
    expected = _state_specs(vocabulary, config)
    if not state_only:
        expected |= _history_specs(specs, vocabulary, config)
    for name, spec in expected.items():
        if specs.get(name) != spec:
            found = "missing"
            if name in specs:
                shape, dtype = specs[name]
                found = f"{shape} of {dtype or 'an unknown type'}"[:60]
            raise BadRunFile(
                f"This saved run contradicts its own settings: {name} is {found}, but {spec[0]} "
                f"of {spec[1]} is needed; choose another file."
            )
    if unknown := sorted(set(specs) - set(expected)):
        raise BadRunFile(
            f"This saved run contains an unknown tensor, {unknown[0][:50]!r}: choose a file that "
            "charrnn saved."
        )


def check_values(arrays: Mapping[str, np.ndarray], config: RunConfig, vocab_size: int) -> None:
    """Raises BadRunFile for values that training cannot produce; checks no shapes."""
    numbers = np.finfo(config.dtype)
    # Adagrad divides by the square root of its accumulator; the others add an epsilon first.
    least = float(numbers.smallest_subnormal) if config.optimizer == "adagrad" else 0.0
    rates = RunConfig.limits("learning_rate")
    ranges: dict[str, tuple[float, float]] = {
        "weights": (-MAX_WEIGHT, MAX_WEIGHT),
        "memory": (least, float(numbers.max)),  # of squared gradients
        "momentum": (-float(numbers.max), float(numbers.max)),
        "hidden": (-1, 1),
        "position": (0, _max_text_bytes()),
        "iteration": (0, MAX_ITERATION),
        "smooth_loss": (0, MAX_LOSS),
        "learning_rate": rates,
        "seconds": (0, MAX_SECONDS),
        "metrics.loss": (0, MAX_LOSS),
        "metrics.smooth_loss": (0, MAX_LOSS),
        "metrics.seconds": (0, MAX_SECONDS),
        "evaluations.held_out_loss": (0, MAX_LOSS),
        "rate_changes.learning_rate": rates,
        "samples.ids": (0, vocab_size - 1),
    } | {f"gauges.{name}": (0, 1 if name in SHARES else LARGEST) for name in Gauges._fields}
    newest = int(arrays["iteration"])
    for name, array in arrays.items():
        if name in ranges:
            valid = _within(array, *ranges[name])
        elif name.endswith(".iteration"):
            valid = _within(array, 0, newest) and bool((array[1:] > array[:-1]).all())
            if name == "samples.iteration":
                valid = valid and not (array % config.sample_interval).any()
            elif name == "metrics.iteration":
                valid = valid and are_recorded(array)
            elif name == "gauges.iteration":
                valid = valid and are_measured(array)
        else:
            continue  # the text, which check_text() checks
        if not valid:
            raise BadRunFile(
                f"This saved run is damaged, since its {name} cannot come from training: choose "
                "another file."
            )


def check_text(text: str, sha256: str, vocabulary: Vocabulary) -> None:
    """Raises BadRunFile unless this is the text a run learned from.

    It must also be one that could have been uploaded, so that a file is no way around the rules.
    """
    if sha256_of(text) != sha256:
        raise BadRunFile(
            "This is not the text that the saved run learned from: choose the one that matches it "
            "to the last character."
        )
    try:
        clean = decoding.clean_pasted(text)
    except decoding.NotText as problem:
        raise BadRunFile(f"The text of this saved run cannot be used: {problem}") from problem
    if clean != text or Vocabulary.of(text).characters != vocabulary.characters:
        raise BadRunFile(
            "This saved run is damaged, since its characters are not those of its text: choose "
            "another file."
        )


def _state_specs(vocabulary: Vocabulary, config: RunConfig) -> TensorSpecs:
    n_weights = Parameters.size(len(vocabulary), config.hidden_size)
    accumulators = OPTIMIZERS[config.optimizer].accumulator_names
    return {
        **dict.fromkeys(("weights", *accumulators), ((n_weights,), config.dtype)),
        "hidden": ((config.streams, config.hidden_size), config.dtype),
        "position": ((), "int64"),
        "iteration": ((), "int64"),
        "smooth_loss": ((), "float64"),
        "learning_rate": ((), "float64"),
    }


def _history_specs(specs: TensorSpecs, vocabulary: Vocabulary, config: RunConfig) -> TensorSpecs:
    """What belongs to a run besides its state; the number of rows is taken from `specs`."""
    expected: TensorSpecs = {"seconds": ((), "float64")}
    max_rows = _max_rows(config)
    for table, columns in NUMBER_COLUMNS.items():
        n = _length(specs, f"{table}.iteration", max_rows[table])
        expected[f"{table}.iteration"] = ((n,), "int64")
        expected |= {f"{table}.{column}": ((n,), "float64") for column in columns}
    n = _length(specs, "samples.iteration", max_rows["samples"])
    id_type = np.min_scalar_type(len(vocabulary) - 1).name
    expected["samples.iteration"] = ((n,), "int64")
    expected["samples.ids"] = ((n, config.sample_length), id_type)
    if "text" in specs:
        expected["text"] = ((_length(specs, "text", _max_text_bytes()),), "uint8")
    return expected


def _max_rows(config: RunConfig) -> dict[str, int]:
    """table -> how many rows a run with these settings can have, however long it trains.

    It keeps about a thousand losses for each doubling of its iterations, at most one sample for
    each sample_interval, as many evaluations and one for each budget and each end, and one row for
    each change of its learning rate.
    """
    intervals = MAX_ITERATION // config.sample_interval + 1
    return {
        "metrics": max_recorded(MAX_ITERATION),
        "evaluations": intervals + len(BUDGETS) + MAX_ENDS,
        "rate_changes": MAX_RATE_CHANGES,
        "samples": min(intervals, MAX_SAMPLED_CHARACTERS // config.sample_length),
    }


def _length(specs: TensorSpecs, name: str, most: int) -> int:
    """The length of a one-dimensional tensor, or 0 if it is none. Raises BadRunFile above `most`.

    A wrong shape is left to the comparison in check_tensors().
    """
    shape = specs[name][0] if name in specs else ()
    if len(shape) != 1:
        return 0
    if shape[0] > most:
        raise BadRunFile(
            f"This saved run is damaged, since it claims {shape[0]:,} values for {name} where at "
            f"most {most:,} are possible: choose another file."
        )
    return shape[0]


def _within(array: np.ndarray, low: float, high: float) -> bool:
    # NaN fails both comparisons. Comparing element by element would allocate large arrays.
    return array.size == 0 or bool(low <= array.min() and array.max() <= high)


def _max_text_bytes() -> int:
    """Sizes up to the default limit get past this, so that check_text() can name the real limit."""
    return max(Limits().text_bytes, Limits.from_environment().text_bytes)
