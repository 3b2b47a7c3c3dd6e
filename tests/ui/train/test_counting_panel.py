"""Compare with counting: the samples, their scores, and the marks in the chart."""

import numpy as np
import pytest

from charrnn.engine.analysis.counting import counting_bits
from charrnn.engine.corpus import training_length
from charrnn.engine.vocabulary import Vocabulary
from charrnn.ui.train.loss_rows import loss_rows
from charrnn.ui.train.run_view import Rival
from tests.support.run_views import BASELINES, BIT, make_view
from tests.support.store import TEXT
from tests.support.train_page import words

TITLES = ("Unigrams", "Bigrams", "Trigrams", "4-grams", "5-grams")


def switch_on(page):
    page.toggle(key="counting").set_value(True).run()
    assert not page.exception


def rows(view, kind):
    frame = loss_rows(view, "bits", "iteration")
    return frame[frame["kind"] == kind]


def test_it_writes_and_is_scored_on_the_held_out_text(open_page, cats, written):
    page = open_page(run=cats.id)
    before = len(written(page))
    switch_on(page)
    assert len(written(page)) == before + 6  # the network, and five that count
    vocabulary = Vocabulary.of(TEXT)
    ids, n_train = vocabulary.encode(TEXT), training_length(len(TEXT), 0.1)
    said = words(page)
    for title, bits in zip(TITLES, counting_bits(ids, len(vocabulary), n_train), strict=True):
        assert title in said
        assert f"{bits:.2f} bits" in said
    assert f"{n_train:,} characters that the network trains on" in said


def test_without_a_run_it_shows_what_counting_writes(open_page, written):
    page = open_page()
    before = len(written(page))
    switch_on(page)
    assert len(written(page)) == before + 5


def test_who_may_not_read_the_text_cannot_ask_for_it(open_page, cats):
    page = open_page(run=cats.view_key, key="")
    assert not [toggle for toggle in page.toggle if toggle.key == "counting"]


def test_the_chart_marks_where_the_network_overtakes_each():
    rivals = (Rival("bigrams", 3.0, 2000), Rival("5-grams", 2.5), Rival("4-grams", 2.6, 4000))
    view = make_view(bits=2.4, iteration=5000, rivals=rivals)
    marked = rows(view, "overtaken")
    assert marked["iteration"].tolist() == [2000, 4000]
    np.testing.assert_allclose(marked["bits"], [3.0, 2.6], rtol=1e-6)
    lines = rows(view, "baseline")["bits"]
    np.testing.assert_allclose(sorted(lines), sorted([*BASELINES, 2.5, 2.6]), rtol=1e-6)
    assert {"4-grams", "5-grams"} < set(rows(view, "baseline label")["label"])


def test_the_chart_shows_the_interval_of_the_visitor():
    view = make_view(bits=2.4, iteration=5000, rivals=(Rival("you", 2.0, None, 1.2, 2.9),))
    (interval,) = rows(view, "interval").to_dict("records")
    assert (interval["y"], interval["y2"]) == (pytest.approx(1.2), pytest.approx(2.9))
    in_nats = loss_rows(view, "nats", "iteration")
    high = in_nats[in_nats["kind"] == "interval"]["y2"].item()
    assert high == pytest.approx(2.9 * BIT * view.config.seq_length)
    assert "you" in set(rows(view, "baseline label")["label"])
