"""Beat the network: the passage, the bets, the score, and its mark on the chart."""

import io
import json
import math

import numpy as np
import pyarrow
import pytest

from charrnn.engine.corpus import training_length
from charrnn.engine.sampling import next_distribution, next_hidden
from charrnn.ui.shared.beat import score as scores
from charrnn.ui.shared.beat.passage import LENGTH, Passage, passage
from charrnn.ui.shared.snapshots import Subject
from tests.support.store import TEXT
from tests.support.train_page import words


@pytest.fixture
def playing(cats):
    subject = Subject.of_run(cats)
    return passage(subject, subject.newest_snapshot(), 0)


@pytest.fixture
def made_up():
    """A game on three characters, the last of which the network never expects."""
    answers = np.array([0, 1, 2] * 10)
    probabilities = np.tile([0.5, 0.375, 0.125], (LENGTH, 1))
    return Passage(np.zeros(5, int), answers, probabilities)


def test_every_character_to_guess_is_held_out(cats):
    subject = Subject.of_run(cats)
    held_out = TEXT[training_length(len(TEXT), 0.1) :]
    for game in range(20):
        found = passage(subject, subject.newest_snapshot(), game)
        text = subject.vocabulary.decode(found.answers)
        assert len(text) == LENGTH
        assert text in held_out
        shown = subject.vocabulary.decode(found.before)
        assert shown + text in TEXT


def test_the_bets_are_those_of_the_network_reading_on(cats, playing):
    subject = Subject.of_run(cats)
    weights = subject.newest_snapshot().weights
    # The state of the network before the passage is not in it, so a step is checked: from its
    # distribution after "before", reading an answer leads on to the next.
    hidden = subject.newest_snapshot().hidden
    for character in playing.before[-128:]:
        hidden = next_hidden(weights, hidden, int(character))
    for n, answer in enumerate(playing.answers):
        p = next_distribution(weights, hidden)
        np.testing.assert_allclose(playing.probabilities[n], p, atol=0.02)
        hidden = next_hidden(weights, hidden, int(answer))
    assert playing.top(0)[0][0] == int(playing.probabilities[0].argmax())


def test_a_score_counts_guesses_and_the_network_plays_the_same_game(made_up):
    tried = [[0], [0, 1], []] * 10
    found = scores.score(tried, made_up, np.array([5, 9, 7]))
    assert found.at_once == 10
    assert found.network_at_once == 10
    # Who gives up goes on by frequency: 1, 2, 0. So the third character takes two guesses.
    assert found.person == scores.estimate([1, 2, 2] * 10, 3)
    assert found.network == scores.estimate([1, 2, 3] * 10, 3)
    costs = [-math.log2(p) for p in (0.5, 0.375, 0.125)]
    assert found.network_bits == pytest.approx(sum(costs) / 3)


@pytest.mark.parametrize(
    "tried",
    [
        None,
        {},
        "x" * LENGTH,
        [[0]] * (LENGTH - 1),
        [[3]] * LENGTH,
        [[-1]] * LENGTH,
        [[0, 0]] * LENGTH,
        [[True]] * LENGTH,
        [[0.0]] * LENGTH,
        [0] * LENGTH,
        [[0, 1, 2, 0, 1]] * LENGTH,
    ],
    ids=str,
)
def test_a_browser_that_sends_anything_else_has_no_score(made_up, tried):
    with pytest.raises(ValueError, match=r"game|guesses|character"):
        scores.score(tried, made_up, np.array([5, 9, 7]))


def game(page) -> dict:
    (data,) = [
        json.loads(element.proto.json)
        for element in page.get("bidi_component")
        if element.proto.component_name.endswith("charrnn_beat")
    ]
    return data


def open_game(open_page, **query):
    page = open_page("write", **query)
    page.session_state["beat_game_expander"] = True
    page.run()
    assert not page.exception
    return page


def test_the_game_on_write_has_all_that_the_browser_needs(open_page, cats):
    data = game(open_game(open_page, run=cats.id))
    assert len(data["answers"]) == len(data["bets"]) == LENGTH
    text = "".join(data["characters"][i] for i in data["answers"])
    assert data["before"] + text in TEXT
    assert set(map(str, data["answers"])) <= set(data["symbols"])
    assert all(0 <= bet["answer"] <= 1 for bet in data["bets"])


def test_a_score_stands_on_the_page_and_on_the_chart(open_page, store, workspace, cats, made_up):
    found = scores.score([[0]] * LENGTH, made_up, np.array([5, 9, 7]))
    store.games.add(cats.id, workspace.key, found)
    page = open_game(open_page, run=cats.id)
    said = words(page)
    assert f"{found.person.bits:.2f}" in said
    assert f"{found.person.low:.2f}–{found.person.high:.2f}" in said
    assert "Shannon" in said
    (chart,) = open_page("train", run=cats.id).get("vega_lite_chart")
    rows = pyarrow.ipc.open_stream(io.BytesIO(chart.proto.data.data)).read_pandas()
    assert "you" in set(rows["label"])


def test_who_may_not_read_the_text_cannot_play(open_page, cats):
    page = open_game(open_page, run=cats.view_key, key="")
    assert "does not include its text" in words(page)
    assert not [c for c in page.get("bidi_component") if "beat" in c.proto.component_name]
