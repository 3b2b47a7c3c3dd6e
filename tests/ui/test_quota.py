"""The quota of a visitor: said before it is met, and what is refused is said as a sentence."""

from html import unescape

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Progress


@pytest.fixture
def big(store, workspace, corpus, monkeypatch):
    """A paused run that has saved 4 MB."""
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "6")
    run = workspace.create(corpus, RunConfig(seq_length=5, hidden_size=8), pause_at=1)
    states = [{"iteration": n, "state": bytes(2**20), "seconds": 0.0} for n in range(4)]
    assert store.leases.claim(run.id, "worker")
    state = {"status": "paused", "iteration": 1}
    store.leases.publish(run.id, "worker", state, Progress(snapshots=states))
    store.leases.release(run.id, "worker")
    return run


def test_nothing_is_said_far_below_the_quota(open_page, big):
    assert big.title
    assert len(open_page().info) == 0


def test_most_of_the_quota_is_said_on_every_page_and_a_refusal_says_what_to_delete(
    open_page, big, store, monkeypatch
):
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "4.5")
    for at in ("", "compare", "write", "alphabet"):
        said = [info.value for info in open_page(at).info]
        assert any(
            "Your texts and runs take 4 MB of the 4 MB that you may store" in s for s in said
        )
    monkeypatch.setenv("CHARRNN_VISITOR_MEGABYTES", "3.5")
    page = open_page(run=big.id)
    next(button for button in page.button if button.label == "Resume").click().run()
    assert not page.exception
    assert "delete runs on the page Compare; the largest is Run 1 with 4 MB" in unescape(
        page.error[0].value
    )
    assert not store.runs.get(big.id).active


def test_a_text_for_which_there_is_no_room_is_refused_below_the_uploader(open_page, big):
    assert big.title
    page = open_page()
    page.segmented_control(key="source").set_value("Paste").run()
    page.text_area(key="paste").input("abc def " * 400_000).run()
    assert not page.exception
    assert "With this, your texts and runs would take 7 MB" in unescape(page.error[0].value)
    assert page.button(key="main_button").label == "Train"  # the rest of the page is there
