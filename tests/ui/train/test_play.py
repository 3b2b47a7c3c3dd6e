"""Play: what the dialogs on Train, Compare and Alphabet get to play."""

import json

import pytest

from tests.support.store import SMALL
from tests.support.train_page import click, words


def played(page, name="charrnn_replay") -> list[dict]:
    """The data of the components that play."""
    protos = [element.proto for element in page.get("bidi_component")]
    return [json.loads(p.json) for p in protos if p.component_name.endswith(name)]


def texts(run) -> dict[int, str]:
    return {s["iteration"]: "".join(text for text, _ in s["pieces"]) for s in run["samples"]}


def test_train_plays_all_samples_of_the_run(open_page, cats, store):
    page = open_page(run=cats.id)
    click(page, "Play")
    (data,) = played(page)
    (run,) = data["runs"]
    assert texts(run) == dict(store.history.full(cats.id).samples)
    assert data["positions"] == [0, 100, 200]
    assert run["curve"][0] == [0, pytest.approx(data["baselines"][0][1], abs=1e-4)]
    assert run["curve"][-1][0] == cats.iteration


def test_who_may_not_read_the_text_sees_no_copied_passages(open_page, cats):
    page = open_page(run=cats.view_key, key="")
    click(page, "Play")
    (data,) = played(page)
    assert {s["copied"] for s in data["runs"][0]["samples"]} == {None}
    assert not [1 for s in data["runs"][0]["samples"] for _, copied in s["pieces"] if copied]


def test_compare_plays_the_samples_side_by_side(open_page, workspace, corpus, work):
    runs = [work(workspace.create(corpus, SMALL, pause_at=n)) for n in (200, 300)]
    page = open_page("compare", compare=",".join(run.id for run in runs))
    click(page, "Play")
    (data,) = played(page)
    assert [max(texts(run)) for run in data["runs"]] == [200, 300]
    assert data["positions"] == [0, 100, 200, 300]
    assert len({run["color"] for run in data["runs"]}) == 2
    assert all(run["name"] for run in data["runs"])


def test_alphabet_plays_the_map_over_the_snapshots(open_page, cats, store):
    page = open_page("alphabet", run=cats.id)
    click(page, "Play")
    (data,) = played(page, "charrnn_map_player")
    assert [f["iteration"] for f in data["frames"]] == store.snapshots.iterations(cats.id)
    characters = len(data["characters"])
    for frame in data["frames"]:
        assert len(frame["points"]) == characters
        assert all(0 <= value <= 1 for point in frame["points"] for value in point)
    assert "drift together" in words(page)
