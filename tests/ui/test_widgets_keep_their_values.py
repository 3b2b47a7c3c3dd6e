"""A drawing leaves every control as the visitor left it, however the run has grown meanwhile.

A value that is sent to the browser replaces what the visitor is choosing there at that moment.
"""

from dataclasses import replace

import pytest

from charrnn.ui.inside.page import VIEWS
from tests.support.store import SMALL
from tests.ui.conftest import go, sent

PAGES = [
    ("", {}),
    ("alphabet", {}),
    *(("inside", {"view": view}) for view in VIEWS),
    ("compare", {}),
    ("compare", {"at": "100"}),
    ("write", {}),
]


@pytest.fixture
def growing(workspace, corpus, work):
    """(A run with snapshots at iteration 250, a function that trains it on to another one.)"""
    run = work(workspace.create(corpus, replace(SMALL, streams=2), pause_at=250))

    def train_on(iteration):
        workspace.request(run.id, desired="running", pause_at=iteration)
        work(workspace.run(run.id))

    return run, train_on


@pytest.mark.parametrize(("path", "query"), PAGES)
def test_a_growing_run_moves_no_control(open_page, growing, path, query):
    run, train_on = growing
    link = {"compare": run.id} if path == "compare" else {"run": run.id}
    page = open_page(path, **link, **query)
    assert not page.exception
    for iteration in (350, 450):
        train_on(iteration)
        go(page, path)
        page.run()
        assert not page.exception
        assert sent(page) == []
