"""The outcome of a search: which settings learned fastest, and whether by enough to matter."""

from collections.abc import Iterable

from charrnn.runs.suggestions.trial import Trial

# Bits per character. Trials that differ by less count as equally good: chance and the load of the
# machine make that much difference.
MIN_GAIN = 0.03


def ranked(trials: Iterable[Trial]) -> list[Trial]:
    """The trials that ended well, the lowest held-out loss first."""
    done = [trial for trial in trials if trial.state == "done" and trial.marks]
    return sorted(done, key=lambda trial: trial.marks[-1].bits)


def suggested(trials: list[Trial]) -> Trial | None:
    """The best trial, if it is better than the first one, which has the current settings.

    None if the current settings are about as good, or if no trial has ended well.
    """
    best, current = next(iter(ranked(trials)), None), trials[0]
    if best is None or best is current:
        return None
    if current.state == "done" and current.marks[-1].bits - best.marks[-1].bits < MIN_GAIN:
        return None
    return best
