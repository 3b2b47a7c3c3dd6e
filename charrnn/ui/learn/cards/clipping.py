"""Why clip the gradients? Plain gradient descent with and without, at a high rate."""

from dataclasses import replace

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import DIVERGED, Corpus, Run
from charrnn.ui import services
from charrnn.ui.errors import shows_errors
from charrnn.ui.learn import curves
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

LIMIT = 5.0
RATE, SMALLER_RATE = 0.05, 0.01
# Adagrad divides each update by the gradients so far, which is a brake of its own: with it, leaving
# out clipping changes hardly anything.
CONFIG = RunConfig(
    hidden_size=64, iterations=40_000, optimizer="sgd", learning_rate=RATE, clip_limit=LIMIT
)
CLIPPED, FREE = "clipped", "not clipped"


def _idea(corpus: Corpus) -> str:
    return (
        "The **gradient** says in which direction each weight should move, and how steep it is "
        "there. Traced back through many steps of time it can become huge (*exploding gradients*), "
        "and one huge step can ruin what was learned. **Clipping** scales the gradient down if its "
        f"length (*norm*) is above a limit, here {LIMIT:g}.\n\n"
        "Two networks learn by plain gradient descent (*SGD*) at a high learning rate: "
        f"{RATE:g}. One clips its gradients, the other does not."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [
        Plan(label, replace(CONFIG, clipping=clipping).fitted(corpus.characters))
        for label, clipping in ((CLIPPED, "norm"), (FREE, "off"))
    ]


def _picture(result: Result) -> None:
    curves.draw(
        result,
        baselines=result[CLIPPED].baselines,
        alt="The loss of the networks with and without clipping",
    )
    run = result[FREE].run
    if run.failure == DIVERGED and not result.trains:
        _offer_to_rewind(run)


def _offer_to_rewind(run: Run) -> None:
    good = services.store().snapshots.checkpoint_iteration(run.id) or 0
    st.button(
        f"Rewind to iteration {good:,}, where all was well, and go on at {SMALLER_RATE:g}",
        icon=":material/history:",
        on_click=_rewind,
        args=(run,),
    )


@shows_errors()
def _rewind(run: Run) -> None:
    services.workspace().request(run.id, desired="running", learning_rate=SMALLER_RATE)
    services.supervisor().reconcile()


def was_rewound(outcome: Outcome) -> bool:
    return outcome.run.learning_rate != outcome.run.config.learning_rate


def _verdict(result: Result) -> Verdict:
    clipped, free = result[CLIPPED], result[FREE]
    ended = f"With clipping, it ended at **{clipped.held_out_bits:.2f} bits** per character."
    adagrad = (
        "The textbook's optimizer, Adagrad, shortens its steps by itself: with it, clipping seldom "
        "matters."
    )
    diverged = free.run.failure == DIVERGED
    if was_rewound(free) and not diverged:
        learned = free.held_out_bits < free.baselines.unigram
        helps = "smaller steps help, too, but take longer" if learned else "that was still too much"
        return Verdict(
            "diverges",
            f"{ended} Without, training diverged, and was rewound to where it was well. At a "
            f"learning rate of {free.run.learning_rate:g} it then reached "
            f"**{free.held_out_bits:.2f} bits** without clipping: {helps}. {adagrad}",
        )
    if diverged:
        return Verdict(
            "diverges",
            f"{ended} Without, the loss was far above guessing at iteration "
            f"**{free.run.iteration:,}**, and training stopped (*it diverged*). Nothing is lost: "
            f"the last good state was kept. {adagrad}",
        )
    difference = free.held_out_bits - clipped.held_out_bits
    return Verdict(
        "worse" if difference > 0.1 else "same",
        f"{ended} Without, it ended at **{free.held_out_bits:.2f} bits**: on this text, the "
        f"gradients never grew so large that training diverged. {adagrad}",
    )


CARD = Card(
    key="clipping",
    question="Why clip the gradients?",
    teaser="Two networks take very large steps.",
    title="Clipping",
    idea=_idea,
    guess=Choice(
        "What becomes of the network that does not clip?",
        {
            "same": "It ends about where the other one ends",
            "worse": "It learns, but less well",
            "diverges": "Its loss grows until training has to stop",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
)
