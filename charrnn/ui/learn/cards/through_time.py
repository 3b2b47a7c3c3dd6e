"""Why `dh + dhnext`? Brackets, with and without the gradient from the next step."""

from dataclasses import replace

import numpy as np
import streamlit as st

from charrnn.engine.analysis.gradient_check import Checked, gradient_check
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import brackets, curves
from charrnn.ui.learn.card import Card, Look, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

WITH, WITHOUT = "with dhnext", "without dhnext"
MOST = 0.8  # bits per character: from there on the two differ
CLOSES = 0.5  # a guess is right in a third of all lines


def _idea(corpus: Corpus) -> str:
    return (
        "To learn, the network asks how the loss would change if a number inside it were a little "
        "larger: that is the **gradient** of that number. A hidden state is used twice: to predict "
        "the next character, and to compute the next hidden state. So its gradient is a sum: `dh` "
        "comes from its own prediction, and `dhnext` (`dh_from_next` in engine/textbook.py) from "
        "all later ones. That is **backpropagation through time**.\n\n"
        f"{brackets.ABOUT}\n\n"
        "Two networks will read it. One learns from the whole gradient. For the other, `dhnext` is "
        "left out."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [
        Plan(label, replace(brackets.CONFIG, gradients_through_time=setting))
        for label, setting in ((WITH, "on"), (WITHOUT, "off"))
    ]


def check(outcome: Outcome) -> list[Checked]:
    """Compare the gradients that the run learns from with numerical ones, on held-out text."""
    config, network = outcome.run.config, outcome.network
    return gradient_check(
        network.weights,
        outcome.held_out_ids[: config.seq_length + 1],
        network.hidden,
        np.random.default_rng(0),
        through_time=config.gradients_through_time == "on",
    )


def _picture(result: Result) -> None:
    with st.container(key="learn_halves", horizontal=True):
        with st.container():
            curves.draw(
                result,
                most=MOST,
                alt="The loss of the networks with and without gradients through time",
            )
        with st.container():
            brackets.draw(result)
    if result.finished:
        for outcome in result.outcomes:
            _draw_check(outcome)


def _draw_check(outcome: Outcome) -> None:
    checked = check(outcome)
    wrong = sum(not entry.agrees for entry in checked)
    if wrong:
        st.error(
            f"Gradient check, {outcome.label}: {wrong} of {len(checked)} gradients are wrong.",
            icon=":material/error:",
        )
    else:
        st.success(
            f"Gradient check, {outcome.label}: all {len(checked)} gradients are right.",
            icon=":material/check_circle:",
        )


def _verdict(result: Result) -> Verdict:
    whole, cut = (brackets.closed(result[label]).all for label in (WITH, WITHOUT))
    answer = "no" if cut < CLOSES < whole else "same" if abs(whole - cut) < 0.1 else "slower"
    return Verdict(
        answer,
        f"With the whole gradient, the network closes **{whole:.0%}** of held-out lines; without "
        f"`dhnext`, **{cut:.0%}**, and a guess is right in a third. The error at the end of a line "
        "is then never traced back to its beginning, so nothing teaches the network to remember "
        "it. Where the last few characters say nearly everything, as in the first minute on a "
        "story, leaving `dhnext` out does no harm: try it under *Advanced* on the page Train.",
    )


CARD = Card(
    key="through-time",
    question="Why `dh + dhnext`?",
    teaser="One network learns without the gradient from later characters.",
    title="Through time",
    idea=_idea,
    guess=Choice(
        "What becomes of the network without `dhnext`?",
        {
            "same": "It learns to close its brackets just as well",
            "slower": "It learns that, but more slowly",
            "no": "It does not learn that",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
    text=brackets.TEXT,
    takes_own_text=False,
    look=Look("Inside", "Check its gradients on Inside", {"view": "Gradient check"}),
)
