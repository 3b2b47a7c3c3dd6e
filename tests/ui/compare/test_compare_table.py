"""The settings and results of the compared runs, as a table."""

import math
from dataclasses import replace

import pytest

from charrnn.ui.compare import table

BIT = math.log(2)  # nats


def test_table_has_settings_and_results(compared_run):
    compared = compared_run(bits=3.0, learning_rate=0.3, hidden_size=50, held_out=0.2)
    (row,) = table.rows([compared]).to_dict("records")
    assert row == {
        "run": "Run 1",
        "text": "any",
        "state": "queued",
        "bits now": pytest.approx(3.0),
        "lowest smooth bits": pytest.approx(2.5),
        "held-out bits": pytest.approx(3.0),
        "evaluated at": 1000,
        "iteration": 1000,
        "seconds": 5.0,
        "characters/s": 0,
        "weights": 3 * 50 + 50 * 50 + 50 + 50 * 3 + 3,
        "hidden_size": 50,
        "seq_length": 25,
        "learning rate": 0.3,
        "streams": 1,
        "held out": 0.2,
        "seed": 0,
        "recipe": "Textbook",
        "optimizer": "adagrad",
        "clipping": "value",
        "clipping limit": 5.0,
        "schedule": "constant",
        "warm-up": 0,
        "decay iterations": 100_000,
        "decay epochs": 1000,
        "decay to": 0.002,
        "initial weights": "normal",
        "initial scale": 0.01,
        "hidden state": "carried",
        "gradients through time": "on",
    }


def test_a_held_out_figure_is_never_that_of_the_network_before_training(compared_run):
    compared = compared_run(bits=3.0)
    before = replace(compared.history, evaluations=[(0, 4 * BIT)])
    (row,) = table.rows([replace(compared, history=before)]).to_dict("records")
    assert (row["held-out bits"], row["evaluated at"]) == (None, None)
    later = replace(compared.history, evaluations=[(0, 4 * BIT), (500, 3.5 * BIT)])
    (row,) = table.rows([replace(compared, history=later)]).to_dict("records")
    assert (row["held-out bits"], row["evaluated at"]) == (pytest.approx(3.5), 500)


def test_what_differs_comes_first_in_the_table(compared_run):
    runs = [
        compared_run(learning_rate=0.1, hidden_size=50),
        compared_run(learning_rate=0.3, hidden_size=80),
    ]
    columns = list(table.rows(runs).columns)
    assert columns[:5] == ["run", "hidden_size", "learning rate", "text", "state"]
    assert sorted(columns) == sorted(table.rows(runs[:1]).columns)
    two = replace(runs[1], run=replace(runs[1].run, sha256="another"))
    assert list(table.rows([runs[0], two]).columns)[:2] == ["run", "text"]


def test_table_has_the_mean_and_the_spread_of_repeats(compared_run, repeats):
    single = compared_run(bits=3.0, learning_rate=0.3)
    frame = table.rows([*repeats(0.1, 2.0, 2.2, 2.4), single])
    assert list(frame[table.MEAN])[:3] == pytest.approx([2.2] * 3)
    assert list(frame[table.SPREAD])[:3] == pytest.approx([0.4] * 3)
    assert frame[table.MEAN].isna().tolist() == [False] * 3 + [True]
    assert table.MEAN not in table.rows([single]).columns
