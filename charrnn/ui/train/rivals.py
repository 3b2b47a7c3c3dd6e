"""Who else predicts the held-out text, for the loss chart: counting writers, and the visitor."""

import streamlit as st

from charrnn.engine.analysis.counting import overtaken_at
from charrnn.engine.evaluation import bits_per_character
from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.train.counting_panel import LABELS, counted
from charrnn.ui.train.run_view import Rival, RunView

YOU = "you"


def of_run(run: Run, view: RunView) -> tuple[Rival, ...]:
    """The counting writers while they are shown, and the visitor after a game on this text."""
    if not services.may_read_text(run):
        return ()
    evaluations = [(n, bits_per_character(nats, 1)) for n, nats in view.evaluations]
    found = []
    if st.session_state.get(session.COUNTING):
        bits = counted(view.corpus, run.config.held_out).bits
        found = [Rival(LABELS[i], b, overtaken_at(evaluations, b)) for i, b in enumerate(bits)]
    game = services.store().games.newest(services.workspace().key, run.sha256)
    if game:
        person = game.person
        reached = overtaken_at(evaluations, person.bits)
        found.append(Rival(YOU, person.bits, reached, person.low, person.high))
    return tuple(found)
