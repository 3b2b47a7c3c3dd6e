"""How well a network predicts held-out text after 10, 60 and 600 seconds of one core.

For texts of 20 kB, 93 kB (the story in data/) and, given by --text, a longer one. Each recipe is
compared with the textbook's loop and, where PyTorch is installed, with nn.RNN that follows the
same recipes. Seconds are CPU time of training alone, so a busy machine changes little. Decay
depends on the iteration, so a faster core finishes it earlier; a recipe with a decay stops where
its runs do, and keeps its figure from then on. Textbook goes on, as the notebook's loop does.

Held-out bits: the last tenth of the text, read in one go after the 2,000 characters before it. The
end of a long text may differ from the rest of it, as one play from another; with --spread, the
tenth is ten stretches from all over the text, and the difference in bits says how much that costs.
"""

import importlib.util
import math
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from charrnn.engine.corpus import into_streams, training_length
from charrnn.engine.model import forward
from charrnn.engine.parameters import Parameters
from charrnn.engine.textbook import TextbookTrainer
from charrnn.engine.training import Diverged, Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.engine.window import Window
from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES

STORY = Path(__file__).parents[2] / "data" / "three_stone.txt"
SHORT = 20_000  # characters
HELD_OUT = 0.1
STRETCHES = 10  # that are held out with --spread
MARKS = (10, 60, 600)  # seconds
BLOCK_SECONDS = 0.1
BEFORE, WINDOW = 2000, 1000  # characters
LOOP, TORCH = "textbook loop", "PyTorch "


class Contender(Protocol):
    def step(self) -> object: ...


class Entry(NamedTuple):
    """A contender, and its weights as of now."""

    contender: Contender
    weights: Callable[[], Parameters]


def main(
    text_file: Path | None = None,
    marks: Sequence[float] | None = None,
    only: Sequence[str] | None = None,
    spread: bool = False,
) -> None:
    """marks: in seconds. only: the contenders to measure, by name. spread: see above."""
    marks = sorted(marks or MARKS)
    story = STORY.read_text(encoding="utf-8")
    texts = {"20 kB": story[:SHORT], "the story": story}
    if text_file:
        texts = {text_file.name: text_file.read_text(encoding="utf-8")}
    if spread:
        texts = {f"{name}, spread": with_stretches_last(text) for name, text in texts.items()}
    heading = "".join(f"{f'{mark:g} s':>8}" for mark in marks)
    print(f"{'text':<28}{'characters':>11}  {'learns by':<20}{heading}{'iterations':>12}")
    for name, text in texts.items():
        vocabulary = Vocabulary.of(text)
        ids = vocabulary.encode(text)
        for contender in only or contenders():
            bits, iterations = measure(contender, ids, len(vocabulary), marks)
            columns = "".join(f"{value:>8.2f}" for value in bits)
            print(
                f"{name:<28}{len(text):>11,}  {contender:<20}{columns}{iterations:>12,}", flush=True
            )


def with_stretches_last(text: str) -> str:
    """The text with evenly spaced STRETCHES of it, together a tenth, moved to its end."""
    length = int(HELD_OUT * len(text) / STRETCHES)
    starts = [(2 * i + 1) * len(text) // (2 * STRETCHES) for i in range(STRETCHES)]
    edges = [0, *(edge for start in starts for edge in (start, start + length)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    return "".join(pieces[::2] + pieces[1::2])


def contenders() -> Iterator[str]:
    """The names of everything that can be measured here."""
    yield LOOP
    yield from RECIPES
    if importlib.util.find_spec("torch"):
        yield from (f"{TORCH}{name}" for name in RECIPES)


def measure(
    name: str, ids: np.ndarray, vocab_size: int, marks: Sequence[float]
) -> tuple[list[float], int]:
    """Held-out bits per character at each mark, nan after divergence; and the iterations."""
    last = last_iteration(name)
    n_train = training_length(len(ids), HELD_OUT)
    contender, weights = entry(name, ids, n_train, vocab_size)
    bits, used, iterations = [], 0.0, 0
    for mark in marks:
        while used < mark and iterations < last:
            started = time.process_time()
            try:
                while (
                    time.process_time() - started < min(BLOCK_SECONDS, mark - used)
                    and iterations < last
                ):
                    contender.step()
                    iterations += 1
            except Diverged:
                return bits + [math.nan] * (len(marks) - len(bits)), iterations
            used += time.process_time() - started
        bits.append(held_out_bits(weights(), ids, n_train))
    return bits, iterations


def last_iteration(name: str) -> float:
    """The iteration at which a recipe with a decay stops; infinity without a decay."""
    recipe = RECIPES.get(name.removeprefix(TORCH))
    if recipe is None or recipe.settings["schedule"] == "constant":
        return math.inf
    return int(recipe.settings["iterations"])


def entry(name: str, ids: np.ndarray, n_train: int, vocab_size: int) -> Entry:
    """A contender before its first update. Raises ValueError for a name that is not known."""
    if name not in (known := list(contenders())):
        raise ValueError(f"nothing learns by {name!r}; choose from: {', '.join(known)}")
    if name in RECIPES:
        config = RunConfig(**RECIPES[name].settings, held_out=HELD_OUT)
        trainer = Trainer(ids, vocab_size, **config.trainer_settings())
        return Entry(trainer, lambda: trainer.weights)
    if name.startswith(TORCH):
        from tests.benchmarks.torch_rnn import TorchRecipeTrainer

        config = RunConfig(**RECIPES[name.removeprefix(TORCH)].settings)
        text = into_streams(ids[:n_train], config.streams)
        torch_trainer = TorchRecipeTrainer(text, vocab_size, config)
        return Entry(torch_trainer, torch_trainer.weights)
    config = RunConfig()
    first = config.weights_before_training(vocab_size)
    arrays = {part: getattr(first, part) for part in ("Wxh", "Whh", "Why", "bh", "by")}
    loop = TextbookTrainer(
        ids[:n_train],
        weights=arrays,
        seq_length=config.seq_length,
        learning_rate=config.learning_rate,
    )

    def weights() -> Parameters:
        for part, array in arrays.items():
            array[...] = getattr(loop.weights, part).reshape(array.shape)
        return first

    return Entry(loop, weights)


def held_out_bits(weights: Parameters, ids: np.ndarray, n_train: int) -> float:
    """Bits per character of the whole held-out part, read in one go."""
    losses: list[np.ndarray] = []
    carried: np.ndarray | float = 0.0
    start = max(0, n_train - 1 - BEFORE)
    while start < len(ids) - 1:
        T = min(WINDOW, len(ids) - 1 - start)
        window = Window(weights, T)
        window.carried = carried
        window.load(ids[start : start + T + 1, None])
        forward(weights, window)
        losses.append(window.losses[max(0, n_train - 1 - start) :])
        carried, start = window.states[-1].copy(), start + T
    return float(np.concatenate(losses).mean()) / math.log(2)
