"""What a session selects, in step with the URL.

The URL parameter `run` names the selected run, so that a reload, a bookmark or another browser
finds it again. `text` names a text that the visitor uploaded and has not trained on yet. A link to
settings has the parameters of shared/settings_link.py, until a run is selected; its `only` stays.
`question` names the question that the page /learn shows.
The other URL parameters are handled in workspace_key.py and comparison.py.
"""

from collections.abc import Iterable

import streamlit as st

from charrnn.ui import session, workspace_key
from charrnn.ui._compat.script_runs import is_history_navigation


def read_url(page: str) -> None:
    """Take key and run from the URL into the session; `page` is the page being drawn.

    The URL decides in a new session, after a link, and after a step back or forward in the
    browser's history. Otherwise the session does: a click may still come with the URL from before
    the last run was selected, and the navigation drops the parameters.
    """
    state = st.session_state
    workspace_key.enter()
    state[session.PAGE_CHANGED] = state.get(session.PAGE) != page
    state[session.REDRAWN] = state.pop(session.REDRAWS, False)
    linked = st.query_params.get(session.RUN)
    new_session, opened_by_link = session.PAGE not in state, linked and state[session.PAGE_CHANGED]
    if is_history_navigation() or new_session or opened_by_link:
        if linked:
            state[session.RUN] = linked
        elif state.get(session.RUN):  # the visitor has stepped back to before there was a run
            state[session.PREVIOUS_RUN], state[session.RUN] = state[session.RUN], None
            state[session.SETTINGS_OF] = None
    elif state[session.PAGE_CHANGED] or linked != state.get(session.RUN):
        _put_in_url(link_to_selected(), instead_of=(session.RUN,))
    state[session.PAGE] = page


def select_run(run_id: str | None) -> None:
    """Select one of the visitor's runs, or none; the one before becomes the previous run."""
    state = st.session_state
    if state.get(session.RUN) != run_id:
        state[session.PREVIOUS_RUN] = state.get(session.RUN)
    state[session.RUN] = run_id
    state[session.SETTINGS_OF] = None
    _put_in_url(
        link_to_selected(), instead_of=(session.RUN, session.TEXT, *session.SETTINGS_PARAMETERS)
    )


def select_new_run(run_id: str) -> None:
    """Select a run just created from the settings on the page, which therefore stay as they are."""
    select_run(run_id)
    st.session_state[session.SETTINGS_OF] = run_id


def forget_run() -> None:
    """Deselect a run that no longer exists: it does not become the previous run."""
    select_run(None)
    st.session_state[session.PREVIOUS_RUN] = None


def link_to(run_id: str) -> dict[str, str]:
    """The URL parameters of a run. They give nobody its workspace: the key is in the cookie."""
    return {session.RUN: run_id}


def link_to_selected() -> dict[str, str]:
    """The URL parameters of the selected run, or else of a text of one's own; may be empty."""
    selected, sha256 = session.run_id(), session.text_sha256()
    only = {session.ONLY: ",".join(session.shown_controls())} if session.shown_controls() else {}
    if selected is None:
        return ({session.TEXT: sha256} if sha256 in session.own_texts() else {}) | only
    return link_to(selected) | only


def _put_in_url(parameters: dict[str, str], *, instead_of: tuple[str, ...] = ()) -> None:
    """Write parameters into the URL and remove others, in one step of the browser's history.

    Every change of the URL is such a step. So callers write all parameters at once, and write
    nothing if they are there already.
    """
    before = st.query_params.to_dict()
    after = {name: value for name, value in before.items() if name not in instead_of} | parameters
    if after != before:
        st.query_params.from_dict(after)


def open_anew(parameters: Iterable[str]) -> None:
    """Let the next run of the page follow the URL alone, as in a new session.

    parameters: of that URL; the session's own values for the same names are forgotten.
    """
    for name in (
        session.PAGE,
        *({*parameters} & {session.VIEW, session.BY, session.AT, session.AXIS, session.WALL_VIEW}),
    ):
        st.session_state.pop(name, None)


def linked_text() -> str | None:
    """The text in the URL, which the visitor may not be allowed to see; None if there is none."""
    sha256 = st.query_params.get(session.TEXT, "")
    return sha256 if session.is_sha256(sha256) else None


def link_text(run_sha256: str | None) -> None:
    """Name the selected text in the URL if it is the visitor's own and not that of the run.

    run_sha256: the text of the selected run; None if no run is selected.
    """
    sha256 = session.text_sha256()
    named = {session.TEXT: sha256} if sha256 in session.own_texts() and sha256 != run_sha256 else {}
    keeps_text = session.run_id() is None and not named and settings_in_url()
    _put_in_url(named, instead_of=() if keeps_text else (session.TEXT,))


def settings_in_url() -> dict[str, str]:
    """The URL parameters of a link to settings; {} for any other address."""
    found = st.query_params.to_dict()
    linked = {
        name: found[name] for name in (*session.SETTINGS_PARAMETERS, session.ONLY) if name in found
    }
    text = found.get(session.TEXT)
    return linked | (
        {session.TEXT: text} if text is not None and not session.is_sha256(text) else {}
    )


def drop_linked_text() -> None:
    """Take a text out of the URL that is not one of the visitor's own."""
    if session.TEXT in settings_in_url():
        _put_in_url({}, instead_of=(session.TEXT,))


def show_only(controls: tuple[str, ...]) -> None:
    """Show only these controls of the Train page, now and after a reload; () for all."""
    st.session_state[session.ONLY] = controls
    _put_in_url({session.ONLY: ",".join(controls)} if controls else {}, instead_of=(session.ONLY,))


def question() -> str:
    """The key of the question that the page /learn shows, "" for all of them.

    The URL decides after a link and after a step in the browser's history.
    """
    linked = st.query_params.get(session.QUESTION, "")
    if is_history_navigation() or (session.page_changed() and linked):
        st.session_state[session.QUESTION] = linked
    return str(st.session_state.get(session.QUESTION, ""))


def ask(question: str) -> None:
    """Let the page /learn show this question, now or when it is opened next."""
    st.session_state[session.QUESTION] = question
    if session.QUESTION in st.query_params:
        st.query_params[session.QUESTION] = question
