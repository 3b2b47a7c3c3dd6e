"""The slider over the snapshots of a run. At its right end it follows the newest weights."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.shared.formatting import snapshot_range, why_no_earlier_snapshot

NEWEST = "newest"


def choose_iteration(run: Run, kept: list[int], *, key: str) -> int | None:
    """The iteration of the chosen snapshot, None for the newest weights.

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
    )
    return chosen if isinstance(chosen, int) else None


def shows_snapshot(run: Run, *, key: str) -> bool:
    """Whether the slider is at a snapshot, not at the newest weights."""
    return st.session_state.get(_key(run, key), NEWEST) != NEWEST


def newest_is_asked_for(run: Run, loaded: int) -> bool:
    """A button that asks for the newest weights, once the run has trained on; whether it was hit.

    loaded: the iteration of the weights that the page shows.
    """
    newest = services.store().snapshots.checkpoint_iteration(run.id) or loaded
    return newest > loaded and st.button(
        f"Load iteration {newest:,} (this is iteration {loaded:,})",
        icon=":material/update:",
        type="tertiary",
    )


def _key(run: Run, key: str) -> str:
    return f"{key}_{run.id}"
