"""The second click of a double click does not undo the first."""

import math

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from charrnn.ui import selection
from charrnn.ui._compat.script_runs import finish
from charrnn.ui.shared import double_click
from charrnn.ui.shared.double_click import SECONDS, belongs_to
from tests.support.train_page import buttons, click


@pytest.mark.parametrize(
    ("answered_at", "now", "second"),
    [
        (None, 5.0, False),
        (math.inf, 5.0, True),
        (5.0, 5.0, True),
        (5.0, 5.0 + 0.9 * SECONDS, True),
        (5.0, 5.0 + SECONDS, False),
    ],
)
def test_a_click_soon_after_the_answer_is_a_second_one(answered_at, now, second):
    assert belongs_to(answered_at, now) == second


@pytest.fixture
def at(monkeypatch):
    """at(seconds): what the clock shows from now on."""

    def at(seconds: float) -> None:
        monkeypatch.setattr(double_click, "clock", lambda: seconds)

    at(100.0)
    return at


def test_a_double_click_on_train_starts_a_run_that_trains(open_page, shown_run, at):
    page = open_page()
    click(page, "Train")
    at(100.2)
    click(page, "Pause")
    assert shown_run(page).active
    at(102.0)
    click(page, "Pause")
    assert not shown_run(page).active


@pytest.mark.parametrize(("label", "active"), [("Pause", False), ("Resume", True)])
def test_a_double_click_on_pause_or_resume_counts_once(
    open_page, store, shown_run, cats, at, label, active
):
    store.runs.request(cats.id, desired="running" if label == "Pause" else "paused")
    page = open_page(run=cats.id)
    click(page, label)
    click(page, "Resume" if label == "Pause" else "Pause")
    assert shown_run(page).active == active
    assert label not in buttons(page)


def test_after_an_error_the_button_works_again(open_page, shown_run, at, monkeypatch):
    page = open_page()
    with monkeypatch.context() as broken:
        broken.setattr("charrnn.ui.train.page.draw_live", lambda *_: 1 / 0)
        next(button for button in page.button if button.label == "Train").click()
        page.run()
    at(102.0)
    page.run()
    click(page, "Pause")
    assert not shown_run(page).active


def test_a_second_click_that_interrupts_the_first_leaves_no_run_behind(
    open_page, store, shown_run, monkeypatch
):
    """Every access to the session may end a callback; here it is the one that writes the URL."""
    put_in_url, interruptions = selection._put_in_url, [RerunException(RerunData())]

    def interrupted(*parameters, **options):
        if interruptions and store.runs.runnable():
            raise interruptions.pop()
        put_in_url(*parameters, **options)

    monkeypatch.setattr(selection, "_put_in_url", interrupted)
    page = open_page()
    click(page, "Train")
    assert not interruptions
    assert [run.id for run in store.runs.runnable()] == [shown_run(page).id]
    assert "Pause" in buttons(page)


def test_a_change_is_finished_before_the_rerun():
    calls = []

    def change() -> None:
        calls.append(len(calls))
        if len(calls) < 3:
            raise RerunException(RerunData())

    with pytest.raises(RerunException):
        finish(change)
    assert calls == [0, 1, 2]
    finish(lambda: calls.append("whole"))
    assert calls[-1] == "whole"
