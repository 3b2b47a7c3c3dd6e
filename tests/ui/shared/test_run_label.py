"""Every run can be told from every other, and chosen, in the lists of the pages."""

import pytest

from tests.support.store import SMALL
from tests.ui.conftest import go


@pytest.mark.parametrize("path", ["alphabet", "inside", "write"])
def test_a_run_with_the_name_of_another_can_be_chosen(open_page, workspace, corpus, work, path):
    first, second = (work(workspace.create(corpus, SMALL, pause_at=100)) for _ in range(2))
    for run in (first, second):
        workspace.rename(run.id, "the same name")
    page = open_page(path, run=first.id)
    choice = page.selectbox[0]
    assert choice.value == first.id
    choice.set_value(second.id)
    go(page, path)
    page.run()
    assert not page.exception
    assert page.selectbox[0].value == second.id
    assert page.query_params["run"] in (second.id, [second.id])
