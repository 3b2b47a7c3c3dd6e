"""Why carry the hidden state? The same network with and without it, reading and writing."""

from dataclasses import replace

import numpy as np
import streamlit as st

from charrnn.engine.analysis.reading import hidden_before
from charrnn.engine.analysis.window_losses import losses_by_place
from charrnn.engine.sampling import prime, sample
from charrnn.runs.config import RunConfig
from charrnn.runs.prompts import read_prompt, seeded_rng
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import curves, pictures
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

T = 10  # short windows: much of what helps to predict is in the windows before
CONFIG = RunConfig(hidden_size=64, seq_length=T, iterations=80_000)
CARRIED, CLEARED = "carried", "cleared"
LITTLE = 0.05  # bits per character
# That are read of the held-out text, so that this takes a fraction of a second and little memory.
MAX_CHARACTERS, MAX_PROBABILITIES = 20_000, 4_000_000
WRITTEN, GOES_ON = 60, 60  # characters, before and after the hidden state is cleared


def _idea(corpus: Corpus) -> str:
    return (
        f"The **hidden state** is what the network has in mind: {CONFIG.hidden_size} numbers, "
        "updated with every character that it reads. Training goes through the text in "
        f"**windows**, here of {T} characters. From one window to the next the hidden state is "
        "*carried* over, so the network still knows what it has just read.\n\n"
        "Two networks will read the same text. One carries its hidden state. The other begins "
        "every window with zeros: its hidden state is *cleared*."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [
        Plan(state, replace(CONFIG, hidden_state=state).fitted(corpus.characters))
        for state in (CARRIED, CLEARED)
    ]


def by_place(outcome: Outcome) -> np.ndarray:
    """The loss in bits at each place in the window, (T,): of held-out text, read as in training.

    Of a long one, or one with many different characters, the beginning is read.
    """
    config, network, carried = outcome.run.config, outcome.network, None
    if config.hidden_state == "carried":
        text, position = outcome.subject.ids, len(outcome.training_ids)
        carried = hidden_before(network.weights, text, position, network.hidden)
    most = min(MAX_CHARACTERS, MAX_PROBABILITIES // network.weights.vocab_size)
    ids = outcome.held_out_ids[: max(most, config.seq_length + 1)]
    nats = losses_by_place(network.weights, ids, config.seq_length, carried=carried)
    bits: np.ndarray = nats / np.log(2)
    return bits


def _picture(result: Result) -> None:
    if not result.finished:
        curves.draw(result, alt="The loss of both networks over the characters they have read")
        return
    points = [
        (outcome.label, place, bits)
        for outcome in result.outcomes
        for place, bits in enumerate(by_place(outcome), start=1)
    ]
    curves.draw_lines(
        points,
        x="place in the window",
        alt="The loss at each place in the window, of both networks",
    )
    _draw_writing(result[CARRIED])


def _draw_writing(outcome: Outcome) -> None:
    """What the network writes with its hidden state cleared in the middle, and without."""
    before, kept, cleared = written(outcome)
    st.markdown(
        "The network that carries its hidden state, while it writes. On the right, the hidden "
        "state is cleared at the mark; the random numbers are the same."
    )
    with st.container(key="learn_samples"):
        for heading, after in (("Carried", kept), ("Cleared at the mark", cleared)):
            with st.container():
                st.markdown(f"**{heading}**")
                st.html(pictures.written(before, after))


def written(outcome: Outcome) -> tuple[str, str, str]:
    """(What the network writes first, how it goes on, how it goes on from zeros).

    Where the first part ends, the network is in the middle of a word if it writes any.
    """
    weights, vocabulary = outcome.network.weights, outcome.subject.vocabulary
    hidden, first = read_prompt(weights, outcome.network.hidden, vocabulary, "")
    ids = sample(weights, seeded_rng(0), hidden=hidden, first=first, length=2 * WRITTEN)
    text = vocabulary.decode(ids)
    cuts = [i for i in range(WRITTEN, len(text)) if text[i - 3 : i + 1].isalpha()]
    cut = cuts[0] if cuts else WRITTEN
    state, last = prime(weights, hidden, [first, *ids[:cut].tolist()])
    kept, cleared = (
        sample(weights, seeded_rng(1), hidden=h, first=last, length=GOES_ON)
        for h in (state, np.zeros_like(state))
    )
    return text[:cut], vocabulary.decode(kept), vocabulary.decode(cleared)


def _verdict(result: Result) -> Verdict:
    carried, cleared = by_place(result[CARRIED]), by_place(result[CLEARED])
    cost = float(cleared.mean() - carried.mean())
    answer = "much" if cost > LITTLE else "little" if cost > 0 else "nothing"
    first, last = cleared[0] - carried[0], cleared[-1] - carried[-1]
    return Verdict(
        answer,
        f"Read in windows, held-out text costs **{carried.mean():.2f} bits** per character if the "
        f"hidden state is carried and **{cleared.mean():.2f} bits** if it is cleared. At the first "
        f"character of a window the difference is {first:.2f} bits, at the last one {last:.2f}: "
        "a network with a cleared hidden state has to guess until it has read a few characters.",
    )


CARD = Card(
    key="hidden-state",
    question="Why carry the hidden state?",
    teaser="One network remembers what it has read, one forgets.",
    title="Hidden state",
    idea=_idea,
    guess=Choice(
        "What will clearing the hidden state cost?",
        {
            "nothing": "Nothing: the window is enough",
            "little": f"A little, up to {LITTLE:g} bits per character",
            "much": f"More than {LITTLE:g} bits per character",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
)
