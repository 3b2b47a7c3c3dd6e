"""Where a run comes from and how its settings differ from those of other runs, in words."""

from typing import Any

from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.recipes import LEARNING_SETTINGS, OWN, TITLES
from charrnn.runs.store.records import Run
from charrnn.ui.direction import isolated
from charrnn.ui.shared.formatting import listed

LABELS = {
    "learning_rate": "learning rate",
    "iterations": "iteration limit",
    "seconds": "time limit",
    "early_stopping": "early stopping",
    "sample_length": "sample length",
    "sample_interval": "sample interval",
    "held_out": "held out",
    "clip_limit": "clipping limit",
    "warm_up": "warm-up",
    "decay_iterations": "decay iterations",
    "decay_epochs": "decay epochs",
    "decay_to": "decay to",
    "initial_weights": "initial weights",
    "initial_scale": "initial scale",
    "hidden_state": "hidden state",
    "gradients_through_time": "gradients through time",
}

SHORT_LABELS = {"learning_rate": "lr", "hidden_size": "hidden", "seq_length": "seq"}


def label(setting: str) -> str:
    """The name of a setting on the page."""
    return LABELS.get(setting, setting)


def value(setting: str, number: Any) -> str:
    """The value of a setting as the page writes it."""
    if setting == "recipe":
        return TITLES[number]
    if isinstance(number, str):
        return number
    if setting == "seconds":
        return f"{in_digits(number)} s" if number else "none"
    if setting == "held_out":
        return f"{number:.0%}"
    return in_digits(number)


def values_in_words(config: RunConfig, settings: list[str]) -> str:
    """These settings of a run, as "hidden_size 50 · learning rate 0.3"."""
    return " · ".join(f"{label(name)} {value(name, getattr(config, name))}" for name in settings)


def values_in_short(config: RunConfig, settings: list[str]) -> str:
    """These settings of a run, as "hidden 50 · lr 0.3"."""
    return " · ".join(_in_short(name, getattr(config, name)) for name in settings)


def _in_short(setting: str, number: Any) -> str:
    return f"{SHORT_LABELS.get(setting, label(setting))} {value(setting, number)}"


def short_name(before: RunConfig, after: RunConfig) -> str:
    """A name for a copy, after what was changed: "lr 0.03 · hidden 64"; "" if nothing was."""
    changes = changed_settings(before, after)
    return " · ".join(
        _in_short(name, new) for name, (_, new) in changes.items() if name != "iterations"
    )


def differences(before: RunConfig, after: RunConfig) -> list[str]:
    """The changed settings, each as "learning rate 0.1 → 0.3", without the iteration limit."""
    return [
        f"{label(name)} {value(name, old)} → {value(name, new)}"
        for name, (old, new) in changed_settings(before, after).items()
        if name != "iterations"
    ]


def changed_settings(before: RunConfig, after: RunConfig) -> dict[str, tuple[Any, Any]]:
    """The settings that differ: name -> (before, after).

    If both follow a recipe, "recipe" stands for all that it decides.
    """
    changes = before.differences(after)
    recipes = before.recipe, after.recipe
    if OWN in recipes or recipes[0] == recipes[1]:
        return changes
    others = {name: pair for name, pair in changes.items() if name not in LEARNING_SETTINGS}
    return {"recipe": recipes} | others


def varying_settings(configs: list[RunConfig]) -> list[str]:
    """The names of the settings that are not the same in all configs, without the iteration limit.

    [] for fewer than two configs. If all follow a recipe, "recipe" stands for all that it decides.
    """
    names = ["recipe", *RunConfig().to_dict()]
    if all(config.recipe != OWN for config in configs):
        names = [name for name in names if name not in LEARNING_SETTINGS]
    else:
        names.remove("recipe")
    return [
        name
        for name in names
        if len({getattr(config, name) for config in configs}) > 1 and name != "iterations"
    ]


def origin_in_words(run: Run, runs: list[Run], parent: Run | None) -> str:
    """Which run this one is a copy or a branch of, and what was changed; "" if of none.

    runs: those of the visitor. parent: the run it comes from, whoever owns it; None if it was
    deleted.
    """
    if run.parent is None:
        return ""
    own = {other.id: other for other in runs}
    changes = ""
    if run.parent in own:
        title = isolated(own[run.parent].title)
        changes = f": {_changes(own[run.parent], run)}"
    elif parent is None or parent.deleted_at is not None:
        title = "an unavailable run"
    else:  # nothing else is said about a run that the visitor has no link to
        title = "another visitor's run" if run.id in own else "a run that is not shared"
    if run.branched_at is not None:
        return f"Branch of {title} at iteration {run.branched_at:,}{changes}"
    return f"Copy of {title}{changes}"


def children_in_words(run: Run, runs: list[Run]) -> list[str]:
    """The copies and branches of a run among `runs`, one line each, oldest first."""
    lines = []
    for other in sorted(runs, key=lambda other: other.number):
        if other.parent == run.id:
            kind = "Copy" if other.branched_at is None else f"Branch at {other.branched_at:,}"
            lines.append(f"{kind}: {isolated(other.title)}, {_changes(run, other)}")
    return lines


def lines(run: Run, runs: list[Run], parent: Run | None = None) -> list[str]:
    """The origin of a run, then its copies and branches, one line each: see origin_in_words()."""
    origin = origin_in_words(run, runs, parent)
    return ([origin] if origin else []) + children_in_words(run, runs)


def _changes(parent: Run, child: Run) -> str:
    return listed(differences(parent.config, child.config)) or "no changes"
