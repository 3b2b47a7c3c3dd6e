"""The row of buttons: Train, Pause, Resume, Step, Reset, and what each does to the run.

A click does what it is for before it touches the session: a page that is drawn again at that
moment ends the callback there. To begin a run or take a step, though, it has to look there what is
to be learned and how far: what was pasted or chosen last may have come together with the click.
"""

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.records import Corpus, Run
from charrnn.runs.shelf import Shelf
from charrnn.ui import kin, services, session, settings
from charrnn.ui.menu import act, draw_menu
from charrnn.ui.plain import plain
from charrnn.ui.settings_panel import changed
from charrnn.ui.text_panel import catch_up
from charrnn.ui.trouble import told

STEP_SIZES = (1, 100, 1000)
MAX_KIN = 4  # relatives that are named


def draw_controls(run: Run | None, corpus: Corpus, config: RunConfig) -> None:
    """The buttons that make sense now."""
    changes = changed(run, corpus, config)
    shelf = services.shelf()
    if run and not services.owned(run):
        _draw_for_onlookers(shelf, run)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        if run is None or changes:
            st.button(
                "Train",
                type="primary",
                icon=":material/play_arrow:",
                on_click=_train,
                args=(shelf, session.run_id(), run),
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
            args=(shelf, run),
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
        if run is None:
            _offer_way_back(shelf)
        if run:
            _say_kin(run)
    if more:
        act(run, more)


def _offer_way_back(shelf: Shelf) -> None:
    """To the run that was seen before; in a new visit, to the newest."""
    label, run_id = "Back to the run before", session.previous_run_id()
    if run_id is None and (runs := shelf.runs()):
        label, run_id = f"Back to {plain(runs[0].title)}", runs[0].id
    if run_id:
        st.button(
            label,
            key="way_back",
            type="tertiary",
            icon=":material/undo:",
            on_click=session.select_run,
            args=(run_id,),
        )


def _say_kin(run: Run) -> None:
    """Its name, what it is a twin or branch of, and its own twins and branches."""
    lines = kin.lines(run, services.shelf().runs())
    shown, more = lines[:MAX_KIN], len(lines) - MAX_KIN
    words = [f"**{plain(run.title)}**", *map(plain, shown)]
    st.caption(" · ".join(words) + (f" · and {more} more" if more > 0 else ""))


def _draw_for_onlookers(shelf: Shelf, run: Run) -> None:
    """Somebody else's run can be looked at, and tried again as one's own."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_train,
            args=(shelf, session.run_id(), run),
            help="Start a run of your own with these settings",
        )
        st.caption("Somebody shows you this run: you can look, and train one like it.")


@told()
def _train(shelf: Shelf, shown: str | None, run: Run | None) -> None:
    """Begin a run; one's own that was shown pauses, so that this one has the machine.

    shown: what session.run_id() was when the button was drawn.
    """
    _begin(shelf, shown, beside=run)


def _begin(
    shelf: Shelf, shown: str | None, *, beside: Run | None = None, pause_at: int | None = None
) -> None:
    """beside: the run that was shown; on the same text they are twins."""
    if session.run_id() != shown:
        return  # the second half of a double click: the first has begun a run
    corpus = catch_up()
    if corpus is None:
        return  # the page says why
    if beside and services.owned(beside):
        shelf.wish(beside.id, desired="paused")
    config = settings.chosen().fitted(corpus.characters)
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
        wishes["iterations"] = min(run.iteration + run.config.iterations, most)
    shelf.wish(run.id, **wishes)
    services.launcher().take_up()


@told()
def _step(shelf: Shelf, run: Run | None) -> None:
    # As chosen by now: since the button was drawn it may have changed.
    size = st.session_state.get(session.STEP_SIZE, STEP_SIZES[0])
    if run is None:
        _begin(shelf, None, pause_at=size)
    else:
        run = shelf.run(run.id)  # it may have gone on since the page was drawn
        _resume(shelf, run, pause_at=run.iteration + size)


@told()
def _reset(shelf: Shelf, run: Run) -> None:
    """Back to iteration 0 with the settings that the run began with; it stays where it is."""
    shelf.wish(run.id, desired="paused")
    settings.restart(run)
    session.select_run(None)
