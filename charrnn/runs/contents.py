"""What a run file may hold: names, shapes, and numbers that training can lead to."""

import hashlib

import numpy as np

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.parameters import Parameters
from charrnn.runs import decoding
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.past import COLUMNS, MAX_SAMPLED_CHARACTERS

# Adagrad moves a weight by at most its rate at a time, and ever less: with the largest rate and
# the most iterations that are allowed no weight comes even near this. What is larger was not
# learned, and overflows on the way to a probability.
MAX_WEIGHT = 1e6
MAX_LOSS = 1e13  # nats; what weights of that size can cost in the longest window
MAX_SECONDS = 1e10  # three hundred years
MAX_ITERATION = RunConfig.limits("iterations")[1]
# A run keeps about a thousand losses for every doubling of its iterations, one evaluation and one
# sample for every sample_interval, and a change of the rate for every time somebody wants one.
_MAX_SAMPLES = MAX_ITERATION // RunConfig.limits("sample_interval")[0] + 1
MAX_ROWS = {
    "metrics": 100_000,
    "evaluations": _MAX_SAMPLES,
    "rate_changes": 100_000,
    "samples": _MAX_SAMPLES,
}

# What Trainer.state() names, and a file of any version holds.
STATE = (
    *("weights", "memory", "hidden"),
    *("position", "iteration", "smooth_loss", "learning_rate"),
)

# name -> (shape, dtype name), known before there is an array.
Facts = dict[str, tuple[tuple[int, ...], str | None]]


class BadRunFile(ValueError):
    """Not a saved run, or one that is damaged; the message is a sentence for people."""


def facts_of(arrays: dict[str, np.ndarray]) -> Facts:
    return {name: (array.shape, array.dtype.name) for name, array in arrays.items()}


def check_tensors(facts: Facts, vocabulary: Vocabulary, config: RunConfig, *, whole: bool) -> None:
    """Raises BadRunFile unless the tensors are those of this network, and as large.

    whole: with all that the run has left behind, not its state alone.
    """
    expected = _state(vocabulary, config)
    if whole:
        expected |= _past(facts, vocabulary, config)
    for name, fact in expected.items():
        if facts.get(name) != fact:
            shape, dtype = facts.get(name, (None, None))
            found = "missing" if shape is None else f"{shape} of {dtype or 'an unknown type'}"
            raise BadRunFile(
                f"This saved network does not fit its own settings: {name} is {found[:60]}, and "
                f"{fact[0]} of {fact[1]} is needed; choose another file."
            )
    if strangers := sorted(set(facts) - set(expected)):
        raise BadRunFile(
            f"This saved network holds something unknown, {strangers[0][:50]!r}: choose a file "
            "that charrnn saved."
        )


def check_values(arrays: dict[str, np.ndarray], config: RunConfig, vocab_size: int) -> None:
    """Raises BadRunFile for numbers that no training leads to. Their shapes are right."""
    low, high = RunConfig.limits("learning_rate")
    ranges = {
        "weights": (-MAX_WEIGHT, MAX_WEIGHT),
        "memory": (np.finfo(config.dtype).smallest_subnormal, np.finfo(config.dtype).max),
        "hidden": (-1, 1),
        "position": (0, _max_text_bytes()),
        "iteration": (0, MAX_ITERATION),
        "smooth_loss": (0, MAX_LOSS),
        "learning_rate": (low, high),
        "seconds": (0, MAX_SECONDS),
        "metrics.loss": (0, MAX_LOSS),
        "metrics.smooth_loss": (0, MAX_LOSS),
        "metrics.seconds": (0, MAX_SECONDS),
        "evaluations.held_out_loss": (0, MAX_LOSS),
        "rate_changes.learning_rate": (low, high),
        "samples.ids": (0, vocab_size - 1),
    }
    until, interval = int(arrays["iteration"]), config.sample_interval
    for name, array in arrays.items():
        if name in ranges:
            holds = _within(array, *ranges[name])
        elif name.endswith(".iteration"):
            holds = _within(array, 0, until) and bool((array[1:] > array[:-1]).all())
            if name in ("evaluations.iteration", "samples.iteration"):
                holds = holds and not (array % interval).any()
        else:
            continue  # the text, which is checked as a text
        if not holds:
            raise BadRunFile(
                f"This saved network is damaged: its {name} cannot come from training; choose "
                "another file."
            )


def sha256_of(text: str) -> str:
    """The hash that names a text, of its UTF-8."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def check_text(text: str, sha256: str, vocabulary: Vocabulary) -> None:
    """Raises BadRunFile unless it is the text that a run has learned from.

    And unless it is one that could have been brought in any other way.
    """
    if sha256_of(text) != sha256:
        raise BadRunFile(
            "This is not the text that the saved network has learned from: bring that one, to the "
            "last character."
        )
    try:
        clean = decoding.clean_pasted(text)
    except decoding.NotText as problem:
        raise BadRunFile(f"The text in this saved network cannot be used: {problem}") from problem
    if clean != text or Vocabulary.of(text).characters != vocabulary.characters:
        raise BadRunFile(
            "This saved network is damaged: its characters are not those of its text; choose "
            "another file."
        )


def _state(vocabulary: Vocabulary, config: RunConfig) -> Facts:
    size = Parameters.size(len(vocabulary), config.hidden_size)
    shapes = {"weights": (size,), "memory": (size,), "hidden": (config.streams, config.hidden_size)}
    whole = {"position": "int64", "iteration": "int64"}
    return {
        name: (shapes[name], config.dtype) if name in shapes else ((), whole.get(name, "float64"))
        for name in STATE
    }


def _past(facts: Facts, vocabulary: Vocabulary, config: RunConfig) -> Facts:
    expected: Facts = {"seconds": ((), "float64")}
    for table, columns in COLUMNS.items():
        n = _length(facts, f"{table}.iteration", MAX_ROWS[table])
        expected[f"{table}.iteration"] = ((n,), "int64")
        expected |= {f"{table}.{column}": ((n,), "float64") for column in columns}
    most = min(MAX_ROWS["samples"], MAX_SAMPLED_CHARACTERS // config.sample_length)
    n = _length(facts, "samples.iteration", most)
    ids = np.min_scalar_type(len(vocabulary) - 1).name
    expected["samples.iteration"] = ((n,), "int64")
    expected["samples.ids"] = ((n, config.sample_length), ids)
    if "text" in facts:
        expected["text"] = ((_length(facts, "text", _max_text_bytes()),), "uint8")
    return expected


def _length(facts: Facts, name: str, most: int) -> int:
    """How long a list is that may have any length up to `most`. 0 if it is no list."""
    shape = facts.get(name, ((), None))[0]
    if len(shape) == 1 and shape[0] > most:
        raise BadRunFile(
            f"This saved network is damaged: it claims {shape[0]:,} of {name}, and at most "
            f"{most:,} are possible; choose another file."
        )
    return shape[0] if len(shape) == 1 else 0


def _within(array: np.ndarray, low: float, high: float) -> bool:
    # NaN fails every comparison. Without an array of the same size for each comparison.
    return array.size == 0 or bool(low <= array.min() and array.max() <= high)


def _max_text_bytes() -> int:
    """A text of this size may come from elsewhere, even where only smaller ones are allowed."""
    return max(Limits().text_bytes, Limits.here().text_bytes)
