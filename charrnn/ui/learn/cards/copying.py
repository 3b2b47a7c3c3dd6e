"""Does it understand, or copy? A short text, trained on at length."""

from statistics import fmean

import streamlit as st

from charrnn.engine.analysis.overfitting import lowest_before_rise
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.sampling import sample
from charrnn.runs.config import RunConfig
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import curves, pictures
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice
from charrnn.ui.shared.snapshots import Snapshot

# Large for so short a text, so that it is soon learned by heart.
CONFIG = RunConfig(
    hidden_size=128,
    streams=4,
    iterations=40_000,
    learning_rate=0.003,
    optimizer="adam",
    clipping="norm",
    initial_weights="orthogonal",
)
EARLY = 1000  # iteration of the snapshot that is compared with the newest state
WRITTEN = 4000  # characters that each of them writes
HEIGHT = 190  # pixels


def _idea(corpus: Corpus) -> str:
    return (
        f"This text is short: {corpus.characters:,} characters, names of dinosaurs. A network will "
        "read nine tenths of them again and again, almost 300 times. The last tenth is **held "
        "out**: the network is never trained on these names, only asked now and then how well it "
        "would have predicted them.\n\n"
        "If the network understands how such names are built, it gets better at names it has "
        "never seen. If it learns its own names by heart (*overfitting*), it does not."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [Plan("", CONFIG.fitted(corpus.characters))]


def known_names(outcome: Outcome) -> set[str]:
    """The names that the network is trained on."""
    return set(outcome.subject.vocabulary.decode(outcome.training_ids).split("\n"))


def copied(outcome: Outcome, network: Snapshot) -> float:
    """The share of the names that a network writes, 0 to 1, that it was trained on."""
    vocabulary = outcome.subject.vocabulary
    hidden, first = read_prompt(network.weights, network.hidden, vocabulary, "")
    ids = sample(network.weights, seeded_rng(0), hidden=hidden, first=first, length=WRITTEN)
    written = vocabulary.decode(ids).split("\n")[:-1]  # the last one may be cut off
    known = known_names(outcome)
    return fmean(name in known for name in written if name)


def _picture(result: Result) -> None:
    outcome = result[""]
    curves.draw(
        result,
        held_out=True,
        name="names that it is trained on",
        alt="The loss on the names that the network is trained on, and on held-out names",
    )
    newest = outcome.history.newest_sample
    if newest:
        st.markdown(
            f"**What it writes at iteration {newest[0]:,}**. Names in its text are underlined."
        )
        text = newest[1].lstrip("\n")
        st.html(pictures.marked_lines(text, known_names(outcome), height=HEIGHT))


def _verdict(result: Result) -> Verdict:
    outcome = result[""]
    losses = outcome.history.evaluations
    turned = lowest_before_rise(losses)
    lowest = min(losses, key=lambda row: row[1])
    best, last = (bits_per_character(loss, 1) for loss in (lowest[1], losses[-1][1]))
    early = copied(outcome, outcome.subject.snapshot(min(EARLY, outcome.run.iteration)))
    late = copied(outcome, outcome.network)
    return Verdict(
        "rises" if turned is not None else "falls",
        f"Names that it had never seen were predicted best at iteration {lowest[0]:,}, at "
        f"**{best:.2f} bits** per character, and at the end they cost **{last:.2f}**; its own "
        f"names cost {outcome.smooth_bits:.2f} (smooth loss). Of the names that it wrote at "
        f"iteration {EARLY:,}, {early:.0%} were copied from the text; of those that it writes now, "
        f"{late:.0%}. At first it learns how names are built, and then which names there are. A "
        "longer text, or stopping early, helps.",
    )


CARD = Card(
    key="copying",
    question="Does it understand, or copy?",
    teaser="A short text is read three hundred times.",
    title="Copying",
    idea=_idea,
    guess=Choice(
        "What happens to the loss on names that it has never seen?",
        {"falls": "It falls all the time", "rises": "It falls, and then it rises again"},
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
    text="dinosaurs",
    takes_own_text=False,
)
