"""Why sample, and not take the most likely character? One random seed, five temperatures."""

import streamlit as st

from charrnn.engine.sampling import sample
from charrnn.runs.config import RunConfig
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import curves
from charrnn.ui.learn.card import Card, Look, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared import samples
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

CONFIG = RunConfig(hidden_size=64, iterations=40_000)
TEMPERATURES = {
    0.0: "always the most likely",
    0.5: "cautious",
    1.0: "as it has learned",
    1.5: "daring",
    2.0: "wild",
}
LENGTH = 240  # characters
STRETCH = 8  # characters; a stretch that was written before is a repetition
HEIGHT = 190  # pixels


def _idea(corpus: Corpus) -> str:
    return (
        "The network does not write characters, it gives each one a **probability**. To write, one "
        "is drawn at random (*sampling*), is read as the next input, and so on. The "
        "**temperature** says how much the likely ones are preferred: near 0 it is always the "
        "most likely, at 1 each is as probable as the network says, and above that the unlikely "
        "ones catch up.\n\n"
        "One network will write with the same random seed at five temperatures."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [Plan("", CONFIG.fitted(corpus.characters))]


def written(outcome: Outcome, temperature: float) -> str:
    """What the network writes, the same random numbers at every temperature."""
    network, vocabulary = outcome.network, outcome.subject.vocabulary
    hidden, first = read_prompt(network.weights, network.hidden, vocabulary, "")
    ids = sample(
        network.weights,
        seeded_rng(0),
        hidden=hidden,
        first=first,
        length=LENGTH,
        temperature=temperature,
    )
    return vocabulary.decode(ids)


def repeated(text: str) -> float:
    """The share of a text that repeats a stretch from before, 0 to 1."""
    stretches = [text[i : i + STRETCH] for i in range(len(text) - STRETCH + 1)]
    return 1 - len(set(stretches)) / len(stretches)


def _picture(result: Result) -> None:
    outcome = result[""]
    if not result.finished:
        curves.draw(result, alt="The loss of the network over the characters it has read")
        return
    with st.container(key="learn_samples"):
        for temperature, words in TEMPERATURES.items():
            with st.container():
                st.markdown(f"**{temperature:g}** · {words}")
                text = written(outcome, temperature).lstrip("\n")
                samples.draw(text, None, height=HEIGHT)


def _verdict(result: Result) -> Verdict:
    outcome = result[""]
    text = {t: written(outcome, t) for t in TEMPERATURES}
    share = {t: repeated(text[t]) for t in TEMPERATURES}
    of_words = {t: known(outcome, text[t]) for t in (0.5, 1.0, 2.0)}
    words = ""
    if all(value is not None for value in of_words.values()):
        words = (
            f" Of its words, {of_words[0.5]:.0%} occur in the text at temperature 0.5, "
            f"{of_words[1.0]:.0%} at 1, and {of_words[2.0]:.0%} at 2."
        )
    loops = share[0.0] > 0.3
    says = "At temperature 0 the network goes in circles" if loops else "At temperature 0"
    return Verdict(
        "loops" if loops else "best",
        f"{says}: **{share[0.0]:.0%}** of what it writes, it has written just before; at "
        f"temperature 1 that is {share[1.0]:.0%}.{words} Always taking the most likely is not how "
        "people write: every now and then something unlikely comes. Between 0.5 and 1 the samples "
        "read best.",
    )


def known(outcome: Outcome, text: str) -> float | None:
    """The share of the words of a sample that occur in the text; None without any words."""
    return samples.overlap(text, outcome.subject.corpus).known_share


CARD = Card(
    key="sampling",
    question="Why sample, and not take the most likely character?",
    teaser="One network writes at five temperatures.",
    title="Sampling",
    idea=_idea,
    guess=Choice(
        "What does it write if it always takes the most likely character?",
        {
            "best": "Its best text",
            "loops": "The same few words, over and over",
            "noise": "Noise",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
    look=Look("Write", "Try other temperatures on Write", {}),
)
