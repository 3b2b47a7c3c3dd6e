"""Does seq_length limit what the network can learn? Brackets, at windows of 1, 5 and 25."""

from dataclasses import replace

from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import brackets
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

LENGTHS = (1, 5, 25)
LABELS = {T: f"seq_length {T}" for T in LENGTHS}
CLOSES = 0.5  # a guess is right in a third of all lines


def _idea(corpus: Corpus) -> str:
    return (
        f"{brackets.ABOUT}\n\n"
        "Errors are traced back through one window at a time: `seq_length` characters. The hidden "
        "state is carried from window to window, so what the network *remembers* may be older. "
        f"Three networks make {brackets.CONFIG.iterations:,} updates each, with windows of "
        "1, 5 and 25 characters."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [Plan(LABELS[T], replace(brackets.CONFIG, seq_length=T)) for T in LENGTHS]


def _picture(result: Result) -> None:
    brackets.draw(result)


def _verdict(result: Result) -> Verdict:
    shares = {T: brackets.closed(result[LABELS[T]]) for T in LENGTHS}
    able = [T for T in LENGTHS if shares[T].all > CLOSES]
    words = ", ".join(f"**{shares[T].all:.0%}** with windows of {T}" for T in LENGTHS)
    longest = LENGTHS[-1]
    return Verdict(
        str(able[0]) if able else "none",
        f"Of held-out lines, the networks close {words}; a guess is right in a third. The "
        "closing bracket comes at least 8 characters after the opening one, and an error is never "
        "traced further back than the window. But seq_length limits what is learned, not how long "
        "it is remembered: of the lines whose closing bracket comes more than "
        f"{brackets.FAR} characters later, the network with windows of {longest} closes "
        f"{shares[longest].far:.0%}.",
    )


CARD = Card(
    key="seq-length",
    question="Does seq_length limit what the network can learn?",
    teaser="Three networks learn to close brackets.",
    title="Window length",
    idea=_idea,
    guess=Choice(
        "What is the shortest window with which it learns to close most lines?",
        {
            "1": "1: the hidden state is carried anyway",
            "5": "5 characters",
            "25": "25 characters",
            "none": "None of them",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
    text=brackets.TEXT,
    takes_own_text=False,
)
