"""The row of buttons: Train, Pause, Resume, Step, Reset, and what each does to the run.

A click does what it is for before it touches the session: a page that is drawn again at that
moment ends the callback there.
"""

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, Run
from charrnn.runs.shelf import Shelf
from charrnn.ui import kin, services, session, settings
from charrnn.ui.menu import act, draw_menu
from charrnn.ui.plain import plain
from charrnn.ui.settings_panel import changed
from charrnn.ui.trouble import told

STEP_SIZES = (1, 100, 1000)
MAX_KIN = 4  # relatives that are named


def draw_controls(run: Run | None, corpus: Corpus, config: RunConfig) -> None:
    """The buttons that make sense now."""
    changes = changed(run, corpus, config)
    shelf = services.shelf()
    step_size = st.session_state.get(session.STEP_SIZE, STEP_SIZES[0])
    if run and not services.owned(run):
        _draw_for_onlookers(shelf, run, corpus, config)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        if run is None or changes:
            st.button(
                "Train",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_train,
                args=(shelf, session.run_id(), run, corpus, config),
            )
        if run and run.active:
            st.button(
                "Pause",
                type="secondary" if changes else "primary",
                icon=":material/pause:",
                on_click=_pause,
                args=(shelf, run),
            )
        elif run:
            st.button(
                "Resume",
                type="secondary" if changes else "primary",
                icon=":material/play_arrow:",
                on_click=_resume,
                args=(shelf, run),
            )
        st.button(
            "Step",
            icon=":material/skip_next:",
            on_click=_step,
            args=(shelf, run, corpus, config, step_size),
            disabled=bool(run and run.moving),
        )
        st.segmented_control(
            "Iterations for each step",
            STEP_SIZES,
            default=STEP_SIZES[0],
            required=True,
            format_func=lambda n: f"{n:,}",
            key=session.STEP_SIZE,
            persist_state="session",
            label_visibility="collapsed",
        )
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=_reset,
            args=(shelf, run),
            disabled=run is None,
        )
        more = draw_menu(run) if run else None
        if run is None and session.previous_run_id():
            st.button(
                "Back to the run before",
                type="tertiary",
                icon=":material/undo:",
                on_click=session.select_run,
                args=(session.previous_run_id(),),
            )
        if run:
            _say_kin(run)
    if more:
        act(run, more)


def _say_kin(run: Run) -> None:
    """Its name, what it is a twin or branch of, and its own twins and branches."""
    lines = kin.lines(run, services.shelf().runs())
    shown, more = lines[:MAX_KIN], len(lines) - MAX_KIN
    words = [f"**{plain(run.title)}**", *map(plain, shown)]
    st.caption(" · ".join(words) + (f" · and {more} more" if more > 0 else ""))


def _draw_for_onlookers(shelf: Shelf, run: Run, corpus: Corpus, config: RunConfig) -> None:
    """Somebody else's run can be looked at, and tried again as one's own."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_train,
            args=(shelf, session.run_id(), run, corpus, config),
            help="Start a run of your own with these settings",
        )
        st.caption("Somebody shows you this run: you can look, and train one like it.")


@told()
def _train(
    shelf: Shelf, shown: str | None, run: Run | None, corpus: Corpus, config: RunConfig
) -> None:
    """Begin a run; one's own that was shown pauses, so that this one has the machine.

    shown: what session.run_id() was when the button was drawn.
    """
    if session.run_id() != shown:
        return  # the second half of a double click: the first has begun a run
    if run and services.owned(run):
        shelf.wish(run.id, desired="paused")
    _begin(shelf, corpus, config, beside=run)


def _begin(
    shelf: Shelf,
    corpus: Corpus,
    config: RunConfig,
    *,
    beside: Run | None = None,
    pause_at: int | None = None,
) -> None:
    """beside: the run that was shown; on the same text they are twins."""
    twin = beside.id if beside and beside.sha256 == corpus.sha256 else None
    run = shelf.create(corpus, config, pause_at=pause_at, parent=twin)
    services.launcher().take_up()
    session.begin_run(run.id)


@told()
def _pause(shelf: Shelf, run: Run) -> None:
    shelf.wish(run.id, desired="paused")


@told()
def _resume(shelf: Shelf, run: Run, *, pause_at: int | None = None) -> None:
    """Go on; past the limit, for as long again."""
    wishes = {"desired": "running", "pause_at": pause_at}
    if run.iteration >= run.iterations:
        _, most = RunConfig.limits("iterations")
        wishes["iterations"] = min(run.iterations + run.config.iterations, most)
    shelf.wish(run.id, **wishes)
    services.launcher().take_up()


@told()
def _step(shelf: Shelf, run: Run | None, corpus: Corpus, config: RunConfig, size: int) -> None:
    if run is None:
        _begin(shelf, corpus, config, pause_at=size)
    else:
        run = shelf.run(run.id)  # it may have gone on since the page was drawn
        _resume(shelf, run, pause_at=run.iteration + size)


@told()
def _reset(shelf: Shelf, run: Run) -> None:
    """Back to iteration 0 with the settings that the run began with; it stays where it is."""
    shelf.wish(run.id, desired="paused")
    settings.restart(run)
    session.select_run(None)
