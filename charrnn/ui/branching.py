"""Branch from here: a new run that goes on from a moment of another."""

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Run
from charrnn.ui import services, session, sitemap
from charrnn.ui.dialogs import dialog
from charrnn.ui.settings_panel import CHOICES
from charrnn.ui.trouble import told


def offer(run: Run, iteration: int) -> None:
    """A button for the nearest moment that is kept whole; nothing where there is none."""
    kept = services.store().snapshot_iterations(run.id, complete=True)
    if not kept:
        return
    nearest = min(kept, key=lambda n: abs(n - iteration))
    elsewhere = f"Iteration {iteration:,} is not kept whole; {nearest:,} is the nearest that is."
    if st.button(
        f"Branch from {nearest:,}",
        icon=":material/fork_right:",
        help=elsewhere if nearest != iteration else None,
    ):
        branch(run, nearest)


@dialog("Branch from here", icon=":material/fork_right:")
@told()
def branch(run: Run, iteration: int) -> None:
    """Choose the learning rate that the branch goes on with, and begin it."""
    then = services.shelf().rate_at(run, iteration)
    st.caption(
        f"A new run that has learned all that this one had at iteration {iteration:,}, and goes "
        f"on from there by itself. This one stays as it is; its learning rate was {then:g} then."
    )
    rate = st.select_slider(
        "learning rate",
        sorted({*CHOICES["learning_rate"], then}),
        value=then,
        key=f"branch_rate_{run.id}_{iteration}",
        help=RunConfig.meaning("learning_rate"),
    )
    if st.button("Start the branch", type="primary", icon=":material/play_arrow:"):
        begin(run, iteration, rate)
        sitemap.go("Train")


def begin(run: Run, iteration: int, rate: float) -> None:
    """Start it and show it. Raises StoreError."""
    made = services.shelf().branch(run, iteration, learning_rate=rate)
    services.launcher().take_up()
    session.select_run(made.id)


def offer_way_back(run: Run) -> None:
    """After a divergence: the last good moment, with a smaller learning rate."""
    good = services.store().last_good(run.id)
    if good is None:
        return
    smaller = [rate for rate in CHOICES["learning_rate"] if rate <= run.learning_rate / 3]
    rate = smaller[-1] if smaller else run.learning_rate / 3
    if st.button(
        f"Go back to iteration {good:,} with learning rate {rate:g}",
        icon=":material/undo:",
        type="primary",
    ):
        begin(run, good, rate)
        sitemap.go("Train")
