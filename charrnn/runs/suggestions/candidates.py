"""The settings that a search tries on a text."""

from dataclasses import replace
from typing import Any

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.recipes import LEARNING_SETTINGS, RECIPES

# What a candidate decides, and what taking a suggestion changes.
SUGGESTED = ("hidden_size", "seq_length", "streams", "learning_rate", *LEARNING_SETTINGS)

# (recipe, hidden_size, streams, learning_rate): near the settings of each recipe, and smaller
# networks with fewer streams and other rates, which get further in so short a time.
TRIED = (
    ("textbook", 100, 1, 0.1),
    ("textbook", 100, 1, 0.05),
    ("textbook", 128, 4, 0.03),
    ("textbook", 128, 8, 0.05),
    ("quick", 96, 2, 0.003),
    ("quick", 128, 4, 0.005),
    ("quick", 128, 8, 0.01),
    ("quick", 192, 8, 0.003),
    ("quick", 256, 16, 0.005),
)
HELD_OUT = 0.1  # where the settings hold nothing out: a trial is measured on held-out text


def candidates(
    current: RunConfig, n_characters: int, vocab_size: int, limits: Limits
) -> list[RunConfig]:
    """The current settings first, then the others, each fitted to the text; no two alike.

    What a candidate does not decide is as in the current settings. Settings that exceed the limits
    are left out. Raises TooLarge if the current ones do, and ValueError if the text is too short
    for any window.
    """
    current = replace(current, held_out=current.held_out or HELD_OUT)
    limits.check(current.fitted(n_characters), vocab_size)
    chosen: dict[tuple[Any, ...], RunConfig] = {}
    for config in (current, *(_config(current, *tried) for tried in TRIED)):
        fitted = config.fitted(n_characters)
        try:
            limits.check(fitted, vocab_size)
        except TooLarge:
            continue
        chosen.setdefault(tuple(getattr(fitted, name) for name in SUGGESTED), fitted)
    return list(chosen.values())


def _config(
    current: RunConfig, recipe: str, hidden_size: int, streams: int, learning_rate: float
) -> RunConfig:
    of_recipe = {name: RECIPES[recipe].settings[name] for name in SUGGESTED}
    sizes = {"hidden_size": hidden_size, "streams": streams, "learning_rate": learning_rate}
    return replace(current, **{**of_recipe, **sizes})
