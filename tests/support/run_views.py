"""A view of a run for tests of what the Train page says and draws."""

import math
from typing import Any

from charrnn.engine.analysis.baselines import Baselines
from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus
from charrnn.ui.train.run_view import CurvePoint, RunView

BIT = math.log(2)  # nats
T, STREAMS = 10, 4
BASELINES = Baselines(uniform=5.0, unigram=4.0, bigram=3.0, trigram=2.0)
CORPUS = Corpus("0" * 64, "any", "abc", 1000, "abc", BASELINES)


def make_view(
    *,
    bits: float = 5.0,
    iteration: int = 0,
    curve: list[tuple[int, float, float]] | None = None,
    iterations: int = 100_000,
    **changes: Any,
) -> RunView:
    """A run that has come to `iteration` with a smooth loss of `bits` per character.

    curve: (iteration, loss of the window, smooth loss), losses in bits per character.
    """
    curve = curve or [(0, 5.0, 5.0), (iteration, bits, bits)]
    points = [CurvePoint(n, loss * T * BIT, smooth * T * BIT, n / 100) for n, loss, smooth in curve]
    newest = points[-1]
    fields: dict[str, Any] = {
        "evaluations": [],
        "rate_changes": [],
        "sample_iterations": [0],
        "newest_sample": (0, "abc"),
        "greedy_sample": "abc",
        "characters_per_second": 4000.0,
        "moving": True,
        "divergence": "",
        "baselines": BASELINES,
        "recent_loss": newest.smooth_loss,
    }
    return RunView(
        corpus=CORPUS,
        config=RunConfig(seq_length=T, streams=STREAMS),
        curve=points,
        iteration=newest.iteration,
        iterations=iterations,
        smooth_loss=newest.smooth_loss,
        seconds=newest.seconds,
        **(fields | changes),
    )
