"""The page /room, and what a room adds to the pages of the people in it."""

from dataclasses import replace

import pytest

from charrnn.runs.store.room_records import Place, Start
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.room import presenter_panel
from charrnn.ui.room.code_guesses import MAX_OF_VISITOR
from charrnn.ui.shared import double_click
from charrnn.ui.shared.settings import TYPED
from tests.support.store import SMALL
from tests.support.train_page import click, settings, words
from tests.ui.conftest import go
from tests.ui.room.conftest import ADA, BEN, HOSTILE, PRESENTER, data_of

# --- Joining ------------------------------------------------------------------------------------


def join_with(page, code: str, nickname: str) -> None:
    page.text_input(key="room_code").set_value(code)
    page.text_input(key="room_nickname").set_value(nickname)
    go(page, "room")
    click(page, "Join")


@pytest.mark.parametrize("starts", [1, 3], ids=["at first", "late"])
def test_whoever_joins_finds_the_newest_start_on_the_train_page(
    open_page, room, presenter, people, starts
):
    for number in range(2, starts + 1):
        presenter.send(replace(room.start, config=replace(SMALL, hidden_size=8 * number)))
    page = open_page("room", key=ADA)
    join_with(page, room.code.lower(), "Ada")
    assert "you are **Ada**" in words(page)
    assert settings(page) == replace(SMALL, hidden_size=8 * starts, seed=1)  # a seed of her own
    assert people()[0].start == starts


def test_a_link_brings_the_code_along(open_page, room, people):
    page = open_page("room", key=ADA, join=room.code)
    assert page.text_input(key="room_code").value == room.code
    page.text_input(key="room_nickname").set_value(HOSTILE)
    go(page, "room")
    click(page, "Join")
    assert people()[0].nickname == HOSTILE[:23] + "…" * (len(HOSTILE) > 24)
    assert HOSTILE not in [element.value for element in page.markdown]  # it is escaped


def test_wrong_codes_are_slowed_down(open_page, room, people):
    page = open_page("room", key=ADA)
    for _ in range(MAX_OF_VISITOR):
        join_with(page, "QQQQQQ", "Ada")
        assert "No open room has this code" in words(page)
    join_with(page, room.code, "Ada")
    assert "Too many wrong codes" in words(page)
    assert people() == []


def test_a_full_room_says_so(open_page, room, store, monkeypatch):
    monkeypatch.setenv("CHARRNN_ROOM_PEOPLE", "1")
    store.rooms.join(room, BEN, "Ben")
    page = open_page("room", key=ADA)
    join_with(page, room.code, "Ada")
    assert "This room is full" in words(page)


def test_opening_a_room_takes_text_and_settings_from_the_train_page(open_page, store):
    page = open_page(key=PRESENTER)
    page.number_input(key="hidden_size").set_value(12)
    page.run()
    go(page, "room")
    page.run()
    click(page, "Open a room")
    room = store.rooms.presented(PRESENTER)
    assert room.start.config.hidden_size == 12
    assert room.code in words(page).replace(" ", "")


# --- The start ----------------------------------------------------------------------------------


def test_a_new_start_reaches_pages_that_are_open_and_keeps_their_runs(
    enter_room, presenter, room, store, corpus
):
    page = enter_room(ADA, "Ada")
    click(page, "Train")
    run = Workspace(store, ADA).runs()[0]
    presenter.send(Start(corpus.sha256, "cats", replace(SMALL, hidden_size=12), note=HOSTILE))
    page.run()
    assert settings(page).hidden_size == 12
    assert not page.query_params.get("run")
    assert store.runs.get(run.id).desired == "paused"
    page.number_input(key="hidden_size").set_value(16)
    page.run()
    assert settings(page).hidden_size == 16  # a start is taken once


def test_a_start_shows_people_only_the_controls_that_the_presenter_has_chosen(enter_room, wall):
    page = enter_room(ADA, "Ada")
    presenter = wall()
    presenter.multiselect(key="start_controls").set_value(["learning_rate"])
    go(presenter, "room")
    click(presenter, "Send to everybody")
    page.run()
    fields = {field.key for field in page.number_input} & set(TYPED)
    assert fields == {"learning_rate"}
    click(page, "Show all controls")
    assert "hidden_size" in {field.key for field in page.number_input}


def test_a_page_that_is_reloaded_before_training_has_the_start_again(enter_room, open_page):
    enter_room(ADA, "Ada")
    assert settings(open_page(key=ADA)).hidden_size == SMALL.hidden_size


def test_when_everybody_is_started_each_page_shows_its_run(
    enter_room, presenter, people, shown_run, started
):
    page = enter_room(ADA, "Ada")
    page.number_input(key="hidden_size").set_value(12)  # what is set on the page is trained
    page.run()
    presenter.count_down(100.0)
    presenter_panel._begin(presenter, 100.0)
    page.run()
    run = shown_run(page)
    assert run.id == people()[0].run
    assert started == [run.id]
    assert run.config.hidden_size == 12
    assert data_of(page, "charrnn_room_watch")["known"]["share"].startswith(
        "your run is the only one"
    )


def test_the_presenter_sends_what_stands_on_the_train_page(open_page, room, now):
    page = open_page(key=PRESENTER)
    page.number_input(key="hidden_size").set_value(24)
    page.run()
    go(page, "room")
    page.run()
    page.text_input(key="start_note").set_value("make it forget")
    go(page, "room")
    click(page, "Send to everybody")
    start = now().start
    assert (start.number, start.config.hidden_size, start.note) == (2, 24, "make it forget")


def test_starting_everybody_can_be_called_off(wall, now):
    page = wall()
    click(page, "Start everybody")
    announced = now().begins_at
    click(page, "Call it off")
    assert announced is not None
    assert now().begins_at is None


def test_a_double_click_on_a_button_of_the_presenter_counts_once(wall, now, monkeypatch):
    page = wall()
    monkeypatch.setattr(double_click, "clock", lambda: 5.0)
    for first, second in (("Start everybody", "Call it off"), ("Lead", "Stop leading")):
        click(page, first)
        click(page, second)
    assert now().begins_at is not None
    assert now().lead is not None


# --- Follow me ----------------------------------------------------------------------------------


def test_people_see_what_the_presenter_looks_at_until_they_look_around(
    enter_room, open_page, store, corpus, work, now
):
    page = enter_room(ADA, "Ada")
    run = work(Workspace(store, PRESENTER).create(corpus, SMALL))
    leader = open_page("inside", key=PRESENTER, run=run.id)
    click(leader, "Lead")
    assert now().lead == Place("Inside", {"run": run.view_key})
    page.run()
    assert "Inside the network" in words(page)
    assert page.query_params["run"] == [run.view_key] or page.query_params["run"] == run.view_key
    click(page, "Look around on your own")
    assert "The presenter is showing something" in words(page)
    click(leader, "Stop leading")
    go(page, "inside")
    page.run()
    assert settings(page).hidden_size == SMALL.hidden_size  # back on the Train page


def test_people_on_the_page_of_the_room_see_the_view_of_the_presenter(
    open_page, store, room, presenter
):
    store.rooms.join(room, ADA, "Ada")
    page = open_page("room", key=ADA)
    # The last view is for the presenter alone, so theirs is the first one.
    for view, theirs in (("Curves", "Curves"), ("Challenge", "Challenge"), ("Moments", "Tiles")):
        presenter.lead(Place("Room", {"show": view}))
        go(page, "room")
        page.run()
        assert "You see what the presenter looks at." in words(page)
        assert page.segmented_control(key="show").value == theirs


# --- The end ------------------------------------------------------------------------------------


def test_after_the_end_people_keep_their_runs_and_the_wall_can_be_saved(
    wall, ada_trains, open_page, store, room
):
    page, run = ada_trains
    leader, other_window = wall(), wall()
    click(leader, "Close it")
    assert "is closed" in words(leader)
    other_window.run()
    assert "Your room is closed. Its wall can still be saved" in words(other_window)
    assert "You are no longer in the room" not in words(other_window)
    assert {button.proto.label for button in leader.get("download_button")} == {
        "Wall as HTML",
        "Wall as CSV",
    }
    page.run()
    assert "You are no longer in the room" in words(page)
    assert Workspace(store, ADA).run(run.id) == store.runs.get(run.id)


def test_who_leaves_is_no_longer_on_the_wall(enter_room, people):
    page = enter_room(ADA, "Ada")
    go(page, "room")
    page.run()
    click(page, "Leave the room")
    assert people() == []


def test_visitors_in_no_room_see_no_line_about_one(open_page, room):
    assert "Room" not in words(open_page(key=ADA))
