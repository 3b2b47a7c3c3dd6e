"""Whatever else a session is doing, the page and its live parts are drawn in their places."""

from types import SimpleNamespace

import pytest
from streamlit.cursor import RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.proto.RootContainer_pb2 import RootContainer
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.scriptrunner import RerunData
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from charrnn.ui._compat import script_runs

PLACE = 7  # of the container of the live part, in the page


@pytest.fixture
def after_a_live_part(monkeypatch):
    """Let every run of the page come after that of a live part, in the same thread."""
    run_script = ScriptRunner._run_script

    def run(runner, request):
        (page,) = get_default_dg_stack_value()
        cursor = RunningCursor(RootContainer.MAIN, parent_path=(PLACE,))
        context_dg_stack.set((page, DeltaGenerator(RootContainer.MAIN, cursor, page)))
        run_script(runner, request)

    monkeypatch.setattr(ScriptRunner, "_run_script", run)


def test_the_page_is_not_drawn_into_the_container_of_a_live_part(open_page, after_a_live_part):
    page = open_page()
    assert [*page.main.children][:2] == [0, 1]  # and not the one at PLACE alone


@pytest.fixture
def answered(monkeypatch) -> list[RerunData]:
    """The requests that have been answered, with the script's own changes to Streamlit in place."""
    answered = []
    monkeypatch.setattr(script_runs, "_run_script", lambda _, request: answered.append(request))
    for changed, name in ((ScriptRunner, "_run_script"), (ScriptRequests, "_request_rerun_locked")):
        monkeypatch.setattr(changed, name, getattr(changed, name))  # put back later
    script_runs.let_no_live_part_change_the_page()
    return answered


@pytest.fixture
def session() -> SimpleNamespace:
    """What is needed of a session on the page "two", which has the live part "here"."""
    storage, state = MemoryFragmentStorage(), SessionState()
    storage.register("here", lambda: None)
    state.query_params.set_with_no_forward_msg("run", "a b")
    return SimpleNamespace(
        _fragment_storage=storage,
        _pages_manager=SimpleNamespace(current_page_script_hash="two"),
        _session_state=SafeSessionState(state, lambda: None),
    )


def test_a_refresh_is_answered_only_if_the_page_still_has_the_live_part(answered, session):
    for parts in ([], ["here"], ["gone"], ["gone", "here"]):
        ScriptRunner._run_script(session, RerunData(fragment_id_queue=parts))
    assert [request.fragment_id_queue for request in answered] == [[], ["here"], ["gone", "here"]]


def test_a_click_in_a_live_part_does_not_undo_a_click_on_a_link_before_it(answered, session):
    link = RerunData(page_script_hash="two", query_string="run=c")
    click = RerunData(page_script_hash="one", query_string="show=Tiles", fragment_id="here")
    requests = ScriptRequests()
    requests.request_rerun(link)
    requests.request_rerun(click)  # before the script has run for the link: both in one run
    both = requests.on_scriptrunner_ready().rerun_data
    assert (both.page_script_hash, both.query_string) == ("two", "run=c")
    assert both.fragment_id_queue == []
    requests.request_rerun(click)  # when the page of the link has been drawn
    ScriptRunner._run_script(session, requests.on_scriptrunner_ready().rerun_data)
    (alone,) = answered
    assert (alone.page_script_hash, alone.query_string) == ("two", "run=a+b")
    assert alone.fragment_id_queue == ["here"]
