"""Training, one step at a time. The caller owns the loop, the clock and the screen."""

import math
from typing import NamedTuple

import numpy as np

from charrnn.engine.adagrad import Adagrad
from charrnn.engine.corpus import in_streams
from charrnn.engine.evaluation import HeldOut
from charrnn.engine.model import Backward, Forward
from charrnn.engine.parameters import Parameters
from charrnn.engine.sampling import likeliest, sample, sample_rng

SMOOTHING = 0.001
# Bad luck makes a window cost more than guessing. When the average of a thousand does, by this
# factor, the network has lost its way and does not find it back.
DIVERGED = 1.5
MIN_HELD_OUT = 50  # characters


class StepRecord(NamedTuple):
    """What one step measured. Losses in nats, summed over the window."""

    iteration: int
    loss: float
    smooth_loss: float


class Diverged(ArithmeticError):
    """Learning has broken down: the loss is no longer a number, or far worse than guessing.

    The weights are those before the step.
    """


class Trainer:
    """A network, its text, and where it is in it."""

    def __init__(
        self,
        ids: np.ndarray,
        vocab_size: int,
        *,
        hidden_size: int = 100,
        seq_length: int = 25,
        learning_rate: float = 0.1,
        streams: int = 1,
        held_out: float = 0.0,
        seed: int = 0,
        dtype: np.dtype = np.float32,
    ):
        """ids: the text, (n,). held_out: the share at its end that is never learned from.

        Raises ValueError if what is left is too short for seq_length and streams
        (corpus.fit_windows says what would fit).
        """
        n_train = split(len(ids), held_out)
        self.text = in_streams(ids[:n_train], streams)
        if len(self.text) < seq_length + 1:
            raise ValueError(
                f"seq_length is {seq_length}, but each of {streams} streams has only "
                f"{len(self.text)} characters; at least {seq_length + 1} are needed"
            )
        self.seed, self.seq_length, self.streams = seed, seq_length, streams
        self.learning_rate = float(learning_rate)
        self.weights = Parameters.initial(vocab_size, hidden_size, seed=seed, dtype=dtype)
        self.forward = Forward(self.weights, seq_length, streams)
        self.backward = Backward(self.forward)
        self.adagrad = Adagrad(self.weights)
        self.held_out = HeldOut(ids[n_train:], self.weights) if n_train < len(ids) else None
        self.iteration = 0
        self.position = 0
        self.smooth_loss = seq_length * math.log(vocab_size)  # what guessing costs
        self._lost = DIVERGED * seq_length * math.log(max(vocab_size, 2))

    def step(self) -> StepRecord:
        """Read one window, learn from it, move on. Raises Diverged."""
        p, T = self.position, self.seq_length
        window = self.text[p : p + T + 1].astype(np.intp)
        inputs, targets = window[:-1], window[1:]
        loss = self.forward(inputs, targets)
        if not math.isfinite(loss):
            raise Diverged(f"the loss became {loss} at iteration {self.iteration + 1}")
        if self.smooth_loss > self._lost:
            raise Diverged(
                f"the loss stays far above what guessing would cost, at iteration {self.iteration}"
            )
        gradients = self.backward()
        try:
            self.adagrad.update(gradients, self.learning_rate)
        except FloatingPointError as error:
            raise Diverged(f"{error} at iteration {self.iteration + 1}") from error
        self.forward.carry()
        self.smooth_loss += SMOOTHING * (loss - self.smooth_loss)
        self.iteration += 1
        self.position += T
        if self.position + T + 1 >= len(self.text):
            # The text wraps: what was read last does not come before what is read next.
            self.position = 0
            self.forward.carried[:] = 0
        return StepRecord(self.iteration, loss, self.smooth_loss)

    def sample(self, length: int = 200, temperature: float = 1.0) -> np.ndarray:
        """Ids written from where the network stands: its memory and the next window's start."""
        rng = sample_rng(self.seed, self.iteration)
        return sample(self.weights, rng, **self._here(), length=length, temperature=temperature)

    def likeliest(self, length: int = 60) -> np.ndarray:
        """Ids written from the same place, always the likeliest character."""
        return likeliest(self.weights, **self._here(), length=length)

    def held_out_loss(self) -> float | None:
        """Nats for each held-out character, or None if nothing is held out."""
        return self.held_out.loss(self.forward.carried[0]) if self.held_out else None

    def state(self) -> dict[str, np.ndarray]:
        """All that the future depends on. Restored, training goes on to the same bits."""
        return {
            "weights": self.weights.packed(),
            "memory": self.adagrad.memory.packed(),
            "hidden": self.forward.carried.copy(),
            "position": np.array(self.position),
            "iteration": np.array(self.iteration),
            "smooth_loss": np.array(self.smooth_loss),
            "learning_rate": np.array(self.learning_rate),
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go back to a state(). Raises ValueError if it belongs to another shape of network."""
        now = self.state()
        for name in ("weights", "memory", "hidden"):
            if (state[name].shape, state[name].dtype) != (now[name].shape, now[name].dtype):
                raise ValueError(f"the saved {name} belong to a network of another size")
        if not 0 <= int(state["position"]) <= len(self.text) - self.seq_length - 1:
            raise ValueError("the saved position lies outside this text")
        self.weights.unpack(state["weights"])
        self.adagrad.memory.unpack(state["memory"])
        self.forward.carried[:] = state["hidden"]
        self.position = int(state["position"])
        self.iteration = int(state["iteration"])
        self.smooth_loss = float(state["smooth_loss"])
        self.learning_rate = float(state["learning_rate"])

    def _here(self) -> dict:
        return {"hidden": self.forward.carried[0], "first": int(self.text[self.position, 0])}


def split(n_characters: int, held_out: float) -> int:
    """How many characters, from the start, are learned from when `held_out` are set aside.

    A part of fewer than MIN_HELD_OUT would measure little but luck: then none are set aside.
    """
    n_held_out = round(n_characters * held_out)
    return n_characters - n_held_out if n_held_out >= MIN_HELD_OUT else n_characters
