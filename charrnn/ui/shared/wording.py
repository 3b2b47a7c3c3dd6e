"""Settings in words: their names, their values, and in what two or more configs differ."""

from typing import Any

from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.recipes import LEARNING_SETTINGS, OWN, TITLES

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


def limits(setting: str) -> tuple[str, str]:
    """The smallest and the largest value of a setting, as numbers that can be typed."""
    low, high = (
        in_digits(int(limit) if float(limit).is_integer() else limit)
        for limit in RunConfig.limits(setting)
    )
    return low, high


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
    """The changed settings, each as "learning rate 0.1 → 0.3".

    The iteration limit, which is raised to train a run for longer, is among them only if nothing
    else has changed.
    """
    changes = changed_settings(before, after)
    if len(changes) > 1:
        changes.pop("iterations", None)
    return [
        f"{label(name)} {value(name, old)} → {value(name, new)}"
        for name, (old, new) in changes.items()
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
