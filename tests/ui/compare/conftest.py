"""Compared runs as a test describes them, without training."""

import math
from dataclasses import replace

import pytest

from charrnn.engine.analysis.baselines import Baselines
from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus, History
from charrnn.ui.compare.compared_run import ComparedRun
from charrnn.ui.compare.line_style import LineStyle

BIT = math.log(2)  # nats
SMALL = RunConfig(hidden_size=8, iterations=400, sample_interval=100, sample_length=40)
CORPUS = Corpus("0" * 64, "any", "abc", 1000, "abc", Baselines(5.0, 4.0, 3.0, 2.0))


@pytest.fixture
def compared_run(workspace, corpus):
    """compared_run(bits=..., **settings): at iteration 1,000, after 5 s, with three samples."""

    def compared_run(*, bits=3.0, seconds=5.0, differing="", sampled=(0, 500, 1000), **settings):
        run = workspace.create(corpus, RunConfig(**settings))
        T = run.config.seq_length
        losses = {
            "smooth_loss": bits * T * BIT,
            "recent_loss": bits * T * BIT,
            "best_smooth_loss": (bits - 0.5) * T * BIT,
        }
        run = replace(run, iteration=1000, seconds=seconds, **losses)
        metrics = [(0, 4 * T * BIT, 4 * T * BIT, 0.0), (500, 0.0, bits * T * BIT, seconds / 2)]
        evaluations = [(0, 4 * BIT), (1000, bits * BIT)]
        history = History(metrics, evaluations, [], list(sampled), (1000, "abc"))
        return ComparedRun(run.id, run, history, CORPUS, differing, LineStyle.of(run))

    return compared_run


@pytest.fixture
def repeats(compared_run):
    """repeats(rate, bits, ...): runs with this learning rate that differ in their seed only."""

    def repeats(rate, *bits):
        return [compared_run(bits=b, learning_rate=rate, seed=i) for i, b in enumerate(bits)]

    return repeats


@pytest.fixture
def pair(workspace, corpus, work):
    """A finished run and a finished copy of it with another learning rate."""
    run = work(workspace.create(corpus, SMALL))
    changed = RunConfig.from_dict(SMALL.to_dict() | {"learning_rate": 0.3})
    return run, work(workspace.create(corpus, changed, parent=run.id))
