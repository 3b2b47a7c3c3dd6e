"""What to do next, after a run has reached its limit or diverged: what it suggests itself.

Decides only, and draws nothing: see next_steps_panel.py.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from charrnn.engine.analysis.overfitting import lowest_before_rise, training_loss_rose
from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import DIVERGED, History, Run
from charrnn.ui.shared import wording
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.learning_rate_hint import DECAYED, good_rate, hint
from charrnn.ui.shared.settings import CHOICES

TEMPERATURE = 0.7  # lower than 1: fewer surprises, fewer mistakes
LAST_PART = 0.2  # of the iterations: what the loss did there tells whether it still falls
FALLING = 0.01  # by this share, over the last part


class Step(NamedTuple):
    """One suggestion: a button's label and what it does."""

    action: Literal["train", "rate", "pause", "resume", "write", "compare"]
    label: str
    config: RunConfig | None = None  # train: the settings of the new run
    learning_rate: float | None = None  # rate: of the run from here on
    snapshot: int | None = None  # write: its iteration; None for the newest
    temperature: float = 1.0  # write


@dataclass(frozen=True)
class NextSteps:
    """What happened, in one sentence, and two or three suggestions."""

    reason: str
    steps: list[Step]


def next_steps(
    run: Run, history: History, *, characters: int, snapshots: list[int], others: bool
) -> NextSteps | None:
    """What to do next; None as long as the run trains, waits or is paused on its way.

    characters: length of the text. snapshots: the iterations that have one. others: whether there
    are runs to compare it with.
    """
    if run.failure == DIVERGED and run.status == "failed":
        return _after_divergence(run)
    if run.moving or run.iteration < run.iterations:
        return None
    compare = [Step("compare", "Compare with other runs")] if others else []
    cooler = Step("write", f"Write at temperature {TEMPERATURE:g}", temperature=TEMPERATURE)
    best = lowest_before_rise(history.evaluations)
    if best is not None and snapshots:
        nearest = min(snapshots, key=lambda iteration: abs(iteration - best))
        write = Step("write", f"Write from iteration {nearest:,}", snapshot=nearest)
        steps = [write, cooler, *compare]
        since = "Since then the network has been memorizing this text (overfitting)."
        if training_loss_rose([(n, smooth) for n, _, smooth, _ in history.metrics], best):
            since = "Since then the training loss has risen, too: the learning rate is too high."
            steps = [_at_a_third_of_the_rate(run), write, *compare]
        return NextSteps(
            f"Held-out text was predicted best around iteration {best:,}. {since}", steps
        )
    share = run.config.share_of_rate(run.iteration, characters)
    if share < DECAYED:
        return NextSteps(
            f"The schedule has brought the learning rate to {100 * share:.2g}% of what it was, so "
            "training on would change little. A larger network may learn more, or one that sees "
            "longer sequences.",
            [*larger(run, characters), cooler],
        )
    if still_falling(history) and run.iteration < RunConfig.limits("iterations")[1]:
        more = f"{run.config.iterations:,}"
        return NextSteps(
            "The loss was still falling at the limit.",
            [Step("resume", f"Resume for {more} more iterations"), cooler, *compare],
        )
    return NextSteps(
        "The loss has stopped falling. A larger network may learn more, or one that sees longer "
        "sequences.",
        [*larger(run, characters), cooler],
    )


def still_falling(history: History) -> bool:
    """Whether the smooth loss fell in the last part of the run."""
    losses = [(iteration, smooth) for iteration, _, smooth, _ in history.metrics]
    if len(losses) < 2:
        return True
    end, last = losses[-1]
    earlier = next(smooth for iteration, smooth in losses if iteration >= (1 - LAST_PART) * end)
    return last < (1 - FALLING) * earlier


def _after_divergence(run: Run) -> NextSteps:
    steps = [_at_a_third_of_the_rate(run)]
    usual = replace(run.config, hidden_size=RunConfig().hidden_size)
    rate = good_rate(usual)
    if run.config.hidden_size > usual.hidden_size and rate < math.inf:
        steps.append(new_run(run, hidden_size=usual.hidden_size, learning_rate=rate))
    return NextSteps("The updates were too large for this network.", steps)


def _at_a_third_of_the_rate(run: Run) -> Step:
    """A new run with a third of the learning rate, or less if its hidden units ask for that."""
    rate = slower(run.learning_rate, 1 / 3) or float(f"{run.learning_rate / 3:.1g}")
    low, _ = RunConfig.limits("learning_rate")
    return new_run(run, learning_rate=max(low, min(good_rate(run.config), rate)))


def slower(rate: float, share: float) -> float | None:
    """The largest learning rate of the slider up to this share of one; None if there is none."""
    rates = [choice for choice in CHOICES["learning_rate"] if choice <= share * rate * 1.001]
    return max(rates, default=None)


def larger(run: Run, characters: int) -> list[Step]:
    """Runs with twice the hidden units, or twice the sequence length, where they can have that."""
    steps = []
    for name in ("hidden_size", "seq_length"):
        before, most = getattr(run.config, name), int(RunConfig.limits(name)[1])
        step = new_run(run, **{name: min(2 * before, most)})
        if step.config and getattr(step.config.fitted(characters), name) > before:
            steps.append(step)
    return steps


def new_run(run: Run, **changes: Any) -> Step:
    """A new run with other settings, and a learning rate that suits its hidden units."""
    config = replace(run.config, **{"learning_rate": run.learning_rate} | changes)
    if hint(config):
        config = replace(config, learning_rate=good_rate(config))
    before = replace(run.config, learning_rate=run.learning_rate)
    changed = [
        f"{wording.label(name)} {wording.value(name, value)}"
        for name, (_, value) in before.differences(config).items()
    ]
    return Step("train", f"Train with {listed(changed)}", config)
