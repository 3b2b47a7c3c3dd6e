"""The samples of the compared runs, side by side at the same iteration or second."""

import html
import math
from collections.abc import Sequence

import streamlit as st

from charrnn.runs.files.replay.data import replay_of
from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui.compare.compared_run import ComparedRun
from charrnn.ui.compare.line_style import DASHES, LineStyle
from charrnn.ui.shared import replay, samples
from charrnn.ui.shared.charts.specs import thinned
from charrnn.ui.shared.dialogs import run_dialog

UNITS = ("iteration", "second")
MAX_POSITIONS = 120  # on the slider, about
NEWEST = "newest"
HEIGHT = 215  # pixels
CSS_LINE_STYLES = dict(zip(DASHES, ("solid", "dashed", "dotted"), strict=True))


def draw(compared_runs: list[ComparedRun]) -> None:
    """The slider, and a sample of each run."""
    with st.container(horizontal=True, vertical_alignment="center", key="samples_heading"):
        st.markdown("## Samples", width="content")
        if st.button("Play", icon=replay.ICON):
            _play(compared_runs[0].run, compared_runs)
    position, by = _choose_position(compared_runs)
    with st.container(horizontal=True, key="samples"):
        for compared in compared_runs:
            with st.container(key=f"sample_of_{compared.key}"):
                _draw_sample(compared, position, by)


@run_dialog("Play the samples", width="large", icon=replay.ICON)
def _play(_run: Run, compared_runs: list[ComparedRun]) -> None:
    """The dialog in which the histories of all compared runs play side by side."""
    runs = [
        replay.played_run(
            compared.run,
            name=" · ".join(filter(None, [compared.run.title, compared.differing_settings])),
            color=compared.style.color,
            dash=" ".join(map(str, compared.style.dash)),
        )
        for compared in compared_runs
    ]
    same_text = len({compared.run.sha256 for compared in compared_runs}) == 1
    baselines = compared_runs[0].corpus.baselines if same_text else None
    label = "The smooth loss of each run over its iterations, in bits per character"
    key = "_".join(["replay", *(compared.key for compared in compared_runs)])
    replay.draw(replay_of(runs, baselines, label=label), key=key)


def _choose_position(compared_runs: list[ComparedRun]) -> tuple[float, str]:
    """(position, its unit), the same for all runs; infinity is the newest sample of each."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="sample_position"):
        session.ensure_option(session.BY, UNITS)
        chosen_unit = st.segmented_control(
            "Compare at the same",
            UNITS,
            required=True,
            key=session.BY,
            persist_state="session",
            on_change=_reset_position,
        )
        by = chosen_unit or UNITS[0]
        requested = st.session_state.get(session.AT)
        numbers = positions(compared_runs, by)
        if by == "iteration":
            numbers = sorted({*numbers, *_nearest_samples(compared_runs, requested)})
        options: list[str | float] = [*numbers, NEWEST]
        session.set_widget(session.AT, _nearest(requested, options))
        chosen = st.select_slider(
            by,
            options,
            key=session.AT,
            format_func=lambda option: option if option == NEWEST else f"{option:,}",
            persist_state="session",
            label_visibility="collapsed",
        )
    if len(compared_runs) > 1:
        st.caption(position_in_words(chosen, by))
    return math.inf if chosen == NEWEST else float(chosen), by


def position_in_words(chosen: str | float, by: str) -> str:
    """What the samples have in common. All about equally long, so the page below does not jump."""
    if chosen == NEWEST:
        return f"Each run's newest sample. Move the slider to compare at the same {by}."
    return f"Each run's last sample up to {by} {chosen:,}, or its newest if it is behind."


def _reset_position() -> None:
    """Iterations and seconds are different units: a position in one means nothing in the other."""
    st.session_state[session.AT] = NEWEST


def _nearest(requested: str | float | None, options: Sequence[str | float]) -> str | float:
    """The option nearest to the request; NEWEST if that is no number.

    The options change while runs train, and a link may ask for anything.
    """
    numbers = [option for option in options if not isinstance(option, str)]
    if requested is None or not numbers:
        return NEWEST
    try:
        # Among differences from a very large number, no option is the nearest.
        position = min(max(float(requested), numbers[0]), numbers[-1])
    except ValueError:
        return NEWEST
    return min(numbers, key=lambda option: abs(option - position))


def _nearest_samples(compared_runs: list[ComparedRun], requested: str | float | None) -> list[int]:
    """The iterations of the samples nearest to the requested one: an option for any link.

    The slider has only some of the samples of a long run.
    """
    try:
        iteration = float(requested if requested is not None else NEWEST)
    except ValueError:
        return []
    if math.isnan(iteration):
        return []
    find = services.store().history.nearest_sample
    found = (find(compared.run.id, iteration) for compared in compared_runs)
    return [n for n in found if n is not None]


def positions(compared_runs: list[ComparedRun], by: str) -> list[float]:
    """The iterations or seconds at which any of the runs has a sample, thinned."""
    found: set[float] = set()
    for compared in compared_runs:
        sampled = compared.history.sample_iterations
        if by == "iteration":
            found.update(sampled)
        else:
            # Rounded up, so that a sample exists by the second that stands for it.
            found.update(math.ceil(10 * s) / 10 for s in compared.seconds_at(sampled).tolist())
    return thinned(sorted(found), MAX_POSITIONS)


def _draw_sample(compared: ComparedRun, position: float, by: str) -> None:
    # By iteration, the history is asked: a comparison knows only some samples of a long run.
    limit = position if by == "iteration" else compared.sample_at(position, by=by)
    last = services.store().history.last_sample(compared.run.id, -1 if limit is None else limit)
    if last is None:
        st.html(heading(compared))
        st.caption("No sample yet.")
        return
    iteration, text = last
    st.html(heading(compared, f"iteration {iteration:,}{_behind(compared, position, by)}"))
    samples.draw(text, samples.readable(compared.run), height=HEIGHT)


def _behind(compared: ComparedRun, position: float, by: str) -> str:
    """A remark for a run that has not reached the slider's position yet, or ""."""
    reached = compared.run.iteration if by == "iteration" else compared.run.seconds
    return "" if position == math.inf or reached >= position else ", its newest so far"


def heading(compared: ComparedRun, figure: str = "") -> str:
    """The run's swatch, name, differing settings and a figure, as HTML."""
    title = html.escape(compared.run.title)
    words = html.escape(" · ".join(filter(None, [compared.differing_settings, figure])))
    name = f'{swatch(compared.style)}<b title="{title}" dir="auto">{title}</b>'
    return f'<p class="run-name">{name} <span>{words}</span></p>'


def swatch(style: LineStyle) -> str:
    """A short piece of a run's line in the chart, as HTML."""
    line = f"{CSS_LINE_STYLES[style.dash]} {style.color}"
    return f'<i class="swatch" style="border-top: 3px {line}"></i>'
