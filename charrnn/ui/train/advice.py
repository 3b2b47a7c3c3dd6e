"""Advice while a run trains: what is wrong, and what would help; nothing when all is well.

The gauges are those that the worker stores and that the page Inside shows, each the mean of the
newest RECENT measured steps; shared/gauges.py says where they should be. Decides only, and draws
nothing: see advice_panel.py.

A smaller learning rate hardly helps once hidden states are saturated: 256 units, moved from 0.1 to
0.03 at iteration 800, had a held-out loss of 3.84 bits at 5,000, and 3.98 without the change;
trained with 0.03 from the start, 3.14. So the advice is a new run.
"""

from typing import NamedTuple

from charrnn.engine.analysis.overfitting import lowest_before_rise, training_loss_rose
from charrnn.engine.gauges import Gauges
from charrnn.engine.parameters import MATRICES, Parameters
from charrnn.runs.store.records import Run
from charrnn.ui.shared import wording
from charrnn.ui.shared.gauges import CLIPPED, RECENT, SATURATED, mean
from charrnn.ui.shared.learning_rate_hint import DECAYED, good_rate
from charrnn.ui.shared.settings import CHOICES
from charrnn.ui.train.loss_rows import Interpolation
from charrnn.ui.train.next_steps import Step, larger, new_run, slower
from charrnn.ui.train.run_view import RunView

HALF_SATURATED = 0.5  # and at a plateau
PLATEAU_ITERATIONS = 10_000  # before that, the smooth loss still includes the first guesses
FALLING = 0.01  # by this share, over the last half of the iterations; with the defaults 0.05
MARGIN = 0.1  # bits per character
LEARNED = 0.5  # bits per character; a network that predicts this well has little left to learn


class Advice(NamedTuple):
    """What is wrong, in one sentence, and the control that helps; None if there is none."""

    sentence: str
    step: Step | None


def advice(run: Run, view: RunView, gauges: list[tuple[int, Gauges]]) -> Advice | None:
    """The most urgent advice for a run that trains; None when all is well.

    gauges: of the newest RECENT measured steps.
    """
    if not run.active:
        return None
    if len(gauges) < RECENT:
        return _learned_by_heart(run, view) or _decayed(run, view)
    recent = mean(gauges)
    return (
        _clipped(run, recent)
        or _saturated(run, view, recent)
        or _learned_by_heart(run, view)
        or _decayed(run, view)
        or _plateau(run, view, recent)
    )


def _clipped(run: Run, recent: Gauges) -> Advice | None:
    """Clipping by norm keeps the direction of the gradient: with Adam it clips nearly every step
    of runs that learn well."""
    shares = {name: getattr(recent, f"clipped_{name}") for name in MATRICES}
    worst = max(MATRICES, key=lambda name: shares[name])
    if run.config.clipping != "value" or shares[worst] < CLIPPED:
        return None
    rate = slower(run.learning_rate, 0.5)
    step = None
    if rate is not None:
        label = f"Lower the learning rate to {wording.value('learning_rate', rate)}"
        step = Step("rate", label, learning_rate=rate)
    return Advice(
        f"{shares[worst]:.0%} of {worst}'s gradient is clipped: try a smaller learning rate.", step
    )


def _struggles(view: RunView) -> bool:
    """Whether counting does better. If not, saturated hidden states are what this text asks for."""
    return view.bits > view.baselines.trigram + MARGIN


def _saturated(run: Run, view: RunView, recent: Gauges) -> Advice | None:
    if recent.saturated < SATURATED or not _struggles(view):
        return None
    rate = max(run.config.learning_rate, run.learning_rate)
    units = f"{run.config.hidden_size:,} hidden unit{'s' * (run.config.hidden_size > 1)}"
    return Advice(
        f"{recent.saturated:.0%} of the hidden states are saturated (beyond ±0.99): a learning "
        f"rate of {wording.value('learning_rate', rate)} is too high for {units}.",
        _at_a_smaller_rate(run),
    )


def _learned_by_heart(run: Run, view: RunView) -> Advice | None:
    lowest = lowest_before_rise(view.evaluations)
    if lowest is None:
        return None
    risen = f"Held-out loss has risen since iteration {lowest:,}"
    if training_loss_rose(view.smooth_losses, lowest):
        return Advice(
            f"{risen}, and so has the training loss: the learning rate is too high.",
            _at_a_smaller_rate(run),
        )
    V, H = len(view.corpus.vocabulary), run.config.hidden_size
    weights, characters = Parameters.size(V, H), view.corpus.characters
    fitting = [
        h for h in CHOICES["hidden_size"] if h < H and Parameters.size(V, int(h)) <= characters
    ]
    if weights > characters and fitting:
        return Advice(
            f"{risen}: the text, {characters:,} characters, is too small for a network of "
            f"{weights:,} weights.",
            new_run(run, hidden_size=int(max(fitting))),
        )
    return Advice(
        f"{risen}: the network is learning this text by heart, and more training will not help.",
        Step("pause", "Pause this run"),
    )


def _decayed(run: Run, view: RunView) -> Advice | None:
    """A short text has been read for as many epochs as the decay takes, long before the limit."""
    share = run.config.share_of_rate(view.iteration, view.corpus.characters)
    if share > min(run.config.decay_to, DECAYED) or view.iteration > run.iterations / 2:
        return None
    steps = larger(run, view.corpus.characters)
    return Advice(
        f"The schedule has brought the learning rate to {100 * share:.2g}% of what it was, so the "
        "network hardly changes from here on: a larger one may learn more.",
        steps[0] if steps else None,
    )


def _plateau(run: Run, view: RunView, recent: Gauges) -> Advice | None:
    n = view.iteration
    if n < PLATEAU_ITERATIONS or view.bits < LEARNED:
        return None
    earlier = Interpolation(view.curve).smooth_loss(n // 2)
    if view.smooth_loss < (1 - FALLING) * earlier:
        return None
    stopped = f"The loss has hardly fallen since iteration {n // 2:,}"
    if recent.saturated >= HALF_SATURATED and _struggles(view):
        return Advice(
            f"{stopped}, and {recent.saturated:.0%} of the hidden states are saturated (beyond "
            "±0.99): try a smaller learning rate.",
            _at_a_smaller_rate(run),
        )
    if view.bits > view.baselines.unigram:
        rate = min((r for r in CHOICES["learning_rate"] if r > run.learning_rate), default=None)
        if rate is not None:
            label = f"Raise the learning rate to {wording.value('learning_rate', rate)}"
            return Advice(
                f"{stopped}, and is no better than counting characters: try a larger learning "
                "rate.",
                Step("rate", label, learning_rate=rate),
            )
    steps = larger(run, view.corpus.characters)
    return Advice(
        f"{stopped}: a larger network may learn more, or one that sees longer sequences.",
        steps[0] if steps else None,
    )


def _at_a_smaller_rate(run: Run) -> Step | None:
    """A new run with a third of the learning rate, or what suits its hidden units."""
    rate = slower(max(run.config.learning_rate, run.learning_rate), 1 / 3)
    if rate is None:
        return None
    return new_run(run, learning_rate=min(rate, good_rate(run.config)))
