"""The row of buttons, Train, Pause, Resume, Step and Reset, and what each does to the run.

A callback changes the store before it changes the session wherever it can: if the page reruns at
that moment, Streamlit ends the callback at the next access to the session. A text, a number or a
step size that was entered last arrives together with the click, and so has to be read first.
"""

from contextlib import suppress
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import RunNotFound
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import selection, services, session
from charrnn.ui._compat.script_runs import finish
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import double_click, lineage, settings, settings_input
from charrnn.ui.shared.linked_run import leave_run
from charrnn.ui.shared.run_actions.menu import act, draw_menu
from charrnn.ui.train.settings_panel import changes_in_words
from charrnn.ui.train.text_panel import awaits_file, current_corpus

ICONS = {
    "Train": ":material/play_arrow:",
    "Pause": ":material/pause:",
    "Resume": ":material/play_arrow:",
}
STEP_SIZES = (1, 100, 1000)  # iterations
MAX_RELATED = 4  # copies and branches listed by name


def draw_controls(run: Run | None, corpus: Corpus, config: RunConfig) -> None:
    """Draw the buttons that apply to the run, or to no run yet.

    The main button trains what the sidebar shows: a new run, or else the run on the page. It is one
    widget under one key, so that it keeps its place and the keyboard focus when its label changes.
    """
    workspace = services.workspace()
    if run and not services.owned(run):
        _draw_for_viewer(workspace, run)
        return
    changed = bool(changes_in_words(run, corpus, config))
    action = None
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        _main_button(workspace, run, changed=changed)
        with st.container(width="content"):  # also if it is empty: nothing after it may move
            if run and changed:
                _pause_or_resume_button(workspace, run)
        _step_button(workspace, run)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=_reset,
            args=(run,),
            disabled=run is None,
        )
        if run:
            action = draw_menu(run)
            _show_lineage(run)
        else:
            _offer_previous_run(workspace)
    if run and action:
        act(run, action)


def _draw_for_viewer(workspace: Workspace, run: Run) -> None:
    """Another visitor's run can be viewed, and its settings used for a run of one's own."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        hint = "Start a run of your own with these settings"
        _main_button(workspace, run, changed=True, hint=hint)
        st.caption(
            "You are viewing another visitor's run. You cannot change it, but you can train one "
            + (
                "like it."
                if services.may_read_text(run)
                else "with its settings, on a text of your own: the link does not include its text."
            )
        )


def _main_button(
    workspace: Workspace, run: Run | None, *, changed: bool, hint: str | None = None
) -> None:
    """Train, Pause or Resume. changed: whether the sidebar shows another run than this one."""
    label = "Train" if run is None or changed else _pause_or_resume(run)
    st.button(
        label,
        key="main_button",
        type="primary",
        icon=ICONS[label],
        on_click=_main,
        args=(workspace, session.run_id(), run, label),
        disabled=label == "Train" and not settings.all_allowed(),
        help=hint,
    )


def _pause_or_resume_button(workspace: Workspace, run: Run) -> None:
    """The button for the run on the page while the main button would train another one."""
    label = _pause_or_resume(run)
    st.button(
        label,
        key="second_button",
        icon=ICONS[label],
        on_click=_second,
        args=(workspace, run, label),
    )


def _pause_or_resume(run: Run) -> str:
    return "Pause" if run.active else "Resume"


def _step_button(workspace: Workspace, run: Run | None) -> None:
    """The button, and how many iterations it takes."""
    st.button(
        "Step",
        icon=":material/skip_next:",
        on_click=_step,
        args=(workspace, run),
        disabled=run.moving if run else not settings.all_allowed(),
    )
    st.segmented_control(
        "Iterations per step",
        STEP_SIZES,
        default=STEP_SIZES[0],
        required=True,
        format_func=lambda n: f"{n:,}",
        key=session.STEP_SIZE,
        persist_state="session",
        label_visibility="collapsed",
    )


def _offer_previous_run(workspace: Workspace) -> None:
    """A button to the run that was selected before; in a new session, to the newest run."""
    label, run_id = "Back to the previous run", session.previous_run_id()
    if run_id is None and (runs := workspace.runs()):
        label, run_id = f"Back to {escape_markdown(runs[0].title)}", runs[0].id
    if run_id:
        st.button(
            label,
            key="previous_run_button",
            type="tertiary",
            icon=":material/undo:",
            on_click=selection.select_run,
            args=(run_id,),
        )


def _show_lineage(run: Run) -> None:
    """The run's title, where it comes from, and its copies and branches."""
    lines = lineage.lines(run, services.workspace().runs(), services.parent(run))
    shown, more = lines[:MAX_RELATED], len(lines) - MAX_RELATED
    words = [f"**{escape_markdown(run.title)}**", *map(escape_markdown, shown)]
    if run.experiment:
        words.insert(1, "an experiment of the page Learn")
    st.caption(" · ".join(words) + (f" · and {more} more" if more > 0 else ""))


@shows_errors()
def start_awaited(run: Run | None) -> None:
    """Start the run for which Train or Step was pressed before its file had arrived."""
    state = st.session_state
    if session.TRAIN_ON_UPLOAD not in state:
        return
    if state[session.SOURCE] != "Upload":
        del state[session.TRAIN_ON_UPLOAD]  # the visitor has turned to another text
    elif not awaits_file():
        (pause_at,) = state.pop(session.TRAIN_ON_UPLOAD)
        _create_run(services.workspace(), session.run_id(), beside=run, pause_at=pause_at)
        st.rerun()


# --- Callbacks ----------------------------------------------------------------------------------


@shows_errors()
def _main(workspace: Workspace, selected: str | None, run: Run | None, label: str) -> None:
    """Do what the main button said.

    A text or a number that was entered last arrives together with the click. So "Resume" may by
    now stand beside the text of another run, and that is what is trained.
    """
    if double_click.is_second():
        return
    if label == "Pause" and run:
        _pause(workspace, run)
    elif label == "Resume" and run and not _entered_changes(run):
        resume(workspace, run)
    else:
        _create_run(workspace, selected, beside=run)
        return
    double_click.note_click()


@shows_errors()
def _second(workspace: Workspace, run: Run, label: str) -> None:
    if double_click.is_second():
        return
    if label == "Pause":
        _pause(workspace, run)
    else:
        resume(workspace, run)
    double_click.note_click()


def _entered_changes(run: Run) -> bool:
    """Whether the sidebar shows another run by now, or something that cannot be trained."""
    settings_input.take_input()
    corpus = current_corpus()
    if corpus is None or not settings.all_allowed():
        return True
    config = settings.current().fitted(corpus.characters)
    return bool(changes_in_words(run, corpus, config))


def _create_run(
    workspace: Workspace,
    selected: str | None,
    *,
    beside: Run | None = None,
    pause_at: int | None = None,
) -> None:
    """Create a run from the text and the settings on the page, and select it.

    An own run that is on the page pauses, so that the new one has the CPU.

    selected: session.run_id() when the button was drawn. beside: the run on the page, if any; the
    new run counts as a copy of it if both learn the same text.
    """
    if session.run_id() != selected:
        return  # the second click of a double click: the first one has created a run
    settings_input.take_input()
    if awaits_file():
        st.session_state[session.TRAIN_ON_UPLOAD] = (pause_at,)
        return
    corpus = current_corpus()
    if corpus is None or not settings.all_allowed():
        return  # the sidebar says why
    if beside and services.owned(beside):
        with suppress(RunNotFound):  # it was deleted in another tab, and so it does not train
            workspace.request(beside.id, desired="paused")
    config = settings.current().fitted(corpus.characters)
    parent = beside.id if beside and beside.sha256 == corpus.sha256 else None
    run = workspace.create(corpus, config, pause_at=pause_at, parent=parent)
    services.supervisor().reconcile()

    def select() -> None:
        double_click.note_click()
        selection.select_new_run(run.id)

    finish(select)


def _pause(workspace: Workspace, run: Run) -> None:
    workspace.request(run.id, desired="paused")


def resume(workspace: Workspace, run: Run, *, pause_at: int | None = None) -> None:
    """Continue; a run at its iteration limit continues for as many iterations again."""
    requests: dict[str, Any] = {"desired": "running", "pause_at": pause_at}
    if run.iteration >= run.iterations:
        requests["iterations"] = run.limit_from(run.iteration)
    workspace.request(run.id, **requests)
    services.supervisor().reconcile()


@shows_errors()
def _step(workspace: Workspace, run: Run | None) -> None:
    """Train for as many iterations as are selected now, then pause."""
    size = st.session_state.get(session.STEP_SIZE, STEP_SIZES[0])
    if run is None:
        _create_run(workspace, None, pause_at=size)
    else:
        run = workspace.run(run.id)  # it may have trained on since the page was drawn
        resume(workspace, run, pause_at=run.iteration + size)


@shows_errors()
def _reset(run: Run) -> None:
    """Back to iteration 0 with the settings that the run began with; the run itself is kept."""
    leave_run(run)
    settings_input.put({name: getattr(run.config, name) for name in settings.LIVE})
