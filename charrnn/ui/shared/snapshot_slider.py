"""The slider over the snapshots of a run, at whose right end are the newest weights.

Where a page shows the newest weights, they are those of the moment they were requested: what is
explained, compared or written with them must not change while the run trains on.
"""

from collections.abc import Callable

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui._compat.script_runs import session_id
from charrnn.ui.shared.formatting import snapshot_range, why_no_earlier_snapshot
from charrnn.ui.shared.snapshots import SNAPSHOTS, Snapshot, Subject

NEWEST = "newest"


def choose_iteration(
    run: Run, kept: list[int], *, key: str, on_change: Callable[[], None] | None = None
) -> int | None:
    """Draw the slider; returns the iteration of the snapshot, None for the newest weights.

    kept: the iterations that have a snapshot, in ascending order. key: one of the page.
    """
    key = _key(run, key)
    options: list[int | str] = [*kept, NEWEST]
    if st.session_state.get(key) not in options:
        st.session_state[key] = NEWEST
    chosen = st.select_slider(
        f"Snapshot: {snapshot_range(kept)}",
        options,
        format_func=lambda n: n if n == NEWEST else f"{n:,}",
        help=why_no_earlier_snapshot(kept),
        key=key,
        persist_state="session",
        on_change=on_change,
    )
    return chosen if isinstance(chosen, int) else None


def chosen_iteration(run: Run, *, key: str) -> int | None:
    """The iteration at which the slider is; None for the newest weights."""
    chosen = st.session_state.get(_key(run, key))
    return chosen if isinstance(chosen, int) else None


def set_iteration(run: Run, iteration: int | None, *, key: str) -> None:
    """Move the slider, before it is drawn: to a snapshot, or to its right end if there is none."""
    st.session_state[_key(run, key)] = NEWEST if iteration is None else iteration


def _key(run: Run, key: str) -> str:
    return f"{key}_{run.id}"


# --- The newest weights -------------------------------------------------------------------------


def request_newest(key: str) -> None:
    """Load the newest weights at the next drawing, in place of those loaded before.

    key: of the session, one for each page.
    """
    st.session_state[key] = _requests(key) + 1


def newest_at_request(subject: Subject, run: Run, *, key: str) -> Snapshot:
    """The weights that were newest when request_newest() was called. run: the subject's."""
    at_request = (session_id(), services.url(), run.id, key, _requests(key))
    return SNAPSHOTS.get(at_request, subject.newest_snapshot)


def newest_is_asked_for(run: Run, loaded: int) -> bool:
    """A button that asks for the newest weights, once the run has trained on; whether it was hit.

    loaded: the iteration of the weights that the page shows.
    """
    newest = services.store().snapshots.checkpoint_iteration(run.id) or loaded
    return newest > loaded and st.button(
        f"Load iteration {newest:,} (this is iteration {loaded:,})",
        key=f"load_newest_{run.id}",  # a label that changes must not lose the click
        icon=":material/update:",
        type="tertiary",
    )


def _requests(key: str) -> int:
    return int(st.session_state.get(key, 0))
