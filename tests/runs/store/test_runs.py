"""Runs are created, read, and told what to do through their desired state."""

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store import runs


def test_created_run_comes_back_as_it_was_returned(store, run):
    assert store.runs.get(run.id) == run
    assert run.active
    assert not run.leased


@pytest.mark.parametrize("run_id", ["unknown", "from a \0 link", "\udcff", None])
def test_unknown_run_raises_key_error(store, run, run_id):
    with pytest.raises(KeyError):
        store.runs.get(run_id)


def test_pages_can_change_the_desired_state_and_nothing_else(store, run):
    store.runs.request(run.id, learning_rate=0.3, desired="paused")
    assert store.runs.get(run.id).learning_rate == 0.3
    assert not store.runs.get(run.id).active
    with pytest.raises(ValueError, match="'iteration' cannot be requested"):
        store.runs.request(run.id, iteration=5)


def test_requested_values_must_be_within_the_limits(store, run):
    for request in ({"learning_rate": 100.0}, {"iterations": 0}, {"learning_rate": float("nan")}):
        with pytest.raises(ValueError, match="allowed"):
            store.runs.request(run.id, **request)


def test_failed_run_can_be_tried_again(store, run):
    store.leases.fail(run.id, "why")
    assert not store.runs.get(run.id).active
    assert store.runs.runnable() == []
    store.runs.request(run.id, desired="running")
    assert store.runs.get(run.id).active
    assert [r.id for r in store.runs.runnable()] == [run.id]


def test_resuming_a_run_counts_as_viewing_it(store, run):
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET viewed_at = 1, message = 'why'")
    store.runs.request(run.id, desired="paused")
    assert store.runs.get(run.id).viewed_at == 1
    store.runs.request(run.id, desired="running")
    assert store.runs.get(run.id).viewed_at >= run.viewed_at
    assert store.runs.get(run.id).message == ""


def test_viewing_is_recorded_once_in_a_while(store, run, monkeypatch):
    store.runs.mark_viewed([run.id])
    assert store.runs.get(run.id).viewed_at == run.viewed_at  # recorded a moment ago
    monkeypatch.setattr("charrnn.runs.store.runs.VIEWED_SECONDS", 0.0)
    store.runs.mark_viewed([run.id, "unknown"])
    assert store.runs.get(run.id).viewed_at > run.viewed_at
    store.runs.mark_viewed([])


def test_no_id_begins_with_a_hyphen(store, corpus, monkeypatch):
    """Commands would take it for an option."""
    tokens = iter(["-aaaa", "_bbbb", "cccc-", "-dddd", "eeee-"])
    monkeypatch.setattr(runs.secrets, "token_urlsafe", lambda _: next(tokens))
    run = store.runs.create(corpus, RunConfig())
    assert (run.id, run.view_key) == ("cccc-", "eeee-")
