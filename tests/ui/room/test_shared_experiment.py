"""An experiment of the page Learn as the start of a room: everybody guesses, then all begin."""

from dataclasses import replace

import pytest

from charrnn.runs.store.workspace import Workspace
from charrnn.ui.learn.all_cards import CARDS
from charrnn.ui.room import presenter_panel
from charrnn.ui.shared import experiments
from tests.support.store import TEXT
from tests.support.train_page import all_buttons, click, words
from tests.ui.conftest import go
from tests.ui.room.conftest import ADA, BEN, PRESENTER, tiles

KEY = "hidden-state"
CARD = CARDS[KEY]
SMALL = {"hidden_size": 8, "iterations": 200, "sample_interval": 100}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The runs of the experiment are small."""

    def small(corpus):
        plans = CARD.plans(corpus)
        return [plan._replace(config=replace(plan.config, **SMALL)) for plan in plans]

    monkeypatch.setitem(CARDS, KEY, replace(CARD, plans=small))


@pytest.fixture
def send(wall):
    """send(key): the presenter sends an experiment to everybody; returns the page."""

    def send(key: str = KEY):
        page = wall("Guess")
        page.selectbox(key="start_experiment").set_value(key)
        go(page, "room")
        page.run()
        click(page, "Send to everybody")
        return page

    return send


@pytest.fixture
def begin(presenter):
    """begin(): everybody is started, as at the end of the countdown."""

    def begin() -> None:
        presenter.count_down(100.0)
        presenter_panel._begin(presenter, 100.0)

    return begin


def test_everybody_guesses_on_the_card_and_all_begin_together(
    enter_room, send, begin, store, room, now, work
):
    page = enter_room(ADA, "Ada")
    store.rooms.join(room, BEN, "Ben")  # does not guess
    leader = send()
    go(page, "learn")
    page.run()
    assert f"# {CARD.question}" in words(page)
    assert "See what happens" not in all_buttons(page)
    assert "Then your networks train here, one after the other, and" in words(page)
    page.radio(key=f"guess_{KEY}").set_value("little").run()
    assert "Your guess is in" in words(page)
    leader.run()
    assert f"## {CARD.guess.prompt}" in words(leader)
    assert "**1 of 2** have guessed" in words(leader)

    begin()
    page.run()
    runs = Workspace(store, ADA).runs()[::-1]
    assert [run.experiment.label for run in runs] == ["carried", "cleared"]
    assert {run.experiment.guess for run in runs} == {"little"}
    assert {run.config.seed for run in runs} == {1}  # each person has another one
    assert {run.experiment.guess for run in Workspace(store, BEN).runs()} == {""}
    assert f"You guessed</dt><dd>{CARD.guess.answers['little']}</dd>" in words(page)
    assert not now().question.open
    work(runs[0])
    assert tiles(show(leader, "Tiles"))[0]["state"] == "carried · done"

    # The guesses stand on the wall, and what happened beside them once the presenter says so.
    show(leader, "Guess")
    assert f"<span>{CARD.guess.answers['little']}</span><b>1</b>" in words(leader)
    number = now().question.number
    leader.radio(key=f"question_answer_{number}").set_value("much")
    click(leader, "Show the answer")
    assert f"What happened</dt><dd>{CARD.guess.answers['much']}</dd>" in words(leader)
    assert "**0 of 1** guessed that" in words(leader)


def show(page, view: str):
    page.segmented_control(key="show").set_value(view)
    go(page, "room")
    return page.run()


def test_whoever_joins_after_the_countdown_begins_alone(enter_room, send, begin, store):
    send()
    begin()
    page = enter_room(ADA, "Ada")
    go(page, "learn")
    page.run()
    assert "This trains 2 networks on Three Stone, one after the other.\n" in words(page)
    page.radio(key=f"guess_{KEY}").set_value("much").run()
    click(page, "See what happens")
    assert {run.experiment.guess for run in Workspace(store, ADA).runs()} == {"much"}
    assert "You guessed" in words(page)


def test_other_pages_lead_to_the_card(enter_room, send):
    page = enter_room(ADA, "Ada")
    send()
    go(page, "learn")
    page.run()
    assert "The experiment of this room" not in words(page)
    go(page, "")
    page.run()
    assert f"The experiment of this room: **{CARD.question}**" in words(page)
    links = {link.proto.label: link.proto.query_string for link in page.get("page_link")}
    assert links["Open it"] == f"question={KEY}"


def test_an_experiment_of_one_network_speaks_of_one(enter_room, send):
    page = enter_room(ADA, "Ada")
    send("good-loss")
    go(page, "learn")
    page.run()
    assert "Then your network trains here, and your guess" in words(page)


def test_an_experiment_that_was_tried_before_is_guessed_at_anew(enter_room, send, store, corpus):
    experiments.start(CARDS[KEY], Workspace(store, ADA), corpus, "much")
    page = enter_room(ADA, "Ada")
    go(page, "learn")
    page.query_params["question"] = KEY
    page.run()
    assert "You guessed" in words(page)
    send()
    page.run()
    assert "You guessed" not in words(page)
    assert "The presenter starts everybody together" in words(page)


def test_an_experiment_reads_the_text_of_the_presenter_if_it_can(open_page, room, store, now):
    own = Workspace(store, PRESENTER).add_text("my diary", 2 * TEXT)
    page = open_page("room", key=PRESENTER, text=own.sha256)
    for key, reads_own in ((KEY, True), ("copying", False)):
        page.selectbox(key="start_experiment").set_value(key)
        go(page, "room")
        page.run()
        click(page, "Send to everybody")
        assert (now().start.sha256 == own.sha256) is reads_own


def test_a_start_after_an_experiment_pauses_all_of_its_runs(enter_room, send, begin, store, now):
    page = enter_room(ADA, "Ada")
    leader = send()
    go(page, "learn")
    page.run()
    begin()
    page.run()
    runs = Workspace(store, ADA).runs()
    assert [run.active for run in runs] == [True, True]
    leader.selectbox(key="start_experiment").set_value("")
    go(leader, "room")
    leader.run()
    click(leader, "Send to everybody")
    assert now().question.text == ""
    page.run()
    assert [run.active for run in Workspace(store, ADA).runs()] == [False, False]
