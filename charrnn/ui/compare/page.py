"""The page at /compare: runs side by side, to see what a setting changes."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import comparison, navigation, services
from charrnn.ui.compare import (
    compared_run,
    curves_chart,
    import_run,
    ranking,
    run_list,
    samples,
    table,
)
from charrnn.ui.compare.compared_run import ComparedRun
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import settings
from charrnn.ui.shared.charts import options
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.linked_run import warn_of_missing
from charrnn.ui.shared.run_actions import duplicate, sweep

REFRESH_SECONDS = 2.0  # longer when many pages are live, see ui/refresh.py
COMPARED_AT_FIRST = 4  # the newest runs, until the visitor chooses


def show() -> None:
    """Draw the page, for the runs in the link or else for the visitor's newest."""
    settings.set_defaults()
    comparison.read_url()
    with st.container():  # also if it is empty: nothing below it may move
        runs = _compared_runs()
    own = [run for run in runs.values() if services.owned(run)]
    comparison.write_url()
    with st.sidebar:
        run_list.draw()
        import_run.draw()
    _heading(runs, own)
    if not runs:
        st.markdown(
            "Check two or more runs in the sidebar to see their curves and samples side by side. "
            "To start a run, press Train on the Train page."
        )
        if not services.workspace().runs() and st.button(
            "Go to Train", icon=":material/model_training:", type="primary"
        ):
            navigation.go("Train")
        return
    with st.container():  # also if it is empty: nothing below it may move
        _offer_one_text(runs)
    refresh_seconds = _refresh_seconds(runs)
    st.fragment(_draw, run_every=refresh_seconds)(tuple(runs), refresh_seconds)


def _compared_runs() -> dict[str, Run]:
    """The compared runs by key; those not found are left out, with a warning."""
    keys = comparison.selected()
    if keys is None:
        keys = [run.id for run in services.workspace().runs()[:COMPARED_AT_FIRST]]
        comparison.select(keys)
    runs = {key: run for key in keys if (run := compared_run.find(key))}
    missing = len(runs) < len(set(keys))
    if missing:
        comparison.select([key for key in keys if key in runs])
    warn_of_missing(
        missing, "A run in this link was not found: it was deleted, or it is on another server."
    )
    services.show_runs(runs.values())
    return runs


def _heading(runs: dict[str, Run], own: list[Run]) -> None:
    """The title, and what can be done with the compared runs."""
    with st.container(horizontal=True, vertical_alignment="center", key="compare_heading"):
        st.markdown("# Compare")
        if own:
            newest = max(own, key=lambda run: run.number)
            if st.button("Duplicate and change", icon=":material/content_copy:"):
                duplicate.duplicate(newest)
            if st.button("Sweep", icon=":material/grid_view:"):
                sweep.sweep(newest)
        if runs:
            with st.popover("Share a read-only link", icon=":material/share:", type="tertiary"):
                st.caption(
                    "Anyone with this link can view these runs but not change them. A text is "
                    "included only if the link of its own run includes it."
                )
                keys = ",".join(run.view_key for run in runs.values())
                st.code(
                    f"{navigation.address()}/compare?compare={keys}", language=None, wrap_lines=True
                )


def _offer_one_text(runs: dict[str, Run]) -> None:
    """If there are several texts: a button for each of them, to compare only its runs."""
    texts: dict[str, list[str]] = {}
    for key, run in runs.items():
        texts.setdefault(run.sha256, []).append(key)
    if len(texts) < 2:
        return
    with st.container(horizontal=True, key="texts"):
        for sha256, keys in texts.items():
            name = escape_markdown(services.text_of(runs[keys[0]]).name)
            st.button(
                f"Only {name} ({len(keys)} run{'s' * (len(keys) > 1)})",
                key=f"only_{sha256}",
                type="tertiary",
                icon=":material/filter_alt:",
                on_click=comparison.select,
                args=(keys,),
            )


def _refresh_seconds(runs: dict[str, Run]) -> float | None:
    """How often to refresh; None while no run trains."""
    moving = any(run.moving for run in runs.values())
    return REFRESH_SECONDS * services.refresh_factor() if moving else None


@shows_errors()
def _draw(keys: tuple[str, ...], refresh_seconds: float | None) -> None:
    """keys and refresh_seconds: as they were when the whole page was drawn."""
    runs = {key: run for key in keys if (run := compared_run.find(key))}
    if refresh_seconds:
        services.note_refresh(refresh_seconds)
    if len(runs) < len(keys) or _refresh_seconds(runs) != refresh_seconds:
        rerun_page()  # a run was deleted, or the timer has to start, stop or change
    compared_runs = compared_run.read(runs)
    _legend(compared_runs)
    _curves(compared_runs)
    samples.draw(compared_runs)
    st.markdown("## Settings and results")
    table.draw(compared_runs)
    comparison.write_url()


def _legend(compared_runs: list[ComparedRun]) -> None:
    lines = (samples.heading(each, f"{each.run.bits:.2f} bits") for each in compared_runs)
    with st.container(key="run_legend"):
        st.html(f'<div class="run-legend">{"".join(lines)}</div>')


def _curves(compared_runs: list[ComparedRun]) -> None:
    axis = options.choose_axis()
    keys = tuple(compared.key for compared in compared_runs)
    styles = tuple(compared.style for compared in compared_runs)
    st.vega_lite_chart(
        curves_chart.curve_rows(compared_runs, axis),
        curves_chart.curve_spec(keys, styles, axis),
        key=f"curves_{axis}_{'_'.join(keys)}",
        on_select=_keep_zoom,
        selection_mode=["zoom"],
        alt="The smooth loss of each run; the table below has the numbers",
    )
    st.caption(escape_markdown(ranking.in_words(compared_runs)))


def _keep_zoom() -> None:
    """Does nothing: a chart with a selection callback keeps its zoom when its data change."""
