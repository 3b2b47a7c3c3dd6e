"""A click that comes while a live part is being drawn draws the page in its place."""

import pytest
from streamlit.cursor import RunningCursor
from streamlit.delta_generator import DeltaGenerator
from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.proto.RootContainer_pb2 import RootContainer
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

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
