"""A message that the browser sent before it got what the page has set undoes nothing."""

import pytest

from charrnn.ui import session


def number_of(page) -> int:
    """The number of the drawing that the page shows, see ui/shared/drawn_controls.py."""
    return page.number_input(key=session.DRAWING).value


def hear(page, *, number: int, slider: float, field: float) -> None:
    """Let the page hear what the browser sent while it showed an earlier drawing."""
    page.number_input(key=session.DRAWING).set_value(number)
    page.select_slider(key="learning_rate_slider").set_value(slider)
    page.number_input(key="learning_rate").set_value(field)
    page.run()


def rates(page, run) -> set[float]:
    """The learning rates of the slider, of the field beside it, and of the run."""
    slider = page.select_slider(key="learning_rate_slider").value
    return {slider, page.number_input(key="learning_rate").value, run.learning_rate}


def test_a_late_refresh_does_not_move_the_slider_back(open_page, shown_run, cats):
    page = open_page(run=cats.id)
    number = number_of(page)
    page.select_slider(key="learning_rate_slider").set_value(0.02).run()
    hear(page, number=number, slider=0.02, field=0.1)  # the field has not followed the slider yet
    assert rates(page, shown_run(page)) == {0.02}


@pytest.mark.parametrize(
    ("slider", "counts"),
    [pytest.param(0.1, 0.05, id="a refresh"), pytest.param(0.3, 0.3, id="a change")],
)
def test_of_a_late_message_only_a_change_undoes_what_another_browser_set(
    open_page, shown_run, workspace, cats, slider, counts
):
    page = open_page(run=cats.id)
    number = number_of(page)
    workspace.request(cats.id, learning_rate=0.05)
    page.run()
    hear(page, number=number, slider=slider, field=0.1)
    assert rates(page, shown_run(page)) == {counts}


def test_a_number_typed_after_the_slider_moved_counts_even_if_it_is_the_one_before(
    open_page, shown_run, cats
):
    page = open_page(run=cats.id)
    page.select_slider(key="learning_rate_slider").set_value(0.02).run()
    page.number_input(key="learning_rate").set_value(0.1).run()
    assert rates(page, shown_run(page)) == {0.1}
