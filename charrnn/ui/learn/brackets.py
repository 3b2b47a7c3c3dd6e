"""Which brackets a network closes: the measure of two cards that read the text "Brackets"."""

from typing import NamedTuple

import streamlit as st

from charrnn.engine.analysis.brackets import closed_lines
from charrnn.runs.config import RunConfig
from charrnn.ui import services
from charrnn.ui.learn import curves
from charrnn.ui.learn.result import Outcome, Result

TEXT = "brackets"
# Learns within some 60,000 windows to close a bracket, at a seq_length of 25.
CONFIG = RunConfig(
    hidden_size=64,
    learning_rate=0.03,
    initial_weights="orthogonal",
    iterations=80_000,
)
FAR = 25  # characters from one bracket to the other: more than any window of these cards has
ABOUT = (
    "Every line of this text begins with one of three brackets, goes on with 7 to 60 letters that "
    "are the same for all of them, now and then with a small group such as `[]` among them, and "
    "ends with the bracket that matches the first: "
    "`(bcdeabcdea)`. So to close a line, the network has to remember how it began."
)


class Closed(NamedTuple):
    """The share of lines that the network closes correctly, 0 to 1; a guess is right in a third."""

    all: float
    far: float  # of those whose closing bracket comes more than FAR characters later


def closed(outcome: Outcome) -> Closed:
    """Read held-out lines: is the most likely closing bracket of each the right one?"""
    return _closed(services.url(), outcome.run.id, outcome.network.iteration, outcome)


@st.cache_data(show_spinner=False, max_entries=100)
def _closed(url: str, run_id: str, iteration: int, _outcome: Outcome) -> Closed:
    network, vocabulary = _outcome.network, _outcome.subject.vocabulary
    text = vocabulary.decode(_outcome.held_out_ids)
    right, distances = closed_lines(network.weights, vocabulary, text, network.hidden)
    return Closed(float(right.mean()), float(right[distances > FAR].mean()))


def draw(result: Result) -> None:
    """Draw the share of closed brackets of each run, as bars."""
    curves.draw_shares(
        {outcome.label: closed(outcome).all for outcome in result.outcomes},
        title="held-out lines closed with the right bracket",
        chance="guessing: 1 in 3",
        alt="The share of held-out lines that each network closes with the right bracket",
    )
    if not result.finished:
        st.caption("Measured again while they train, with what each network has learned so far.")
