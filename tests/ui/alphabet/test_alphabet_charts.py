"""The charts of the Alphabet page: specifications, and which labels the embedding map shows."""

import json

import numpy as np

from charrnn.ui.alphabet import character_charts, embedding_charts
from charrnn.ui.shared.snapshots import Subject


def test_specifications_are_plain_json_with_tooltips_and_without_data():
    specs = [
        character_charts.frequency_spec(3),
        character_charts.surprisal_spec(3),
        embedding_charts.map_spec(("vowel", "sign")),
        embedding_charts.neighbour_spec(3),
        embedding_charts.embedding_spec(3, 2),
    ]
    for spec in specs:
        assert "tooltip" in json.dumps(spec)
        assert "data" not in spec


def test_of_overlapping_labels_the_inspected_or_the_most_frequent_one_is_kept(cats):
    table = Subject.of_run(cats).table
    ids, points = np.arange(3), np.array([[0.0, 0.0], [0.0, 0.01], [1.0, 1.0]])
    kinds = ["letter"] * 3
    frequent = int(table["count"][:2].argmax())
    for inspected, kept in ((2, frequent), (0, 0), (1, 1)):
        rows = embedding_charts.map_rows(table, ids, points, kinds, inspected)
        assert list(rows["index"][rows["layer"] == "label"]) == [kept, 2]
