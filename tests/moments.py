"""One moment of a run, as a page says and draws it."""

import math

from charrnn.engine.landmarks import Landmarks
from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, History
from charrnn.ui.snapshot import Snapshot

BIT = math.log(2)  # nats
T, STREAMS = 10, 4
MARKS = Landmarks(uniform=5.0, unigram=4.0, bigram=3.0, trigram=2.0)
CORPUS = Corpus("0" * 64, "any", "abc", 1000, "abc", MARKS)


def a_snapshot(*, bits=5.0, iteration=0, metrics=None, iterations=100_000, **changes):
    """A run that stands at `bits` per character. metrics: (iteration, bits of the window, bits)."""
    metrics = metrics or [(0, 5.0, 5.0), (iteration, bits, bits)]
    history = {
        "metrics": [(n, loss * T * BIT, smooth * T * BIT, n / 100) for n, loss, smooth in metrics],
        "evaluations": [],
        "rate_changes": [],
        "sample_iterations": [0],
        "newest_sample": (0, "abc"),
    }
    return Snapshot(
        corpus=CORPUS,
        config=RunConfig(seq_length=T, streams=STREAMS),
        history=History(**(history | changes)),
        iteration=metrics[-1][0],
        iterations=iterations,
        smooth_loss=metrics[-1][2] * T * BIT,
        seconds=metrics[-1][0] / 100,
        characters_per_second=4000.0,
        likeliest="abc",
        moving=True,
    )
