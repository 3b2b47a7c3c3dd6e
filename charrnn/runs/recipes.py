"""Recipes: named settings that go well together.

A recipe says how a network starts and learns (LEARNING_SETTINGS), and suggests its size, its
windows, the learning rate and when to stop, which may be changed without leaving the recipe.
tests/benchmarks/learning.py measures them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# What every recipe keeps and a run may break, to see what it is good for: see engine/training.py.
RULES = ("hidden_state", "gradients_through_time")
# How a network starts and learns: see engine/optimizers and engine/initial_weights.py.
LEARNING_SETTINGS = (
    *("optimizer", "clipping", "clip_limit", "schedule", "warm_up"),
    *("decay_iterations", "decay_epochs", "decay_to"),
    *("initial_weights", "initial_scale"),
    *RULES,
)
OWN = "own"  # the recipe of a run whose LEARNING_SETTINGS are those of no recipe


@dataclass(frozen=True)
class Recipe:
    """title, meaning: for people; the meaning is one sentence. settings: name -> value.

    earlier: the values, where they differ, that a run of an earlier charrnn has.
    """

    title: str
    meaning: str
    settings: dict[str, Any]
    earlier: dict[str, Any] = field(default_factory=dict)


TEXTBOOK = Recipe(
    "Textbook",
    "The classic: Adagrad, one place in the text at a time.",
    {
        "hidden_size": 100,
        "seq_length": 25,
        "streams": 1,
        "learning_rate": 0.1,
        "iterations": 100_000,
        "optimizer": "adagrad",
        "clipping": "value",
        "clip_limit": 5.0,
        "schedule": "constant",
        "warm_up": 0,
        "decay_iterations": 100_000,
        "decay_epochs": 1000,
        "decay_to": 0.002,
        "initial_weights": "normal",
        "initial_scale": 0.01,
        "hidden_state": "carried",
        "gradients_through_time": "on",
    },
)

# The settings of the notebook that the Textbook recipe comes from.
NOTEBOOK = TEXTBOOK.settings | {"hidden_size": 83}

_ADAM: dict[str, Any] = {
    "optimizer": "adam",
    "clipping": "norm",
    "schedule": "cosine",
    "decay_epochs": 10,
    "decay_to": 0.0002,
    "initial_weights": "orthogonal",
}
_EARLIER = {"decay_to": 0.002}

RECIPES = {
    "textbook": TEXTBOOK,
    "quick": Recipe(
        "Quick",
        "The best samples after about a minute: Adam, and a learning rate that decays.",
        TEXTBOOK.settings
        | _ADAM
        | {
            "hidden_size": 192,
            "streams": 8,
            "learning_rate": 0.003,
            "iterations": 60_000,
            "warm_up": 500,
            "decay_iterations": 60_000,
        },
        _EARLIER,
    ),
    "patient": Recipe(
        "Patient",
        "The best samples after about ten minutes: like Quick, but larger and slower.",
        TEXTBOOK.settings
        | _ADAM
        | {
            "hidden_size": 384,
            "streams": 8,
            "learning_rate": 0.002,
            "iterations": 180_000,
            "warm_up": 500,
            "decay_iterations": 180_000,
        },
        _EARLIER,
    ),
}
# What the page begins with. After 10 and 60 seconds its held-out loss is the lowest of all (see
# README.md), and so its samples are the first that can be read: what a newcomer sees in the first
# minute. RunConfig and the command line begin with the textbook's.
DEFAULT = "quick"

TITLES = {name: recipe.title for name, recipe in RECIPES.items()} | {OWN: "Own"}


def recipe_of(settings: Mapping[str, Any]) -> str:
    """The name of the recipe that these settings follow; OWN if it is none."""
    for name, recipe in RECIPES.items():
        for decided in (recipe.settings, recipe.settings | recipe.earlier):
            if all(settings[setting] == decided[setting] for setting in LEARNING_SETTINGS):
                return name
    return OWN
