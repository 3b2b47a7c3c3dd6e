"""What moves while a run trains: progress, figures, curve and samples, drawn from one snapshot."""

import html
import math
import time
from functools import partial
from typing import NamedTuple

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, Run
from charrnn.runs.worker import BROKE_DOWN
from charrnn.ui import axes, branching, charts, services, session, sitemap, snapshot, writing
from charrnn.ui.dialogs import rerun_page
from charrnn.ui.loss_words import loss_in_words
from charrnn.ui.plain import plain
from charrnn.ui.snapshot import Snapshot
from charrnn.ui.trouble import told
from charrnn.ui.words import duration


class Pace(NamedTuple):
    """Seconds between two looks at a run that has trained for less than `until` seconds.

    Drawing takes time that training could use, the chart most of all, and most is to be seen in
    the beginning.
    """

    until: float
    words: float
    curve: float | None

    def slowed(self, factor: int) -> "Pace":
        """For a page in a crowd, see crowd.py."""
        return Pace(self.until, factor * self.words, self.curve and factor * self.curve)


PACES = (Pace(5.0, 0.5, 0.5), Pace(20.0, 1.0, 1.0), Pace(math.inf, 1.0, 3.0))
SILENT_SECONDS = 5.0
RESTING = Pace(0.0, 2.0, None)  # somebody else may set the run going
SAMPLE_HEIGHT = 250

WHY_UP_AND_DOWN = """
**Why does it go up and down?** Each window of text is a different little exam: a line of easy
words one moment, a strange name the next. The *faint* line is the result of every single exam.
The **bold** line is their running average (one part in a thousand is new each time), and that
is the one to watch. The blue dashes are an exam on text the network never learns from; they begin
below the bold line, which still remembers the first thousand exams.

**What is a bit?** The network spreads its bets over all characters. 1 bit is as unsure as
choosing between 2, 2 bits between 4, 3 bits between 8. The dotted lines are what simple counting
reaches on this very text: guessing blindly, knowing how often each letter occurs, knowing the
letter before, knowing the two letters before.

Hold Ctrl and turn the wheel to zoom, drag to move, double-click to see everything again.
"""


def draw_live(run: Run | None, corpus: Corpus, config: RunConfig) -> None:
    """The live part of the page; it keeps itself up to date while the run trains.

    Two fragments, each with a timer of its own: words and figures are cheap to draw, the chart is
    not. Their parts stand in one container, which the style sheet puts in order. Without a run
    they show what these settings would start from: the same fragments, so that nothing on the
    page is built anew when the run begins.
    """
    phase = _phase(run)
    pace = phase and phase[-1]
    words = st.fragment(_draw_words, run_every=pace and pace.words)
    curve = st.fragment(_draw_curve, run_every=pace and pace.curve)
    with st.container(horizontal=True, key="stage"):
        words(run.id if run else None, phase, corpus, config)
        curve(run.id if run else None, corpus, config)


def _phase(run: Run | None) -> tuple | None:
    """What the controls and the timers depend on: a fragment cannot change those."""
    return run and (
        run.active,
        run.moving,
        run.learning_rate,
        run.iterations,
        run.deleted_at,
        _pace(run),
    )


def _pace(run: Run | None) -> Pace | None:
    if run is None:
        return None
    if not run.moving:
        return RESTING.slowed(services.crowd_factor())
    pace = next(pace for pace in PACES if run.seconds < pace.until)
    return pace.slowed(services.crowd_factor())


@told()
def _draw_words(run_id: str | None, phase: tuple | None, corpus: Corpus, config: RunConfig) -> None:
    now, run = _look(run_id, corpus, config, rows=1)  # it draws no curve
    if run:
        services.store().look([run.id])
        services.look_again_in(phase[-1].words)
        if _phase(run) != phase:
            rerun_page()
    with st.container(key="head"):
        if run:
            _say_what_is_wrong(run)
        _progress(now, owned=run is None or services.owned(run))
        st.html(_figures(now))
    with st.container(key="writing"):
        _newest_sample(now)


@told()
def _draw_curve(run_id: str | None, corpus: Corpus, config: RunConfig) -> None:
    now, run = _look(run_id, corpus, config)
    with st.container(key="axes"):
        unit, axis = _choose_axes()
    with st.container(key="curve"):
        _curve(now, unit, axis)
    if len(now.history.sample_iterations) > 1:
        with st.container(horizontal=True, key="stage_then"):
            _look_back(now, run)


def _look(
    run_id: str | None, corpus: Corpus, config: RunConfig, *, rows: int = 256
) -> tuple[Snapshot, Run | None]:
    """What there is to see now. rows: of the curve, at most."""
    if run_id is None:
        return snapshot.before_training(corpus, config), None
    run, history = services.store().observe(run_id, points=rows)
    return snapshot.of_run(services.corpus(run.sha256), run, history), run


def _say_what_is_wrong(run: Run) -> None:
    """Why it rests, waits or is silent, if it does."""
    if run.status == "failed":
        st.error(plain(run.message), icon=":material/error:")
        if run.message.startswith(BROKE_DOWN):
            branching.offer_way_back(run)
    elif run.message and not run.active:
        st.warning(plain(run.message), icon=":material/pause_circle:")
    elif (place := services.launcher().place(run.id)) and run.active and not run.owned:
        st.info(f"Waiting for its turn: number {place} in line.", icon=":material/hourglass:")
    elif run.active and run.worker and time.time() - run.heartbeat > SILENT_SECONDS:
        st.warning(
            "The process that trains this run does not answer. It is being replaced; nothing "
            "up to its last checkpoint is lost.",
            icon=":material/sync_problem:",
        )


def _progress(now: Snapshot, *, owned: bool) -> None:
    past = ", past its limit" if now.iteration > now.iterations else ""  # it was lowered since
    text = f"Iteration {now.iteration:,}{past} of {now.iterations:,}"
    left = now.remaining_seconds
    if now.iteration >= now.iterations:
        text += f" · done in {duration(now.seconds)}"
        text += ". Resume goes on for as long again." if owned else ""
    elif left is None and now.seconds:
        text += f" · {duration(now.seconds)} so far"
    elif left is not None:
        text += f" · {duration(now.seconds)} so far, about {duration(left)} left"
    st.progress(min(1.0, now.iteration / now.iterations), text=text)


def _figures(now: Snapshot) -> str:
    figures = {
        "bits per character": f"{now.bits:.2f}",
        "like choosing among": f"{2**now.bits:.1f}",
        "times through the text": f"{now.passes:,.2f}",
        "characters a second": f"{now.characters_per_second:,.0f}",
    }
    cells = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in figures.items()
    )
    return f'<dl class="figures">{cells}</dl>'


def _choose_axes() -> tuple[str, str]:
    with st.container(horizontal=True, vertical_alignment="center"):
        unit, axis = axes.choose_unit(), axes.choose_axis()
        with st.popover("Why?", type="tertiary", icon=":material/help:"):
            st.markdown(WHY_UP_AND_DOWN)
    return unit, axis


def _curve(now: Snapshot, unit: str, axis: str) -> None:
    words = loss_in_words(now)
    key = f"loss_{unit}_{axis}"
    st.vega_lite_chart(
        charts.loss_rows(now, unit, axis),
        charts.loss_spec(unit, axis),
        key=key,
        on_select=partial(_click_curve, key),
        selection_mode=["zoom", "pick"],
        # The same at every tick: another text would build the chart anew.
        alt="Loss over time; the sentence below the chart says where it stands",
    )
    st.caption(words)


def _click_curve(key: str) -> None:
    """Look back to the sample that was clicked. With a callback a chart keeps its zoom, too."""
    clicked = st.session_state[key].selection.get("pick")
    if clicked:
        st.session_state[session.CLICKED_SAMPLE] = int(clicked[0]["iteration"])


def _newest_sample(now: Snapshot) -> None:
    iteration, text = now.history.newest_sample
    st.markdown(f"##### It writes · iteration {iteration:,}")
    with st.container(key="sample"):
        writing.draw(text, now.corpus, height=SAMPLE_HEIGHT)
    st.caption("Always its likeliest character, a line that never rests:")
    st.code(now.likeliest.replace("\n", "⏎"), language=None, wrap_lines=True, height=66)


def _look_back(now: Snapshot, run: Run) -> None:
    """The growth diary: a slider through all samples so far, and the one it stands at."""
    written = now.history.sample_iterations
    key = f"look_back_{run.id}"
    clicked = st.session_state.pop(session.CLICKED_SAMPLE, None)
    if clicked is not None:
        st.session_state[key] = min(written, key=lambda n: abs(n - clicked))
    with st.container():
        chosen = st.select_slider(
            "Look back: what it wrote at iteration",
            written,
            key=key,
            persist_state="session",
            format_func=lambda n: f"{n:,}",
        )
        st.caption("Or click a dot on the curve.")
        _go_on_from(run, chosen)
    with st.container():
        st.markdown(f"##### It wrote · iteration {chosen:,}")
        with st.container(key="earlier_sample"):
            text = services.store().sample(run.id, chosen)
            writing.draw(text, now.corpus, height=SAMPLE_HEIGHT)


def _go_on_from(run: Run, iteration: int) -> None:
    """What the network of that moment can do; it is kept from fewer moments than samples are."""
    kept = services.store().snapshot_iterations(run.id)
    if not kept:
        return
    nearest = min(kept, key=lambda n: abs(n - iteration))
    with st.container(horizontal=True, key="from_here"):
        if st.button(f"Write as at {nearest:,}", icon=":material/edit_note:"):
            st.session_state[f"{session.WRITE_AT}_{run.id}"] = nearest
            sitemap.go("Write")
        branching.offer(run, iteration)
    if nearest != iteration:
        st.caption(
            "Samples are all kept, whole networks at ever larger distances: "
            f"{nearest:,} is the nearest."
        )
