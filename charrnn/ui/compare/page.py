"""The page at /compare: what a changed setting changes, in curves, in figures and in writing."""

from pathlib import Path

import streamlit as st

from charrnn.runs.records import Run
from charrnn.ui import axes, keeping, services, session, settings, twins
from charrnn.ui.compare import charts, samples, shelf, subject, table
from charrnn.ui.compare.subject import Subject
from charrnn.ui.dialogs import rerun_page
from charrnn.ui.menu import address
from charrnn.ui.plain import plain
from charrnn.ui.trouble import told

LIVE_SECONDS = 2.0  # between two looks, but for a crowd: see crowd.py
FIRST_CHOICE = 4  # runs, the newest, before any were chosen


def show() -> None:
    """Draw the page, for the runs in the link or else for the visitor's newest."""
    st.html(Path(__file__).with_name("compare.css"))
    settings.start()
    session.keep_comparison()
    runs = _chosen_runs()
    own = [run for run in runs.values() if services.owned(run)]
    session.show_comparison(owned=bool(own) or not runs)
    with st.sidebar:
        shelf.draw()
        keeping.bring()
    _heading(runs, own)
    if not runs:
        st.markdown(
            "Choose runs at the side: tick two or more, and their curves and samples stand beside "
            "each other here. To get one, press Train on the page Train."
        )
        return
    pace = _pace(runs)
    st.fragment(_draw, run_every=pace)(tuple(runs), pace)


def _chosen_runs() -> dict[str, Run]:
    """The runs that are compared, by key; those that are gone are left out."""
    keys = session.compared()
    if keys is None:
        keys = [run.id for run in services.shelf().runs()[:FIRST_CHOICE]]
        session.compare(keys)
    found = {key: subject.find(key) for key in keys}
    gone = [key for key, run in found.items() if run is None]
    if gone:
        session.compare([key for key in keys if key not in gone])
        st.warning(
            "A run in this link is not here: it was deleted, or is on another server.",
            icon=":material/link_off:",
        )
    return {key: run for key, run in found.items() if run is not None}


def _heading(runs: dict[str, Run], own: list[Run]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="compare_heading"):
        st.markdown("### Compare")
        if own:
            newest = max(own, key=lambda run: run.number)
            if st.button("Duplicate and change", icon=":material/content_copy:"):
                twins.duplicate(newest)
            if st.button("Grid of twins", icon=":material/grid_view:"):
                twins.grid(newest)
        if runs:
            with st.popover("Show to others", icon=":material/share:", type="tertiary"):
                st.caption("Whoever has this link can look at these runs, and no more.")
                shown = ",".join(run.view_key for run in runs.values())
                link = f"{address()}/compare?compare={shown}"
                st.code(link, language=None, wrap_lines=True)


def _pace(runs: dict[str, Run]) -> float | None:
    """Seconds between two looks, while something moves."""
    moving = any(run.moving for run in runs.values())
    return LIVE_SECONDS * services.crowd_factor() if moving else None


@told()
def _draw(keys: tuple[str, ...], pace: float | None) -> None:
    runs = {key: run for key in keys if (run := subject.find(key))}
    if pace:
        services.look_again_in(pace)
    if len(runs) < len(keys) or _pace(runs) != pace:
        rerun_page()  # one was thrown away, or the timer has to start, to stop or to change
    subjects = subject.read(runs)
    _legend(subjects)
    _curves(subjects)
    samples.draw(subjects)
    st.markdown("#### Settings and figures")
    table.draw(subjects)
    session.show_comparison(owned=any(services.owned(run) for run in runs.values()))


def _legend(subjects: list[Subject]) -> None:
    lines = (samples.heading(one, f"{one.bits:.2f} bits") for one in subjects)
    st.html(f'<div class="legend-of-runs">{"".join(lines)}</div>')


def _curves(subjects: list[Subject]) -> None:
    axis = axes.choose_axis()
    keys, colours, dashes = zip(*((s.key, s.colour, s.dash) for s in subjects), strict=True)
    st.vega_lite_chart(
        charts.curve_rows(subjects, axis),
        charts.curve_spec(keys, colours, dashes, axis),
        key=f"curves_{axis}_{'_'.join(keys)}",
        on_select=_keep_view,
        selection_mode=["zoom"],
        alt="The smooth loss of each run; the table below has the figures",
    )
    st.caption(plain(charts.in_words(subjects)))


def _keep_view() -> None:
    """With a callback for its selection a chart keeps its zoom when its data change."""
