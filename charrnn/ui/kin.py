"""Where a run comes from, and in what it differs from others: in words."""

from typing import Any

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Run
from charrnn.ui.words import listed

LABELS = {
    "learning_rate": "learning rate",
    "iterations": "iteration limit",
    "sample_length": "sample length",
    "sample_interval": "sample interval",
    "held_out": "held out",
}


def label(setting: str) -> str:
    """What the page calls a setting."""
    return LABELS.get(setting, setting)


def value(setting: str, number: Any) -> str:
    """How the page writes its value."""
    if setting == "held_out":
        return f"{number:.0%}"
    return f"{number:,}" if isinstance(number, int) else f"{number}"


def differences(before: RunConfig, now: RunConfig) -> list[str]:
    """What was changed, as "learning rate 0.1 → 0.3". How long it trains is no difference."""
    return [
        f"{label(name)} {value(name, old)} → {value(name, new)}"
        for name, (old, new) in before.differences(now).items()
        if name != "iterations"
    ]


def origin_in_words(run: Run, parent: Run | None) -> str:
    """Of what it is a twin or a branch, and what differs; "" for neither."""
    if run.parent is None:
        return ""
    named = parent.title if parent else "a run that is gone"
    changes = listed(differences(parent.config, run.config)) if parent else ""
    if run.branched_at is not None:
        words = f"Branch of {named} at iteration {run.branched_at:,}"
    else:
        words = f"Twin of {named}"
    return f"{words}: {changes or 'nothing changed'}" if parent else words


def children_in_words(run: Run, runs: list[Run]) -> list[str]:
    """The twins and branches of a run, a line each, oldest first."""
    lines = []
    for other in sorted(runs, key=lambda other: other.number):
        if other.parent == run.id:
            kind = "Twin" if other.branched_at is None else f"Branch at {other.branched_at:,}"
            changes = listed(differences(run.config, other.config)) or "nothing changed"
            lines.append(f"{kind}: {other.title}, {changes}")
    return lines


def telling(configs: list[RunConfig]) -> list[str]:
    """The names of the settings in which some of these differ."""
    dicts = [config.to_dict() for config in configs]
    names = dicts[0] if dicts else {}
    return [name for name in names if len({d[name] for d in dicts}) > 1 and name != "iterations"]


def lines(run: Run, runs: list[Run]) -> list[str]:
    """Where a run comes from and what came from it, a line each."""
    parent = next((other for other in runs if other.id == run.parent), None)
    origin = origin_in_words(run, parent)
    return ([origin] if origin else []) + children_in_words(run, runs)
