"""Recipes: named settings that go well together.

A recipe says how a network starts and is updated (LEARNING_SETTINGS), and suggests its size, the
windows, the learning rate and when to stop, which may be changed without leaving the recipe.
tests/benchmarks/learning.py measures them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charrnn.runs.config import LEARNING_SETTINGS, RunConfig

OWN = "own"  # the recipe of a run whose LEARNING_SETTINGS are those of no recipe


@dataclass(frozen=True)
class Recipe:
    """title, meaning: for people; the meaning is one sentence. settings: name -> value."""

    title: str
    meaning: str
    settings: Mapping[str, Any]

    @property
    def learning(self) -> dict[str, Any]:
        """LEARNING_SETTINGS and their values."""
        return {name: self.settings[name] for name in LEARNING_SETTINGS}


def _recipe(title: str, meaning: str, **settings: Any) -> Recipe:
    """The textbook's settings with changes."""
    names = ("hidden_size", "seq_length", "learning_rate", "iterations", "streams")
    textbook = {name: getattr(RunConfig(), name) for name in names + LEARNING_SETTINGS}
    return Recipe(title, meaning, textbook | settings)


_ADAM = {
    "optimizer": "adam",
    "clipping": "norm",
    "schedule": "cosine",
    "warm_up": 1000,
    "initial_weights": "orthogonal",
}

RECIPES = {
    "textbook": _recipe(
        "Textbook",
        "The classic: one place in the text at a time, updated by Adagrad at a constant rate.",
    ),
    "quick": _recipe(
        "Quick",
        "The best samples after about a minute: Adam, with a learning rate that decays.",
        hidden_size=256,
        streams=8,
        learning_rate=0.003,
        iterations=40_000,
        decay_iterations=40_000,
        **_ADAM,
    ),
    "patient": _recipe(
        "Patient",
        "The best samples after about ten minutes: as Quick, with a larger network.",
        hidden_size=384,
        streams=16,
        learning_rate=0.002,
        iterations=100_000,
        decay_iterations=100_000,
        **_ADAM,
    ),
}


def recipe_of(config: RunConfig) -> str:
    """The name of the recipe that a run follows; OWN if it is none."""
    for name, recipe in RECIPES.items():
        if all(getattr(config, setting) == value for setting, value in recipe.learning.items()):
            return name
    return OWN
