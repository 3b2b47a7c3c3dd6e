"""What measuring the gauges costs a worker, as a share of its training time, on one CPU core.

A measured step and a plain one take turns, so that a busy machine slows both. The worker measures
one step in GAUGE_INTERVAL at first, and fewer later: the share printed is the largest.
"""

import time
from typing import Any, NamedTuple

import numpy as np

from charrnn.engine.gauges import Measurement
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.recipes import RECIPES
from charrnn.runs.recording import GAUGE_INTERVAL
from charrnn.runs.texts import library

SECONDS = 5
TARGET = 0.03
OF_A_TRAINER = ("hidden_size", "streams", "learning_rate", "optimizer", "clipping")


class Network(NamedTuple):
    name: str
    settings: dict[str, Any]


NETWORKS = [
    *(
        Network(f"Textbook, hidden {h}", {"hidden_size": h, "learning_rate": 0.01})
        for h in (8, 32, 100, 256, 512, 1024)
    ),
    *(
        Network(RECIPES[name].title, {n: RECIPES[name].settings[n] for n in OF_A_TRAINER})
        for name in ("quick", "patient")
    ),
]


def main() -> None:
    text = library.load("three_stone")
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    print(f"three_stone, one step in {GAUGE_INTERVAL} is measured; target: under {TARGET:.0%}")
    print(f"{'network':<24}{'plain step':>12}{'measured':>12}{'share of the time':>20}")
    for network in NETWORKS:
        trainer = Trainer(ids, len(vocabulary), **network.settings)
        plain, measured = _step_seconds(trainer)
        share = (measured - plain) / plain / GAUGE_INTERVAL
        print(
            f"{network.name:<24}{plain * 1e6:>9,.0f} µs{measured * 1e6:>9,.0f} µs{share:>20.2%}",
            flush=True,
        )


def _step_seconds(trainer: Trainer) -> tuple[float, float]:
    """Seconds of a plain step and of a measured one.

    Their lower quartiles: a process that competes for the memory can double any single step.
    """
    measurement = Measurement(trainer.weights)
    pairs, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        seconds = []
        # The step right after a measured one finds another cache: it is not counted.
        for each in (None, None, measurement):
            start = time.perf_counter()
            trainer.step(each)
            seconds.append(time.perf_counter() - start)
        pairs.append(seconds[1:])
    plain, measured = np.quantile(pairs, 0.25, axis=0)
    return float(plain), float(measured)
