"""The wall of a room on the page of its presenter, in every view."""

import json
import math
from dataclasses import replace

import pytest

from charrnn.runs.store import schema
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.room import curves, question_view
from charrnn.ui.room.views import VIEWS
from tests.support.store import SMALL
from tests.support.train_page import all_buttons, click, words
from tests.ui.conftest import go, sent
from tests.ui.room.conftest import ADA, BEN, HOSTILE, data_of, tiles


def test_the_wall_shows_a_tile_for_each_person(wall, ada_trains, store, room):
    store.rooms.join(room, BEN, "Ben")
    first, second = tiles(wall())
    assert (first["name"], second["name"]) == (HOSTILE[:20], "Ben")  # text, for the browser to set
    assert first["state"] == "done"
    assert first["sample"]
    assert len(first["curve"]) > 10
    assert (second["bits"], second["state"]) == ("–", "no run yet")
    assert ADA not in json.dumps(first)  # nothing that leads into the workspace


@pytest.mark.parametrize("view", VIEWS)
def test_a_drawing_of_the_wall_moves_no_control(wall, ada_trains, store, room, view):
    page = wall(view)
    store.rooms.join(room, BEN, "Ben")
    go(page, "room")
    page.run()
    assert not page.exception
    assert sent(page) == []


def test_hidden_names_are_numbers_for_everybody(wall, ada_trains, open_page):
    page = wall()
    page.toggle(key="names_hidden").set_value(True)
    go(page, "room")
    page.run()
    member = open_page("room", key=ADA)
    for each in (page, member):
        assert [tile["name"] for tile in tiles(each)] == ["1"]
    assert "You are number **1** while names are hidden. The wall below shows that" in words(member)


@pytest.mark.parametrize("view", ["Join", "Tiles", "Curves", "Guess", "Challenge", "Moments"])
def test_every_view_can_be_drawn_with_people_and_without(wall, view, enter_room, store, corpus):
    wall(view)
    enter_room(ADA, HOSTILE[:20])
    wall(view)
    Workspace(store, ADA).create(corpus, SMALL)
    wall(view)


def test_the_curves_stand_beside_the_baselines(wall, ada_trains, store, room):
    page = wall("Curves")
    (tile,) = store.walls.read(room.id).tiles
    assert f"One run, now at **{tile.bits:.2f}** bits per character." in words(page)
    assert tile.curve[-1][1] == tile.bits  # the curve ends at the number of the tile
    assert page.get("vega_lite_chart")


def test_the_thick_curve_is_the_one_that_is_drawn_lowest_and_the_page_says_so(
    wall, ada_trains, store, room, corpus, work
):
    store.rooms.join(room, BEN, "Ben *B*")
    run = work(Workspace(store, BEN).create(corpus, replace(SMALL, seed=1)))
    r = schema.runs
    with store.database.writing() as db:
        values = {"recent_loss": run.recent_loss / 2}
        db.execute(r.update().where(r.c.id == run.id).values(**values))
    assert "The thick curve is the one that ends lowest: **Ben *B***" in words(wall("Curves"))
    read = store.walls.read(room.id)
    rows = curves.curve_rows(read, read.tiles)
    assert set(rows[rows["kind"] == "lowest"]["name"]) == {"Ben *B*"}


def test_a_run_that_diverges_does_not_squeeze_the_curves_of_the_others(
    wall, ada_trains, store, room, corpus
):
    top = data_of(wall(), "charrnn_tiles")["top"]
    store.rooms.join(room, BEN, "Ben")
    run, r = Workspace(store, BEN).create(corpus, SMALL), schema.runs
    with store.database.writing() as db:
        values = {"recent_loss": 1000.0, "failure": "diverged", "iteration": 10}
        db.execute(r.update().where(r.c.id == run.id).values(**values))
    assert data_of(wall(), "charrnn_tiles")["top"] == top
    assert "bits per character. One run has diverged." in words(wall("Curves"))
    read = store.walls.read(room.id)
    rows = curves.curve_rows(read, read.tiles)
    assert rows["height"].max() < 10 < rows["bits"].max()


def test_runs_keep_the_baselines_of_their_own_text(
    wall, ada_trains, presenter, store, room, corpus, work
):
    other = store.corpora.add("other", "to be or not to be\n" * 100)
    presenter.send(replace(room.start, sha256=other.sha256, text_name="other"))

    def baselines(read) -> list[float]:
        rows = curves.curve_rows(read, [tile for tile in read.tiles if tile.run])
        return rows[rows["kind"] == "baseline"]["bits"].tolist()

    assert baselines(store.walls.read(room.id)) == pytest.approx(corpus.baselines)
    store.rooms.join(room, BEN, "Ben")
    work(Workspace(store, BEN).create(other, SMALL))
    assert baselines(store.walls.read(room.id)) == []
    assert "no baselines are drawn" in words(wall("Curves"))


def test_a_kept_moment_is_shown(wall, ada_trains, presenter, store, room):
    presenter.keep(store.walls.read(room.id).tiles[0])
    page = wall("Moments")
    assert [tile["name"] for tile in tiles(page)] == [HOSTILE[:20]]
    assert "&lt;b&gt;*x*&lt;/b&gt;" in words(page)  # in the strip
    assert "<b>*x*" not in words(page)


def test_a_moment_can_be_kept_where_there_is_one_until_the_list_is_full(
    wall, ada_trains, presenter, store, room, people
):
    store.rooms.join(room, BEN, "Ben")
    page = wall()
    page.session_state["wall_large"] = people()[1].key  # who has no run
    page.run()
    assert "Keep this moment" not in all_buttons(page)
    page.session_state["wall_large"] = people()[0].key
    page.run()
    click(page, "Keep this moment")
    assert page.toast[0].value == "Kept: it is in the view Moments."
    while presenter.keep(store.walls.read(room.id).tiles[0]):
        pass
    click(page, "Keep this moment")
    assert "Not kept: the view Moments has 24 already" in page.toast[0].value


def test_hidden_names_are_hidden_in_moments_that_were_kept_before(
    wall, ada_trains, presenter, store, room, people
):
    presenter.keep(store.walls.read(room.id).tiles[0])
    presenter.hide_names(True)
    page = wall("Moments")
    assert [tile["name"] for tile in tiles(page)] == ["1"]
    assert "*x*" not in words(page)
    presenter.remove(people()[0].key)
    page.run()
    assert [tile["name"] for tile in tiles(page)] == ["1"]
    store.rooms.join(room, BEN, HOSTILE[:20])
    assert people()[0].number == 2  # the first is still that of the moment
    presenter.rename(people()[0].key, "Ben")
    presenter.hide_names(False)
    page.run()
    assert [tile["name"] for tile in tiles(page)] == [HOSTILE[:20]]


def test_a_challenge_counts_new_runs_within_the_budget(
    wall, ada_trains, presenter, store, corpus, work
):
    presenter.challenge(10_000)
    assert "There are none yet" in words(wall("Challenge"))
    run = work(Workspace(store, ADA).create(corpus, replace(SMALL, hidden_size=12)))
    within = [nats for n, nats in store.history.evaluations(run.id) if 25 * n <= 10_000]
    assert len(within) < len(store.history.evaluations(run.id))
    shown = words(wall("Challenge"))
    assert "hidden 12 · seq 25" in shown
    assert f"{min(within) / math.log(2):.3f}" in shown


def test_who_came_equally_close_is_named_in_spite_of_rounding(store, room, presenter):
    for workspace, nickname in ((ADA, "Ada"), (BEN, "Ben"), ("c" * 32, "Cleo")):
        store.rooms.join(room, workspace, nickname)
    guesses = {ADA: 1.1, BEN: 1.3, "c" * 32: 1.4}
    assert abs(1.1 - 1.2) != abs(1.3 - 1.2)
    assert question_view.closest(store.walls.read(room.id), guesses, 1.2) == ["Ada", "Ben"]
    presenter.hide_names(True)
    assert question_view.closest(store.walls.read(room.id), guesses, 1.2) == ["1", "2"]
    assert question_view.closest(store.walls.read(room.id), {}, 1.2) == []


def test_guesses_are_shown_when_guessing_ends(wall, enter_room, now, store, room):
    page = wall("Guess")
    page.text_input(key="question_text").set_value("How many *bits*?")
    go(page, "room")
    click(page, "Ask")
    member = enter_room(ADA, "Ada")
    member.number_input(key="room_guess_1").set_value(2.5)
    click(member, "Send my guess")
    assert store.rooms.guesses(room.id, now().question) == {ADA: 2.5}
    page.run()
    assert "**1 of 1** have guessed" in words(page)
    click(page, "End guessing")
    assert "The median guess</dt><dd>2.5</dd>" in words(page)
    page.number_input(key="question_answer_1").set_value(2.25)
    click(page, "Show the answer")
    assert "Closest: **Ada**" in words(page)
    member.run()  # the same beside her own guess
    assert "You guessed</dt><dd>2.5</dd>" in words(member)
    assert "What happened</dt><dd>2.25</dd>" in words(member)
    click(page, "Next question")
    member.run()
    assert "You guessed" not in words(member)
