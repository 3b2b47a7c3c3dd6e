"""The challenges on a page: who has met them, with which settings, and trying one."""

from dataclasses import replace

import pytest

from charrnn.runs.challenges import CHALLENGES, Attempt
from charrnn.runs.config import RunConfig
from charrnn.runs.texts import library
from charrnn.ui.shared import challenges
from tests.support.train_page import as_read, settings, words
from tests.ui.conftest import go

QUICK = RunConfig(hidden_size=8, iterations=200, sample_interval=100, sample_length=20)


@pytest.fixture
def open_challenges(open_page):
    def open_challenges():
        page = open_page("learn")
        page.session_state["challenges"] = True
        page.run()
        assert not page.exception
        return page

    return open_challenges


def challenge_run(store, workspace, work, key, **changes):
    challenge = next(each for each in CHALLENGES if each.key == key)
    corpus = store.corpora.add(challenge.text, library.load(challenge.text))
    return work(workspace.create(corpus, replace(QUICK, **changes)))


def test_a_challenge_says_what_a_run_has_reached_and_with_which_settings(
    open_challenges, store, workspace, work, monkeypatch
):
    run = challenge_run(store, workspace, work, "names")
    page = open_challenges()
    said = words(page)
    left = 500_000 - run.iteration * run.config.seq_length
    assert f"{left:,} characters left" in said
    assert "hidden_size 8 · seq_length 25 · learning rate 0.1 · streams 1 · seed 0" in said

    easy = tuple(replace(each, bits=9.0) if each.bits else each for each in CHALLENGES)
    monkeypatch.setattr(challenges, "CHALLENGES", easy)
    assert "met it after" in words(page.run())


def test_brackets_are_counted_on_the_snapshots_of_a_run(open_challenges, store, workspace, work):
    challenge_run(store, workspace, work, "brackets")
    page = open_challenges()
    assert "% closed so far" in words(page)


def test_trying_one_fills_in_the_text_and_the_iterations_of_its_budget(open_challenges, started):
    page = open_challenges()
    page.button(key="try_brackets").click().run()
    assert page.selectbox(key="offer").value == "brackets"
    assert settings(page).iterations == 3_000_000 // (25 * settings(page).streams)
    assert started == []


def test_train_says_how_far_a_challenge_that_was_taken_on_is(
    open_challenges, store, workspace, work, monkeypatch
):
    run = challenge_run(store, workspace, work, "names")
    page = open_challenges()
    page.button(key="try_names").click().run()
    page.query_params["run"] = run.id
    page.session_state["run"] = run.id
    go(page, "")
    page.run()
    read = run.iteration * run.config.seq_length
    assert f"{read:,} of 500,000 characters read, at best" in words(page)
    easy = tuple(replace(each, bits=9.0) if each.bits else each for each in CHALLENGES)
    monkeypatch.setattr(challenges, "CHALLENGES", easy)
    go(page, "")
    assert "Challenge met after" in words(page.run())


def test_brackets_do_not_count_on_text_that_was_trained_on(open_challenges, store, workspace, work):
    challenge_run(store, workspace, work, "brackets", held_out=0.0)
    assert "% closed" not in words(open_challenges())


def test_those_who_met_it_come_first_after_the_fewest_characters(store, corpus):
    run = store.runs.create(corpus, QUICK)
    early, late = Attempt(run, 900, 1.0, 500), Attempt(run, 600, 1.1, 600)
    tried, longer = Attempt(run, 100, 2.0, None), Attempt(run, 300, 3.0, None)
    idle = Attempt(run, 0, None, None)
    found = challenges.ranked([idle, tried, late, longer, early])
    assert found == [early, late, longer, tried]


@pytest.mark.parametrize("name", ["*bold* <b>", "[link](http://x)"])
def test_a_name_is_only_text(open_challenges, store, workspace, work, name):
    run = challenge_run(store, workspace, work, "names")
    workspace.rename(run.id, name)
    page = open_challenges()
    line = next(m.value for m in page.markdown if "characters left" in m.value)
    assert name in as_read(line)
    assert name not in line
