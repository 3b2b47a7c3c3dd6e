"""Whether one run gains from a second BLAS thread: alone on two cores, and beside another program.

BLAS reads the number of its threads when it is loaded, so each measurement is a process of its own;
those with one thread and with two take turns.
"""

import os
import statistics
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.workers.blas import ONE_THREAD

DATA = Path(__file__).parents[2] / "data"
HIDDEN_SIZES, STREAMS = (192, 512, 1024), (8, 16, 64)
TURNS = 3
SECONDS = 1.0
WARM_UP_STEPS = 3
BUSY = [sys.executable, "-c", "while True: pass"]


def main(text_file: Path | None = None) -> None:
    text_file = text_file or max(DATA.glob("*.txt"), key=lambda file: file.stat().st_size)
    print(f"\n{text_file.name}: characters/s of one run with two BLAS threads against one")
    print("  hidden   streams    one thread   two: alone   beside another program")
    for hidden_size, streams in product(HIDDEN_SIZES, STREAMS):
        command = [sys.executable, "-m", __name__, str(text_file), str(hidden_size), str(streams)]
        one, two = _rates(command)
        with subprocess.Popen(BUSY) as other:
            one_beside, two_beside = _rates(command)
            other.kill()
        print(
            f"{hidden_size:>8}{streams:>10}{one:>14,.0f}{two / one:>12.2f}x"
            f"{two_beside / one_beside:>23.2f}x",
            flush=True,
        )


def _rates(command: list[str]) -> tuple[float, float]:
    """Characters per second with one thread and with two, the medians of a few turns."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(TURNS):
        for threads, found in rates.items():
            environment = os.environ | dict.fromkeys(ONE_THREAD, str(threads))
            result = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=True
            )
            found.append(float(result.stdout))
    return statistics.median(rates[1]), statistics.median(rates[2])


def characters_per_second(text: str, hidden_size: int, streams: int) -> float:
    """How fast such a network trains with Adam."""
    vocabulary = Vocabulary.of(text)
    config = RunConfig(
        hidden_size=hidden_size, streams=streams, optimizer="adam", learning_rate=0.001
    )
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
    for _ in range(WARM_UP_STEPS):
        trainer.step()
    started, steps = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        trainer.step()
        steps += 1
    return steps * config.characters_per_iteration / (time.perf_counter() - started)


if __name__ == "__main__":
    text_file, hidden_size, streams = sys.argv[1:]
    text = Path(text_file).read_text(encoding="utf-8")
    print(characters_per_second(text, int(hidden_size), int(streams)))
