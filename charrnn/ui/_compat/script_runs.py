"""How Streamlit runs the script of a page: where it draws, for which page, and after what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState


def draw_from_the_top() -> None:
    """Draw what comes next into the page itself, whatever container was drawn into before.

    Streamlit leaves the container around a fragment open when the fragment has run. A run of the
    whole page that the same thread begins then, for a click that came at the end of the fragment's,
    would be drawn into that container, and the browser goes blank at the next refresh.
    """
    context_dg_stack.set(get_default_dg_stack_value())


_run_script = ScriptRunner._run_script
_request_rerun = ScriptRequests._request_rerun_locked


def let_no_live_part_change_the_page() -> None:
    """Draw no page again that its visitor has just left.

    A refresh of a live part, or a click in it, names the page that the browser shows when it is
    sent. Behind a click on a link, or when the script has sent its visitor to another page, that is
    the page before, and Streamlit would go back to it: the browser drops the new page, and goes
    blank when that refreshes. Here the live part is drawn on the page that the visitor has gone to
    or, if that does not have it, not at all.
    """
    cast("Any", ScriptRunner)._run_script = _run_on_this_page
    cast("Any", ScriptRequests)._request_rerun_locked = _request_on_next_page


def _run_on_this_page(runner: ScriptRunner, request: RerunData) -> None:
    fragments, page = request.fragment_id_queue, runner._pages_manager.current_page_script_hash
    if fragments and not any(map(runner._fragment_storage.contains, fragments)):
        return
    if fragments and request.page_script_hash != page:
        with runner._session_state.query_params() as parameters:
            query = urlencode(parameters._query_params, doseq=True)
        request = replace(request, page_script_hash=page, page_name="", query_string=query)
    _run_script(runner, request)


def _request_on_next_page(requests: ScriptRequests, request: RerunData) -> bool:
    """Take a request, which may be joined with one that waits for the script."""
    waiting = requests._rerun_data
    joined = requests._state is ScriptRequestType.RERUN and not waiting.fragment_id_queue
    if request.fragment_id and joined:
        request = replace(
            request,
            page_script_hash=waiting.page_script_hash,
            page_name=waiting.page_name,
            query_string=waiting.query_string,
        )
    return _request_rerun(requests, request)


def session_id() -> str | None:
    """The id of the browser session this script runs for; None outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else None


def in_callback() -> bool:
    """Whether a callback of a control is running: what it draws has no place on the page."""
    return ThreadState.get().run_location is RunLocation.CALLBACK


def is_history_navigation() -> bool:
    """Whether this rerun was caused by the browser's Back or Forward button."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


def finish(change: Callable[[], None]) -> None:
    """Make a change to the session that a rerun must not cut in half; the rerun comes afterwards.

    Every access to the session is a point where a second click ends the function that handles the
    first. change: may be called again from its beginning.
    """
    interruption = None
    while True:
        try:
            change()
            break
        except RerunException as rerun:
            interruption = rerun
    if interruption:
        raise interruption
