"""Why does the loss start at T·ln V, and what is the smooth loss?"""

import math

import streamlit as st

from charrnn.engine.training import SMOOTHING
from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.store.records import Corpus
from charrnn.ui import services
from charrnn.ui.learn import curves
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared.charts.specs import thinned
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Estimate

CONFIG = RunConfig(hidden_size=64, iterations=30_000)
SMOOTHINGS = (1.0, 0.1, 0.01, SMOOTHING, 0.0001)
MAX_POINTS = 500
HIGHEST = 1.1  # times the loss of guessing: a single window must not stretch the axis
EACH, SMOOTH = "loss of each window", "smooth loss"


def _idea(corpus: Corpus) -> str:
    V = len(corpus.vocabulary)
    return (
        "The network gives every possible next character a **probability** p. It is charged "
        "−ln p for the one that does come, in *nats*: nothing if it was certain, much if it "
        "thought the character unlikely. The **loss of a window** is the sum over its "
        "characters.\n\n"
        f"A window has T = {CONFIG.seq_length} characters, and this text has V = {V} different "
        f"ones; −ln(1/{V}) = ln {V} = {math.log(V):.2f}. Before it has learned anything, the "
        "network finds every character as likely as any other."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [Plan("", CONFIG.fitted(corpus.characters))]


def window_losses(outcome: Outcome) -> list[tuple[int, float]]:
    """(iteration, loss in nats) of all windows that were recorded, from the first one on."""
    recorded = services.store().history.full(outcome.run.id).metrics
    return [(n, loss) for n, loss, *_ in recorded if n > 0]


def smoothed(losses: list[tuple[int, float]], start: float, smoothing: float) -> list[float]:
    """The smooth loss after each of these windows. start: before the first, in nats.

    It moves by `smoothing` of the way to each new loss. Later windows are not all recorded; each
    that is stands for those since the one before.
    """
    line, smooth, before = [], start, 0
    for n, loss in losses:
        smooth += (1 - (1 - smoothing) ** (n - before)) * (loss - smooth)
        line.append(smooth)
        before = n
    return line


def _picture(result: Result) -> None:
    outcome = result[""]
    smoothing = st.select_slider(
        "Smoothing: how far the smooth loss moves to each new loss",
        SMOOTHINGS,
        SMOOTHING,
        format_func=in_digits,
        key=f"smoothing_{outcome.run.id}",
    )
    losses = window_losses(outcome) or [(0, _guessing(outcome))]
    line = smoothed(losses, _guessing(outcome), smoothing)
    points = thinned([(n, loss, y) for (n, loss), y in zip(losses, line, strict=True)], MAX_POINTS)
    most = HIGHEST * _guessing(outcome)
    each = [(EACH, n, min(loss, most)) for n, loss, _ in points]
    curves.draw_lines(
        each + [(SMOOTH, n, y) for n, _, y in points],
        x="iteration",
        y="nats per window",
        end=outcome.run.iterations,
        step=20,
        faint=EACH,
        alt="The loss of each window and the smooth loss, over iterations",
    )


def _guessing(outcome: Outcome) -> float:
    return outcome.run.config.seq_length * math.log(len(outcome.subject.vocabulary))


def _verdict(result: Result) -> Verdict:
    outcome = result[""]
    first = window_losses(outcome)[0][1]
    T, V = outcome.run.config.seq_length, len(outcome.subject.vocabulary)
    return Verdict(
        f"{first:.1f}",
        f"The first window cost **{first:.1f} nats**: T · ln V = {T} · ln {V} = "
        f"{_guessing(outcome):.1f}. The **smooth loss** begins there and moves a thousandth of the "
        "way to the loss of each new window. Move the smoothing: the line changes and the weights "
        "do not, because the network never sees the smooth loss. It is for our eyes only.",
    )


CARD = Card(
    key="start-of-loss",
    question="Why does the loss start at T·ln V, and what is the smooth loss?",
    teaser="Guess what the first window will cost.",
    title="Start of the loss",
    idea=_idea,
    guess=Estimate("What will the first window cost, in nats?", "nats", 0.0, 10_000.0),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
)
