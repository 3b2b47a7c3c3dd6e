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

from charrnn.ui import _compat

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


def test_a_refresh_is_answered_only_if_the_page_still_has_the_live_part(monkeypatch):
    answered = []
    monkeypatch.setattr(_compat, "_run_script", lambda _, request: answered.append(request))
    monkeypatch.setattr(ScriptRunner, "_run_script", ScriptRunner._run_script)  # put back later
    _compat.ignore_refreshes_of_left_pages()
    storage = MemoryFragmentStorage()
    storage.register("here", lambda: None)
    session = SimpleNamespace(_fragment_storage=storage)
    for parts in ([], ["here"], ["gone"], ["gone", "here"]):
        ScriptRunner._run_script(session, RerunData(fragment_id_queue=parts))
    assert [request.fragment_id_queue for request in answered] == [[], ["here"], ["gone", "here"]]
