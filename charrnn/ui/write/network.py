"""Choosing the network that writes: a run, and one of its snapshots."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session
from charrnn.ui._compat import session_id
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import snapshot_slider
from charrnn.ui.shared.formatting import why_no_earlier_snapshot
from charrnn.ui.shared.run_actions import branch
from charrnn.ui.shared.run_label import run_label
from charrnn.ui.shared.snapshots import SNAPSHOTS, Snapshot, Subject
from charrnn.ui.write.controls import reset_picks

NEWEST = "newest"


def choose_run(linked: Run | None) -> Run | None:
    """The run in the link, or else the newest; None if there is no run.

    Visitors can switch to another of their own runs.
    """
    if linked and not services.owned(linked):
        st.caption(
            "You are viewing another visitor's network. You can sample from it but not change it."
        )
        return linked
    runs = {run.id: run for run in services.workspace().runs()}
    if not runs:
        return None
    labels = {run.id: run_label(run) for run in runs.values()}
    selected = linked.id if linked else next(iter(runs))
    if linked is None:
        selection.select_run(selected)
        services.show_runs([runs[selected]])
    session.set_widget(session.WRITER, selected)
    st.selectbox(
        "Network",
        list(labels),
        format_func=labels.__getitem__,
        key=session.WRITER,
        on_change=_select_run,
        label_visibility="collapsed",
        width=420,
    )
    return runs[selected]


def _select_run() -> None:
    selection.select_run(st.session_state[session.WRITER])
    request_newest()


def request_newest() -> None:
    """Load the newest snapshot at the next drawing, instead of the one loaded before."""
    requests = st.session_state.get(session.NEWEST_REQUESTS, 0)
    st.session_state[session.NEWEST_REQUESTS] = requests + 1
    reset_picks()


def _newest(subject: Subject, run: Run) -> Snapshot:
    """The snapshot that was newest when it was requested.

    It is kept until the next request, so the sample stays as it is while the run trains on.
    """
    requests = st.session_state.get(session.NEWEST_REQUESTS, 0)
    key = (session_id(), services.url(), run.id, requests)
    return SNAPSHOTS.get(key, subject.newest_snapshot)


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
    iterations = services.store().snapshots.iterations(run.id)
    best = services.store().snapshots.best(run.id)
    options: list[int | str] = [*iterations, NEWEST]
    key = f"{session.WRITE_AT}_{run.id}"
    if st.session_state.get(key) not in options:
        st.session_state[key] = NEWEST
    with st.container(horizontal=True, vertical_alignment="bottom", key="snapshot"):
        chosen = st.select_slider(
            "Snapshot: the network as it was at iteration",
            options,
            format_func=lambda n: n if n == NEWEST else f"{n:,}",
            help=why_no_earlier_snapshot(iterations),
            key=key,
            persist_state="session",
            on_change=reset_picks,
        )
        if isinstance(chosen, str):
            branch.offer_from_newest(run)
            _offer_best(key, best, chosen)
            return _newest(subject, run)
        branch.offer(run, chosen)
        _offer_best(key, best, chosen)
        return subject.snapshot(chosen)


def _offer_best(key: str, best: tuple[int, float] | None, chosen: int | str) -> None:
    """A button that moves the slider to the snapshot with the lowest held-out loss."""
    if best and best[0] != chosen:
        st.button(
            f"Best on held-out text: iteration {best[0]:,}",
            icon=":material/award_star:",
            type="tertiary",
            on_click=_select_snapshot,
            args=(key, best[0]),
        )


def _select_snapshot(key: str, iteration: int) -> None:
    st.session_state[key] = iteration
    reset_picks()
