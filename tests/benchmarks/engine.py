"""How fast the engine trains, compared with the textbook and PyTorch, on one CPU core.

Baseline and engine take turns in short blocks in one process, so that a busy machine slows both.
The speed-up is the median over the pairs of blocks.
"""

import importlib.util
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from charrnn.engine.textbook import TextbookTrainer
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary

DATA = Path(__file__).parents[2] / "data"
BLOCK_SECONDS = 0.1
SECONDS_PER_COMPARISON = 10
WARM_UP_STEPS = 20
SEQ_LENGTH = 25
LEARNING_RATE = 0.1


class Comparison(NamedTuple):
    baseline: str
    hidden_size: int
    streams: int
    target: float


COMPARISONS = [
    Comparison("textbook", 83, 1, 7),
    Comparison("textbook", 256, 1, 8),
    Comparison("textbook", 83, 16, 18),
    Comparison("PyTorch", 83, 1, 8),
    Comparison("PyTorch, fused update", 83, 1, 8),
]


def main(text_file: Path | None = None) -> None:
    text_file = text_file or max(DATA.glob("*.txt"), key=lambda file: file.stat().st_size)
    text = text_file.read_text(encoding="utf-8")
    vocabulary = Vocabulary.of(text)
    ids, V = vocabulary.encode(text), len(vocabulary)
    has_torch = importlib.util.find_spec("torch") is not None

    print(f"Python {platform.python_version()}, NumPy {np.__version__}, one BLAS thread")
    print(f"{text_file.name}: {len(text):,} characters, {V} distinct; seq_length {SEQ_LENGTH}")
    print("Engine: float32. Speed-up: characters/s, median over pairs of blocks (quartiles).\n")
    print(
        f"{'baseline':<22}{'hidden':>7}{'streams':>9}{'windows/s':>11}{'engine':>8}"
        f"{'characters/s':>14}{'engine':>9}{'speed-up':>10}{'quartiles':>15}{'target':>8}"
    )
    for comparison in COMPARISONS:
        if comparison.baseline.startswith("PyTorch") and not has_torch:
            continue
        engine, baseline = contenders(comparison, ids, V)
        windows, base_windows = rates(engine.step, baseline.step)
        characters = windows * comparison.streams * SEQ_LENGTH
        base_characters = base_windows * SEQ_LENGTH
        low, median, high = np.quantile(characters / base_characters, [0.25, 0.5, 0.75])
        print(
            f"{comparison.baseline:<22}{comparison.hidden_size:>7}{comparison.streams:>9}"
            f"{np.median(base_windows):>11,.0f}{np.median(windows):>8,.0f}"
            f"{np.median(base_characters):>14,.0f}{np.median(characters):>9,.0f}"
            f"{median:>9.1f}x{f'{low:.1f} to {high:.1f}':>15}{comparison.target:>7}x",
            flush=True,
        )
    if not has_torch:
        print("\nPyTorch is not installed, so the engine was not compared with it.")


class Steps(Protocol):
    def step(self) -> object: ...


def contenders(comparison: Comparison, ids: np.ndarray, V: int) -> tuple[Steps, Steps]:
    """The engine and its baseline, on one stream. The textbook starts with the same weights."""
    shared = {"seq_length": SEQ_LENGTH, "learning_rate": LEARNING_RATE}
    hidden_size = comparison.hidden_size
    engine = Trainer(ids, V, hidden_size=hidden_size, streams=comparison.streams, **shared)
    if comparison.baseline.startswith("PyTorch"):
        from tests.benchmarks.torch_rnn import TorchTrainer

        fused = "fused" in comparison.baseline
        return engine, TorchTrainer(ids, V, hidden_size=hidden_size, fused=fused, **shared)
    names = ("Wxh", "Whh", "Why", "bh", "by")
    weights = {name: getattr(engine.weights, name) for name in names}
    return engine, TextbookTrainer(ids, weights=weights, **shared)


def rates(
    engine_step: Callable[[], object], baseline_step: Callable[[], object]
) -> tuple[np.ndarray, np.ndarray]:
    """Steps per second of engine and baseline, block by block."""
    for _ in range(WARM_UP_STEPS):
        engine_step()
        baseline_step()
    end = time.perf_counter() + SECONDS_PER_COMPARISON
    pairs, turn = [], 1
    while time.perf_counter() < end:
        first, second = (rate(step) for step in (engine_step, baseline_step)[::turn])
        pairs.append((first, second)[::turn])
        turn = -turn  # take turns at going first
    return np.array(pairs).T


def rate(step: Callable[[], object]) -> float:
    """Steps per second over one block."""
    start = now = time.perf_counter()
    steps = 0
    while now - start < BLOCK_SECONDS:
        step()
        steps += 1
        now = time.perf_counter()
    return steps / (now - start)
