"""The charts of the Alphabet page: specifications, and which labels the embedding map shows."""

import json

import numpy as np

from charrnn.ui.alphabet import character_charts, embedding_charts, embeddings_panel
from charrnn.ui.shared.snapshots import Subject


def test_specifications_are_plain_json_with_tooltips_and_without_data():
    specs = [
        character_charts.frequency_spec(3),
        character_charts.surprisal_spec(3),
        embedding_charts.map_spec(("vowel", "sign")),
        embedding_charts.neighbor_spec(3),
        embedding_charts.embedding_spec(3, 2),
    ]
    for spec in specs:
        assert "tooltip" in json.dumps(spec)
        assert "data" not in spec


def test_surprisal_says_on_how_many_positions_it_rests(cats):
    table = Subject.of_run(cats).table
    nats, counts = np.full(len(table), 20 * np.log(2)), np.full(len(table), 10)
    counts[:2] = 0, 4
    rows = character_charts.surprisal_rows(table, np.array([2, 1, 0]), nats, counts)
    assert list(rows["positions"]) == [10, 4, 0]
    assert list(rows["value_label"]) == ["2.0", "5.0", "not read"]
    (
        bars,
        *_,
    ) = character_charts.surprisal_spec(3)["layer"]
    faded, normal = bars["encoding"]["opacity"]["condition"], bars["encoding"]["opacity"]
    assert (faded["test"], faded["value"] < normal["value"]) == ("datum.positions < 10", True)
    shown = [layer["encoding"].get("text") for layer in character_charts.surprisal_spec(3)["layer"]]
    assert {"field": "positions", "type": "quantitative", "format": ","} in shown
    assert {"value": "positions"} in shown


def test_fading_is_explained_only_where_a_bar_is_faded():
    assert embeddings_panel.describe_faded(np.array([10, 500])) == ""
    assert "fewer than 10" in embeddings_panel.describe_faded(np.array([9, 500]))


def test_of_overlapping_labels_the_inspected_or_the_most_frequent_one_is_kept(cats):
    table = Subject.of_run(cats).table
    ids, points = np.arange(3), np.array([[0.0, 0.0], [0.0, 0.01], [1.0, 1.0]])
    kinds = ["letter"] * 3
    frequent = int(table["count"][:2].argmax())
    for inspected, kept in ((2, frequent), (0, 0), (1, 1)):
        rows = embedding_charts.map_rows(table, ids, points, kinds, inspected)
        assert list(rows["index"][rows["layer"] == "label"]) == [kept, 2]
