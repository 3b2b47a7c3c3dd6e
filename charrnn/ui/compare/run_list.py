"""The visitor's runs, newest first: check to compare, open, rename, duplicate, delete, restore."""

import html
from functools import partial

import streamlit as st

from charrnn.runs.recipes import TITLES
from charrnn.runs.store.records import Run
from charrnn.ui import comparison, navigation, selection, services
from charrnn.ui.compare.checkbox import checkbox
from charrnn.ui.compare.compared_run import activity, find
from charrnn.ui.compare.line_style import LineStyle, styles
from charrnn.ui.compare.samples import swatch
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import deleted_runs, wording
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.run_actions.menu import act, draw_menu

SHOWN_AT_FIRST = 20  # runs
REFRESH_SECONDS = 3.0  # longer when many pages are live, see ui/refresh.py


def draw() -> None:
    """The list, as a fragment that refreshes itself while any run trains."""
    refresh_seconds = _refresh_seconds(services.workspace().runs())
    st.fragment(_draw, run_every=refresh_seconds)(refresh_seconds, _compared())


def _compared() -> tuple[str, ...]:
    return tuple(comparison.selected() or ())


def _refresh_seconds(runs: list[Run]) -> float | None:
    """How often to refresh; None while no run trains."""
    moving = any(run.moving for run in runs)
    return REFRESH_SECONDS * services.refresh_factor() if moving else None


@shows_errors()
def _draw(refresh_seconds: float | None, compared: tuple[str, ...]) -> None:
    """refresh_seconds and compared: as they were when the whole page was drawn."""
    runs = services.workspace().runs()
    if refresh_seconds:
        services.note_refresh(refresh_seconds)
    if _compared() != compared:
        st.rerun()  # the rest of the page shows the compared runs
    if _refresh_seconds(runs) != refresh_seconds:
        rerun_page()
    st.markdown("## Your runs")
    if not runs:
        st.caption("No runs yet. Press Train on the Train page to start one.")
    picked = _rows(runs, compared)
    deleted_runs.draw_list()
    if picked:
        act(*picked)


def _rows(runs: list[Run], compared: tuple[str, ...]) -> tuple[Run, str] | None:
    """The rows of the list; returns the run with a menu action that was picked, if any."""
    several_texts = len({run.sha256 for run in runs}) > 1
    show_all = len(runs) <= SHOWN_AT_FIRST or st.toggle(f"Show all {len(runs)}", key="all_runs")
    # The compared runs look as in the chart, where the others, too, say how each one is drawn.
    lines = styles([run for key in compared if (run := find(key))])
    picked = None
    for run in runs if show_all else runs[:SHOWN_AT_FIRST]:
        line = lines.get(run.id, LineStyle.of(run))
        picked = _row(run, compared, line, name_text=several_texts) or picked
    return picked


def _row(
    run: Run, compared: tuple[str, ...], line: LineStyle, *, name_text: bool
) -> tuple[Run, str] | None:
    """One run; returns it with the menu action that was picked, if any."""
    key = f"compared_{run.number}"  # not the id: it can hold what a component's key must not
    full = len(compared) >= comparison.MAX_RUNS
    with st.container(horizontal=True, vertical_alignment="center", key=f"run_row_{run.id}"):
        checkbox(
            run.title,
            checked=run.id in compared,
            why_not_more=f"At most {len(compared)} runs: uncheck one first" if full else "",
            key=key,
            on_change=partial(_toggle, run.id, key),
        )
        # The style sheet hides the emphasized part: it is for screen readers.
        label = f"Open *{escape_markdown(run.title)}*"
        navigation.link("Train", label, query=selection.link_to(run.id))
        action = draw_menu(run, in_list=True)
    st.html(_details(run, line, name_text=name_text))
    return (run, action) if action else None


def _details(run: Run, style: LineStyle, *, name_text: bool) -> str:
    """Below the name: the line's swatch, settings and progress, as HTML."""
    config, doing = run.config, activity(run)
    lines = [
        wording.values_in_short(config, ["hidden_size", "seq_length", "learning_rate"]),
        # The legend refreshes at other moments, and must not be contradicted.
        f"<b>{doing}</b>" if doing else f"{run.bits:.2f} bits at {run.iteration:,}",
    ]
    if config.recipe != "textbook":
        lines.insert(0, f"recipe {TITLES[config.recipe]}")
    if run.experiment:
        lines.insert(0, "experiment of the page Learn")
    if name_text:
        lines.insert(0, html.escape(services.text_of(run).name))
    spans = "".join(f"<span>{line}</span>" for line in lines)
    return f'<div class="run-details">{swatch(style)}<p>{spans}</p></div>'


def _toggle(run_id: str, key: str) -> None:
    """Compare a run, or no longer, as its checkbox says."""
    others = [other for other in _compared() if other != run_id]
    comparison.select([*others, run_id] if st.session_state[key].get("checked") else others)
