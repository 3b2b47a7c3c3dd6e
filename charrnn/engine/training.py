"""Training, one step at a time. The caller owns the loop, the clock and the screen."""

import math
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from charrnn.engine.arrays import IntArray
from charrnn.engine.corpus import into_streams, training_length, windows_per_epoch
from charrnn.engine.evaluation import HeldOut
from charrnn.engine.gauges import Measurement
from charrnn.engine.initial_weights import TEXTBOOK_SCALE
from charrnn.engine.model import backward, forward
from charrnn.engine.optimizers.by_name import OPTIMIZERS
from charrnn.engine.optimizers.clipping import CLIPPING, TEXTBOOK_LIMIT
from charrnn.engine.optimizers.schedule import DECAY_TO, Schedule
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import greedy_sample, sample, sample_rng
from charrnn.engine.window import Window

SMOOTHING = 0.001
HIDDEN_STATE, GRADIENTS_THROUGH_TIME = ("carried", "cleared"), ("on", "off")
# A single window may well cost more than guessing. When the smooth loss does, by this factor,
# training does not recover.
DIVERGENCE_FACTOR = 1.5


class StepRecord(NamedTuple):
    """What one step measured. Losses in nats, summed over the window."""

    iteration: int
    loss: float
    smooth_loss: float


class Diverged(ArithmeticError):
    """Training diverged: "training diverged at iteration 152: the loss is no longer a number".

    iteration: the step that failed, or the one after which the loss was too high. reason: "the
    loss is no longer a number", "the loss is far worse than guessing", "a gradient is not a number"
    or "a gradient is infinite". The weights are those before the step() that raised.
    """

    def __init__(self, iteration: int, reason: str) -> None:
        super().__init__(iteration, reason)  # what pickle and copy create it from again
        self.iteration, self.reason = iteration, reason

    def __str__(self) -> str:
        return f"training diverged at iteration {self.iteration}: {self.reason}"


class Trainer:
    """A network, the text that it learns, and the position of training in that text."""

    def __init__(
        self,
        ids: IntArray,
        vocab_size: int,
        *,
        hidden_size: int = 100,
        seq_length: int = 25,
        learning_rate: float = 0.1,
        streams: int = 1,
        held_out: float = 0.0,
        seed: int = 0,
        dtype: DTypeLike = np.float32,
        optimizer: str = "adagrad",
        clipping: str = "value",
        clip_limit: float = TEXTBOOK_LIMIT,
        schedule: str = "constant",
        warm_up: int = 0,
        decay_iterations: int = 100_000,
        decay_epochs: int = 1000,
        decay_to: float = DECAY_TO,
        initial_weights: str = "normal",
        initial_scale: float = TEXTBOOK_SCALE,
        hidden_state: str = "carried",
        gradients_through_time: str = "on",
    ) -> None:
        """ids: the text, (n,). held_out: the share at its end that is never trained on.
        optimizer ... initial_scale: see optimizers/ and initial_weights.py; the defaults are the
        textbook's. hidden_state: "carried" from window to window, or "cleared" before each.
        gradients_through_time: "on", or "off" (see model.backward).

        Raises ValueError for a value that is not allowed, and if the training part is too short
        for seq_length and streams (corpus.fit_windows says what would fit).
        """
        _check_choice("optimizer", optimizer, OPTIMIZERS)
        _check_choice("clipping", clipping, CLIPPING)
        _check_choice("hidden_state", hidden_state, HIDDEN_STATE)
        _check_choice("gradients_through_time", gradients_through_time, GRADIENTS_THROUGH_TIME)
        if min(seq_length, streams) < 1:
            raise ValueError(f"seq_length is {seq_length}, streams is {streams}; both begin at 1")
        n_train = training_length(len(ids), held_out)
        self.text = into_streams(ids[:n_train], streams)
        if len(self.text) < seq_length + 1:
            raise ValueError(
                f"seq_length is {seq_length}, but each of {streams} streams has only "
                f"{len(self.text)} characters; at least {seq_length + 1} are needed"
            )
        self.seed, self.seq_length, self.streams = seed, seq_length, streams
        self.learning_rate = float(learning_rate)
        epochs = decay_epochs * windows_per_epoch(len(self.text), seq_length)
        self.schedule = Schedule(schedule, warm_up, min(decay_iterations, epochs), decay_to)
        self.weights = Parameters.initial(
            vocab_size,
            hidden_size,
            seed=seed,
            dtype=dtype,
            kind=initial_weights,
            scale=initial_scale,
        )
        self.gradients = self.weights.zeros_like()
        self.window = Window(self.weights, seq_length, streams)
        self.clipping, self.clip, self.clip_limit = clipping, CLIPPING[clipping], clip_limit
        self.optimizer = OPTIMIZERS[optimizer](self.weights)
        self.carries = hidden_state == "carried"
        self.through_time = gradients_through_time == "on"
        self.held_out = HeldOut(ids, n_train, self.weights) if n_train < len(ids) else None
        self.iteration = 0
        self.position = 0
        self.smooth_loss = seq_length * math.log(vocab_size)  # the loss of guessing
        self._diverged_above = DIVERGENCE_FACTOR * seq_length * math.log(max(vocab_size, 2))

    def step(self, measurement: Measurement | None = None) -> StepRecord:
        """Read one window, update the weights, and move on. Raises Diverged.

        measurement: measures the step without changing it.
        """
        T, window = self.seq_length, self.window
        window.load(self.text[self.position : self.position + T + 1])
        loss = forward(self.weights, window)
        if not math.isfinite(loss):
            raise Diverged(self.iteration + 1, "the loss is no longer a number")
        if self.smooth_loss > self._diverged_above:
            raise Diverged(self.iteration, "the loss is far worse than guessing")
        backward(self.weights, window, self.gradients, through_time=self.through_time)
        rate = self.scheduled_learning_rate()
        if measurement:
            measurement.before_clipping(
                self.weights,
                self.gradients,
                window.states[1:],
                clipping=self.clipping,
                limit=self.clip_limit,
            )
        try:
            self.clip(self.gradients.flat, self.clip_limit)
        except FloatingPointError as error:
            raise Diverged(self.iteration + 1, str(error)) from error
        self.iteration += 1
        self.optimizer.update(self.gradients, rate, self.iteration)
        if measurement:
            measurement.after_update(self.weights)
        self.smooth_loss += SMOOTHING * (loss - self.smooth_loss)
        self.position += T
        # >= as in the notebook: the last window that would fit is skipped.
        wraps = self.position + T + 1 >= len(self.text)
        if wraps:
            self.position = 0
        if self.carries and not wraps:  # the end of the text is no context for its beginning
            window.carry()
        else:
            window.carried = 0.0
        return StepRecord(self.iteration, loss, self.smooth_loss)

    def scheduled_learning_rate(self) -> float:
        """The learning rate of the next update, which may warm up and decay: see schedule.py."""
        return self.learning_rate * self.schedule.share(self.iteration)

    def sample(self, length: int = 200, temperature: float = 1.0) -> NDArray[np.intp]:
        """Ids written from the carried hidden state and the first character of the next window."""
        rng = sample_rng(self.seed, self.iteration)
        return sample(
            self.weights, rng, **self._sample_start(), length=length, temperature=temperature
        )

    def greedy_sample(self, length: int = 60) -> NDArray[np.intp]:
        """Ids written from the same start, always the most likely character."""
        return greedy_sample(self.weights, **self._sample_start(), length=length)

    def held_out_loss(self) -> float | None:
        """Nats per held-out character, or None if nothing is held out."""
        if self.held_out is None:
            return None
        return self.held_out.loss(self.position, self.window.carried[0])

    def evaluation_interval(self, sample_interval: int) -> int:
        """After how many iterations to measure the held-out loss again, see evaluation.py."""
        if self.held_out is None:
            return sample_interval
        return self.held_out.interval(
            sample_interval, seq_length=self.seq_length, streams=self.streams
        )

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything the next steps depend on. Restored, training continues bit for bit."""
        return {
            "weights": self.weights.packed(),
            **{name: part.packed() for name, part in self.optimizer.accumulators.items()},
            "hidden": self.window.carried.copy(),
            "position": np.array(self.position),
            "iteration": np.array(self.iteration),
            "smooth_loss": np.array(self.smooth_loss),
            "learning_rate": np.array(self.learning_rate),
        }

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Return to a state(). Raises ValueError, changing nothing, if it does not fit."""
        current = self.state()
        if state.keys() != current.keys():
            raise ValueError("the saved state belongs to another optimizer")
        accumulators = self.optimizer.accumulators
        for name in ("weights", "hidden", *accumulators):
            saved, own = state[name], current[name]
            if (saved.shape, saved.dtype) != (own.shape, own.dtype):
                raise ValueError(f"the saved {name} belongs to a network of another size")
        if not 0 <= int(state["position"]) <= len(self.text) - self.seq_length - 1:
            raise ValueError("the saved position lies outside this text")
        self.weights.unpack(state["weights"])
        for name, accumulator in accumulators.items():
            accumulator.unpack(state[name])
        self.window.carried = state["hidden"]
        self.position = int(state["position"])
        self.iteration = int(state["iteration"])
        self.smooth_loss = float(state["smooth_loss"])
        self.learning_rate = float(state["learning_rate"])

    def _sample_start(self) -> dict[str, Any]:
        return {"hidden": self.window.carried[0], "first": int(self.text[self.position, 0])}


def _check_choice(name: str, value: str, allowed: Collection[str]) -> None:
    """Raises ValueError unless a setting has one of the allowed values."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; allowed: {', '.join(allowed)}")
