"""What visitors score against the networks, kept with their runs."""

import pytest

from charrnn.engine.analysis.guessing_game import Estimate
from charrnn.runs.config import RunConfig
from charrnn.runs.store.games import Score
from charrnn.runs.store.workspace import Workspace

SCORE = Score(Estimate(1.5, 0.8, 2.4), 17, Estimate(2.0, 1.1, 3.2), 12, 2.31)


@pytest.fixture
def workspace(store):
    return Workspace(store, "me")


def test_the_newest_game_on_a_text_counts_for_whoever_has_played_it(store, corpus, workspace):
    first, second = (workspace.create(corpus, RunConfig(hidden_size=8)) for _ in range(2))
    assert store.games.newest("me", corpus.sha256) is None
    store.games.add(first.id, "me", SCORE)
    store.games.add(first.id, "me", SCORE._replace(at_once=18))
    store.games.add(first.id, "somebody else", SCORE._replace(at_once=3))
    assert store.games.newest("me", corpus.sha256) == SCORE._replace(at_once=18)
    store.games.add(second.id, "me", SCORE)
    assert store.games.newest("me", corpus.sha256) == SCORE

    workspace.delete(second.id)
    assert store.games.newest("me", corpus.sha256) == SCORE._replace(at_once=18)
    workspace.restore(second.id)
    assert store.games.newest("me", corpus.sha256) == SCORE


def test_a_game_against_a_run_that_is_gone_is_ignored(store, corpus):
    store.games.add("gone", "me", SCORE)
    assert store.games.newest("me", corpus.sha256) is None
