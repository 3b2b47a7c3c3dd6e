"""What a link without the text gives: the network, and nothing of the text."""

import json

import pytest

from charrnn.runs.store.workspace import Workspace
from charrnn.ui.inside.page import VIEWS
from charrnn.ui.shared import snapshots
from tests.support.inside_page import pictures, words
from tests.support.store import SMALL, TEXT

SENTENCE = "zebra quilts hum. "  # too rare for the network to learn it by heart


@pytest.fixture
def owner(store):
    return Workspace(store, "s" * 32)


@pytest.fixture
def secret(owner, work):
    """Another visitor's run on a text that nobody else has."""
    sentences = [
        f"{TEXT[50 * i : 50 * (i + 1)]}{SENTENCE if i % 20 == 0 else ''}" for i in range(60)
    ]
    text = "".join(sentences)
    return work(owner.create(owner.add_text("Letter.txt", text), SMALL, pause_at=120))


def everything(page) -> str:
    """All that the page sends to the browser, and the characters of its pictures in a row."""
    protos = [element.proto for element in page.get("bidi_component")]
    data = [json.loads(proto.json) for proto in protos if proto.json]
    texts = ["".join(each["text"]) for each in data if "text" in each]
    tables = [frame.value.to_csv() for frame in page.dataframe]
    return "\n".join([str(page), words(page), *map(str, data), *texts, *tables])


@pytest.mark.parametrize("view", VIEWS)
def test_without_the_text_a_view_shows_what_the_network_knows_and_nothing_of_the_text(
    open_inside, secret, monkeypatch, view
):
    def refuse(*_):
        raise AssertionError("the text was read")

    monkeypatch.setattr(snapshots, "text_ids", refuse)
    monkeypatch.setattr(snapshots, "_table", refuse)
    page = open_inside(view, run=secret.view_key)
    assert "but not at its text" in words(page)
    shown = everything(page)
    assert "zebra" not in shown
    assert "Letter" not in shown
    if view == "One step":
        assert "Ask its owner to include it" in words(page)
        assert pictures(page, "step") == []
    elif view == "Gradient check":
        next(b for b in page.button if b.label.startswith("Check")).click().run()
        assert "gradients agree" in page.success[0].value
    elif view == "Memory":
        assert len(page.get("vega_lite_chart")) == 2
    else:
        assert page.get("bidi_component")
    assert not page.exception


def test_without_the_text_the_network_reads_what_it_writes_or_a_typed_line(open_inside, secret):
    for view in ("The network", "Units", "Surprisal"):
        page = open_inside(view, run=secret.view_key)
        reads = page.button_group(key="reads")
        assert reads.options == ["what it writes", "a line you type"]
        reads.set_value("a line you type").run()
        page.text_input(key="reads_line").set_value("the cat").run()
        assert not page.exception
        name = "network" if view == "The network" else "colors"
        assert "".join(pictures(page, name)[0]["text"]) == "the cat"


def test_what_the_owner_has_seen_of_the_text_is_not_shown_from_a_cache(open_inside, owner, secret):
    for view in VIEWS:
        page = open_inside(view, key=owner.key, run=secret.id)
        assert not page.exception
        assert "zebra" not in everything(open_inside(view, run=secret.view_key))


@pytest.mark.parametrize("view", VIEWS)
def test_with_the_text_everything_works_until_the_owner_stops_sharing_it(
    open_inside, owner, secret, view
):
    owner.share_text(secret.id, True)
    page = open_inside(view, run=secret.view_key)
    assert "but not at its text" not in words(page)
    if view == "One step":
        assert pictures(page, "step")
    elif view in ("The network", "Units"):
        assert "zebra" in everything(page)
    owner.share_text(secret.id, False)
    page.run()
    assert not page.exception
    assert "zebra" not in everything(page)
