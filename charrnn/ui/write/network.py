"""Choosing the network that writes: a run, and one of its snapshots."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import snapshot_slider
from charrnn.ui.shared.run_actions import branch
from charrnn.ui.shared.run_select import choose_own_run
from charrnn.ui.shared.snapshots import Snapshot, Subject
from charrnn.ui.write.controls import reset_picks


def choose_run(linked: Run | None) -> Run | None:
    """The run in the link, or else the newest; None if there is no run.

    Visitors can switch to another of their own runs.
    """
    if linked and not services.owned(linked):
        st.caption(
            "You are viewing another visitor's network. You can sample from it but not change it."
        )
        return linked
    return choose_own_run(linked, label="Network", key=session.WRITER, on_change=request_newest)


def request_newest() -> None:
    """Load the newest snapshot at the next drawing, instead of the one loaded before."""
    snapshot_slider.request_newest(session.WRITE_REQUESTS)
    reset_picks()


def _newest(subject: Subject, run: Run) -> Snapshot:
    return snapshot_slider.newest_at_request(subject, run, key=session.WRITE_REQUESTS)


@shows_errors()
def offer_newer(subject: Subject, run: Run, refresh_seconds: float) -> None:
    """A button that loads the newest snapshot, once the run has trained on."""
    services.check_view(services.store().runs.get(run.id))
    services.note_refresh(refresh_seconds)
    if snapshot_slider.newest_is_asked_for(run, _newest(subject, run).iteration):
        request_newest()
        st.rerun()


def choose_snapshot(subject: Subject, run: Run) -> Snapshot:
    """The slider over the run's snapshots, and a button to branch from the chosen one."""
    snapshots = services.store().snapshots
    with st.container(horizontal=True, vertical_alignment="bottom", key="snapshot"):
        chosen = snapshot_slider.choose_iteration(
            run, snapshots.iterations(run.id), key=session.WRITE_AT, on_change=reset_picks
        )
        if chosen is None:
            branch.offer_from_newest(run)
        else:
            branch.offer(run, chosen)
        _offer_best(run, snapshots.best(run.id), chosen)
    return _newest(subject, run) if chosen is None else subject.snapshot(chosen)


def _offer_best(run: Run, best: tuple[int, float] | None, chosen: int | None) -> None:
    """A button that moves the slider to the snapshot with the lowest held-out loss."""
    if best and best[0] != chosen:
        st.button(
            f"Best on held-out text: iteration {best[0]:,}",
            key="best_snapshot",
            icon=":material/award_star:",
            type="tertiary",
            on_click=_select_snapshot,
            args=(run, best[0]),
        )


def _select_snapshot(run: Run, iteration: int) -> None:
    snapshot_slider.set_iteration(run, iteration, key=session.WRITE_AT)
    reset_picks()
