"""What is played of a run: its curve, and its samples with the passages that are copied.

Everything is plain numbers, strings and lists, ready for JSON.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from charrnn.engine.analysis.baselines import BASELINE_LABELS, Baselines
from charrnn.engine.analysis.overlap import Overlap
from charrnn.engine.evaluation import bits_per_character
from charrnn.runs.store.records import History, Run
from charrnn.runs.store.store import Store

CURVE_POINTS = 512
Data = dict[str, Any]
Compare = Callable[[str], Overlap]  # a sample with the text


def replay_of(runs: list[Data], baselines: Baselines | None, *, label: str) -> Data:
    """All that replay.js needs. runs: see run_data(). label: of the chart, for screen readers."""
    positions = sorted({sample["iteration"] for run in runs for sample in run["samples"]})
    names = baselines._asdict() if baselines else {}
    return {
        "runs": runs,
        "positions": positions or [0],
        "baselines": [[BASELINE_LABELS[name], bits] for name, bits in names.items()],
        "label": label,
    }


def observe(store: Store, run_id: str, *, samples: int) -> tuple[Run, History, list[Any]]:
    """A run as it is now, its history, and about `samples` of its samples, as (iteration, text).

    Raises KeyError.
    """
    run, history = store.history.observe(run_id, points=CURVE_POINTS, samples=samples)
    texts = [(n, store.history.sample(run_id, n)) for n in history.sample_iterations]
    return run, history, texts


def run_data(
    run: Run,
    history: History,
    samples: Iterable[tuple[int, str]],
    *,
    uniform: float,
    compare: Compare | None = None,
    name: str = "",
    **style: str,
) -> Data:
    """One run. uniform: the bits of guessing, where its curve begins.

    compare: marks what is copied; None marks nothing. name: above its samples. style: the `color`
    and `dash` of its curve.
    """
    T = run.config.seq_length
    curve = {0: uniform} | {n: bits_per_character(loss, T) for n, _, loss, _ in history.metrics}
    curve[run.iteration] = bits_per_character(run.smooth_loss, T) if run.iteration else uniform
    held_out = [[n, bits_per_character(loss, 1)] for n, loss in history.evaluations]
    return {
        "name": name,
        "curve": _finite([n, curve[n]] for n in sorted(curve)),
        "heldOut": _finite(held_out),
        "samples": [_sample(n, text, compare) for n, text in samples],
        **style,
    }


def _finite(points: Iterable[list[float]]) -> list[list[float]]:
    """The points of a curve; a run that diverged may end in others. JSON knows no infinity."""
    return [[n, round(bits, 5)] for n, bits in points if math.isfinite(bits)]


def _sample(iteration: int, text: str, compare: Compare | None) -> Data:
    found = compare(text) if compare else None
    pieces: list[list[Any]] = []  # [text, whether it is copied]
    end = 0
    for start, length in found.matches if found else ():
        pieces += [[text[end:start], False], [text[start : start + length], True]]
        end = start + length
    pieces.append([text[end:], False])
    return {
        "iteration": iteration,
        "pieces": [piece for piece in pieces if piece[0]],
        "copied": found.share if found else None,
    }
