"""The held-out loss: how close it is to reading the text in one go, and what it costs.

A network is trained on texts of several lengths, of which the last tenth is held out. Its held-out
loss is compared with that of one stream, which reads on from where training is to the end of the
text (the whole text from zeros, if it is short). Some networks have no single answer, because they
keep time and lose a beat now and then. So a stream that starts 1,000 characters before the held-out
part, from zeros, is shown as well.

Cost: measuring and training take turns in one process. The share is that of the training time
between two measurements, at the interval that is used at the defaults.
"""

import statistics
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from charrnn.engine.corpus import training_length
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.model import forward
from charrnn.engine.ngrams import ngram_bits
from charrnn.engine.parameters import Parameters
from charrnn.engine.stretches import OPENING, SHORT, WARM_UP
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.engine.window import Window

DATA = Path(__file__).parents[2] / "data"
HELD_OUT = 0.1
LENGTHS = (500, 2_000, 5_000, 10_000, 20_000, 50_000, 200_000)  # characters, in all
STAGES = (2_000, 10_000)  # iterations
SAMPLE_INTERVAL = 1_000  # iterations
BLOCKS, STEPS_PER_BLOCK = 15, 200
SHARE_TARGET = 0.02
AGREEMENT_TARGET = 0.01  # bits
LATE_START = 1_000  # characters before the held-out part


def main(text_file: Path | None = None) -> None:
    files = [text_file] if text_file else sorted(DATA.glob("*.txt"))
    disagreements, shares = [], []
    for file in files:
        text = file.read_text(encoding="utf-8")
        print(f"\n{file.name}: {len(text):,} characters")
        _print_ngrams(text)
        print(f"{'':>12}{'bits per character':^40}{'':>9}{'cost':^27}")
        print(
            f"{'held out':>9}{'trained':>9}{'held-out loss':>15}{'in one go':>11}{'off by':>9}"
            f"{'late start':>12}{'ms':>8}{'every':>8}{'share':>8}   targets"
        )
        for n in [*(n for n in LENGTHS if n < len(text)), len(text)]:
            measured = _print_agreement(text[:n])
            disagreements += [(abs(bits), file.name, n) for bits in measured.off_by]
            shares.append((measured.share, file.name, n))
    bits, name, n = max(disagreements)
    within = sum(bits <= AGREEMENT_TARGET for bits, _, _ in disagreements)
    print(
        f"\nlargest disagreement: {bits:.4f} bits ({name}, {n:,} characters); {within} of "
        f"{len(disagreements)} within {AGREEMENT_TARGET} bits"
    )
    share, name, n = max(shares)
    print(f"largest cost: {share:.2%} of the training time ({name}, {n:,} characters)")


def _print_ngrams(text: str) -> None:
    """What counting reaches: Witten-Bell n-grams, bits per character of the held-out part."""
    vocabulary = Vocabulary.of(text)
    ids, n_train = vocabulary.encode(text), training_length(len(text), HELD_OUT)
    started = time.perf_counter()
    bits = ngram_bits(ids, len(vocabulary), n_train, order=5)
    seconds = time.perf_counter() - started
    listed = ", ".join(f"{n}: {order.mean():.3f}" for n, order in enumerate(bits, 1))
    print(f"Witten-Bell n-grams, bits per character: {listed} ({seconds:.2f} s)")


class Measured(NamedTuple):
    """off_by: bits per character, at each stage. share: of the training time."""

    off_by: list[float]
    share: float


def _print_agreement(text: str) -> Measured:
    vocabulary = Vocabulary.of(text)
    ids, V = vocabulary.encode(text), len(vocabulary)
    trainer = Trainer(ids, V, held_out=HELD_OUT)
    n_train = training_length(len(ids), HELD_OUT)
    interval = trainer.evaluation_interval(SAMPLE_INTERVAL)
    off_by = []
    for stage in STAGES:
        while trainer.iteration < stage:
            trainer.step()
        found = bits_per_character(trainer.held_out_loss(), 1)
        position, hidden = trainer.position, trainer.window.carried[0]
        if n_train <= SHORT or n_train - position < WARM_UP + OPENING + 2:
            position, hidden = 0, 0.0
        in_one_go = _bits_in_one_go(trainer.weights, ids[position:], n_train - position, hidden)
        late = max(0, n_train - LATE_START)
        late_start = _bits_in_one_go(trainer.weights, ids[late:], n_train - late)
        off_by.append(found - in_one_go)
        print(
            f"{len(ids) - n_train:>9,}{stage:>9,}{found:>15.4f}{in_one_go:>11.4f}"
            f"{found - in_one_go:>+9.4f}{late_start - in_one_go:>+12.4f}",
            end="",
        )
        if stage != STAGES[-1]:
            print()
    measuring, step = _seconds(trainer)
    share = measuring / (interval * step)
    print(
        f"{1000 * measuring:>8.2f}{interval:>8,}{share:>8.2%}   "
        f"{AGREEMENT_TARGET} bits, {SHARE_TARGET:.0%}",
        flush=True,
    )
    return Measured(off_by, share)


def _bits_in_one_go(
    weights: Parameters, ids: np.ndarray, n_train: int, hidden: np.ndarray | float = 0.0
) -> float:
    """Bits per character after n_train characters, read by one stream from the first one on."""
    T = 100
    window = Window(weights, T, 1)
    window.carried = hidden
    padded = np.pad(ids, (0, -(len(ids) - 1) % T), mode="edge")[:, None]
    losses = []
    for start in range(0, len(padded) - T, T):
        window.load(padded[start : start + T + 1])
        forward(weights, window)
        window.carry()
        losses.append(window.losses.copy())
    held_out = np.concatenate(losses)[n_train - 1 : len(ids) - 1]
    return bits_per_character(held_out.sum(dtype=np.float64), len(held_out))


def _seconds(trainer: Trainer) -> tuple[float, float]:
    """The median CPU time of a measurement and of a training step, taken in turns."""
    measuring, training = [], []
    for _ in range(BLOCKS):
        started = time.process_time()
        trainer.held_out_loss()
        middle = time.process_time()
        for _ in range(STEPS_PER_BLOCK):
            trainer.step()
        measuring.append(middle - started)
        training.append((time.process_time() - middle) / STEPS_PER_BLOCK)
    return statistics.median(measuring), statistics.median(training)


if __name__ == "__main__":
    main()
