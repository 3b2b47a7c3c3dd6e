"""Whether each challenge can be met: after how many characters, with which settings.

Trained as a run is, and measured where a run is: the held-out loss at every evaluation, the closed
brackets at every snapshot.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from charrnn.engine.analysis.brackets import closed_share
from charrnn.engine.corpus import training_length
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.challenges import CHALLENGES, Challenge
from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES
from charrnn.runs.texts import library
from charrnn.runs.workers.checkpointing import should_snapshot

# Settings that meet each challenge, as (recipe, changes).
MEET: dict[str, tuple[str, dict[str, Any]]] = {
    "story": ("quick", {}),
    "names": ("quick", {}),
    "brackets": (
        "textbook",
        {"hidden_size": 64, "learning_rate": 0.03, "initial_scale": 0.12},
    ),
}


def main() -> None:
    for challenge in CHALLENGES:
        recipe, changes = MEET[challenge.key]
        for seed in (0, 1):
            config = replace(RunConfig(**RECIPES[recipe].settings | changes), seed=seed)
            read, figure = _met(challenge, config)
            verdict = f"met after {read:,} characters" if read else "NOT met"
            print(f"{challenge.title}: {verdict}, {figure:.2f} ({recipe}, {changes}, seed {seed})")


def _met(challenge: Challenge, config: RunConfig) -> tuple[int | None, float]:
    """(After how many characters the challenge is met, its figure then or at the end)."""
    figure = 0.0
    for read, figure in _figures(challenge, config):
        if challenge.bits is not None and figure < challenge.bits:
            return read, figure
        if challenge.closed is not None and figure >= challenge.closed:
            return read, figure
    return None, figure


def _figures(challenge: Challenge, config: RunConfig) -> Iterator[tuple[int, float]]:
    text = library.load(challenge.text)
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(vocabulary.encode(text), len(vocabulary), **config.trainer_settings())
    held_out = text[training_length(len(text), config.held_out) :]
    interval = trainer.evaluation_interval(config.sample_interval)
    per_iteration = config.characters_per_iteration
    for n in range(1, challenge.characters // per_iteration + 1):
        trainer.step()
        if challenge.bits is not None and n % interval == 0:
            loss = trainer.held_out_loss()
            assert loss is not None
            yield n * per_iteration, bits_per_character(loss, 1)
        if challenge.closed is not None and should_snapshot(n):
            hidden = trainer.state()["hidden"][0]
            share = closed_share(trainer.weights, vocabulary, held_out, hidden)
            yield n * per_iteration, share or 0.0
