"""Why start with weights near 0.01? Three networks: zeros, small numbers, large numbers."""

from dataclasses import replace

from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import curves, pictures
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

CONFIG = RunConfig(hidden_size=64, iterations=40_000)
SCALES = (0.0, 0.01, 1.0)
LABELS = {scale: f"initial scale {in_digits(scale)}" for scale in SCALES}


def _idea(corpus: Corpus) -> str:
    return (
        "Before the first step, the **weights** of the network are random numbers: normally "
        "distributed around 0, with a standard deviation (the *initial scale*) of 0.01. Why not "
        "simply 0? And why not 1?\n\n"
        "Three networks will start at 0, at 0.01 and at 1. Everything else is the same: even the "
        "random numbers, which are multiplied by 0, by 0.01 and by 1."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [
        Plan(LABELS[scale], replace(CONFIG, initial_scale=scale).fitted(corpus.characters))
        for scale in SCALES
    ]


def _picture(result: Result) -> None:
    curves.draw(
        result,
        baselines=result.outcomes[0].baselines,
        alt="The loss of three networks that start with weights of different sizes",
    )
    pictures.newest_samples(result)


def _verdict(result: Result) -> Verdict:
    zero, small, large = (result[LABELS[scale]].held_out_bits for scale in SCALES)
    best = min(SCALES, key=lambda scale: result[LABELS[scale]].held_out_bits)
    unigram = result.outcomes[0].baselines.unigram
    return Verdict(
        in_digits(best),
        f"Held-out text costs **{zero:.2f} bits** per character after a start at 0, "
        f"**{small:.2f}** after 0.01 and **{large:.2f}** after 1. From zeros, all hidden units "
        "stay zero, because each gradient is multiplied by a weight that is zero: only the biases "
        f"learn, and they find the letter frequencies ({unigram:.2f} bits). From large weights, "
        "the units sit at −1 or 1, where tanh is flat and lets hardly any gradient through "
        "(*saturated*).",
    )


CARD = Card(
    key="initial-weights",
    question="Why start with weights near 0.01?",
    teaser="Three networks start with small, large and no weights.",
    title="Initial weights",
    idea=_idea,
    guess=Choice(
        "Which of the three will predict best in the end?",
        {"0": "The one that starts at 0", "0.01": "At 0.01", "1": "At 1"},
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
)
