"""Why does the loss go up and down? The very windows behind the highest losses."""

from statistics import median
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.engine.analysis.one_step import Start, one_step
from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store.records import Corpus
from charrnn.ui import services
from charrnn.ui.learn import curves, pictures
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.guess import Choice

# The network of a spike is trained again from the snapshot before it: see costs().
SNAPSHOT = 20_000
CONFIG = RunConfig(hidden_size=64, iterations=SNAPSHOT + 5000)
LATE = 0.8  # of the iterations: where the windows begin that are looked at
SPIKES = 5
NEAR = 10  # recorded windows on either side, whose median loss is the usual one
COSTLIEST = 5  # characters of a window
BACK = 1.2  # as much as the usual loss, or less: the spike is over


class Spike(NamedTuple):
    """A window that cost much more than those around it. Losses in nats."""

    iteration: int
    loss: float
    before: float  # the median loss of the windows before
    after: float


def _idea(corpus: Corpus) -> str:
    return (
        f"The network reads the text in **windows** of {CONFIG.seq_length} characters, and is told "
        "after each one how badly it has predicted it: the loss. It jumps up and down, even late "
        "in training. Now and then one window costs twice as much as its neighbors: a "
        "**spike**.\n\n"
        f"A network will read {CONFIG.iterations:,} windows. Then you can look at the highest "
        "spikes: at the very text that was read there."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [Plan("", CONFIG.fitted(corpus.characters))]


def spikes(outcome: Outcome) -> list[Spike]:
    """The highest spikes after the last snapshot, in order of iteration."""
    recorded = [(n, loss) for n, loss, *_ in services.store().history.full(outcome.run.id).metrics]
    n, losses = (np.array(column) for column in zip(*recorded, strict=True))
    found, first = [], snapshot(outcome)
    for i in range(NEAR, len(n) - NEAR):
        if n[i] > first:
            before, after = median(losses[i - NEAR : i]), median(losses[i + 1 : i + 1 + NEAR])
            found.append(Spike(int(n[i]), float(losses[i]), float(before), float(after)))
    highest = sorted(found, key=lambda spike: spike.before - spike.loss)[:SPIKES]
    return sorted(highest)


def snapshot(outcome: Outcome) -> int:
    """The iteration of the last snapshot that leaves some windows until the end."""
    kept = services.store().snapshots.iterations(outcome.run.id, complete=True)
    return max(n for n in kept if n <= LATE * outcome.run.iterations)


@st.cache_resource(show_spinner="Training up to this window again", max_entries=20)
def costs(url: str, run_id: str, iteration: int, _outcome: Outcome) -> tuple[str, np.ndarray]:
    """(The characters of the window of an iteration, what each cost in nats).

    Trains from the last snapshot up to there, which leads to the same weights, bit for bit.
    """
    subject = _outcome.subject
    settings = _outcome.run.config.trainer_settings() | {"held_out": 0.0}
    text = _outcome.training_ids
    trainer = Trainer(text, len(subject.vocabulary), **settings)
    state = services.store().snapshots.get(run_id, snapshot(_outcome))
    trainer.restore(state_from_bytes(state))
    while trainer.iteration < iteration - 1:
        trainer.step()
    step = one_step(Start.of_trainer(trainer))
    return subject.vocabulary.decode(step.targets), step.losses


def _picture(result: Result) -> None:
    outcome = result[""]
    if not result.finished:
        curves.draw(result, alt="The loss of the network over the characters it has read")
        return
    found = spikes(outcome)
    key = f"spike_{outcome.run.id}"
    st.session_state.setdefault(key, max(found, key=lambda spike: spike.loss).iteration)
    curves.draw_spikes(_late(outcome), [spike.iteration for spike in found], key=key)
    by_iteration = {spike.iteration: spike for spike in found}
    chosen = st.pills(
        "Spike",
        list(by_iteration),
        required=True,
        format_func=lambda n: f"iteration {n:,}",
        key=key,
    )
    spike = by_iteration[chosen or found[0].iteration]
    text, nats = costs(services.url(), outcome.run.id, spike.iteration, outcome)
    st.html(pictures.by_cost(text, nats / np.log(2)))
    st.caption(
        f"The window of iteration {spike.iteration:,}: {spike.loss:.0f} nats, where its neighbors "
        f"cost {spike.before:.0f} before and {spike.after:.0f} after it. The stronger the color, "
        "the more a character cost; point at one for its bits."
    )


def _late(outcome: Outcome) -> list[tuple[int, float]]:
    """(iteration, loss in nats) of the windows among which spikes are looked for."""
    metrics = services.store().history.full(outcome.run.id).metrics
    first = snapshot(outcome)
    return [(n, loss) for n, loss, *_ in metrics[:-NEAR] if n > first]


def _verdict(result: Result) -> Verdict:
    outcome = result[""]
    found = spikes(outcome)
    over = sum(spike.after <= BACK * spike.before for spike in found)
    highest = max(found, key=lambda spike: spike.loss)
    text, nats = costs(services.url(), outcome.run.id, highest.iteration, outcome)
    if not nats.any():  # one character alone is certain: there is nothing that a share is of
        return Verdict(
            "",
            "There is no spike: in a text of a single character, no window costs anything, "
            "because there is nothing to guess.",
        )
    share = np.sort(nats)[-COSTLIEST:].sum() / nats.sum()
    answer, n = "", len(found)  # which of the two it is, the losses alone do not always tell
    after = (
        f"After {n - over} of the {n} highest spikes, the next windows cost more than those "
        "before: the text is harder there, or the network was worse for a while."
    )
    if over > n / 2:
        answer = "text"
        after = (
            f"After {'each' if over == n else over} of the {n} highest spikes, the next windows "
            "cost as little as those before: the network is no worse."
        )
    return Verdict(
        answer,
        f"{after} In the highest one, {COSTLIEST} of "
        f"{len(text)} characters make up **{share:.0%}** of the cost: capitals, rare characters "
        "and the beginnings of words are hard to predict, and some windows have many of them. "
        "That is why the smooth loss is the line to watch.",
    )


CARD = Card(
    key="spikes",
    question="Why does the loss go up and down?",
    teaser="Look at the very text behind the highest losses.",
    title="Spikes",
    idea=_idea,
    guess=Choice(
        "What is behind a spike?",
        {
            "worse": "One bad step: from then on the network is worse for a while",
            "text": "A window with characters that are hard to predict",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
)
