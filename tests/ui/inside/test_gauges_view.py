"""The view "Gauges" shows what the worker has stored, and says where each gauge should be."""

import io
import json
from dataclasses import replace

import pyarrow
import pytest
from streamlit.testing.v1 import AppTest

from charrnn.ui.inside import gauges_chart, gauges_panel
from charrnn.ui.shared.gauges import CLIPPED, SATURATED, mean
from tests.support.store import SMALL, WORKSPACE


def the_page():
    from charrnn.ui import selection
    from charrnn.ui.inside import page

    selection.read_url("Inside")
    page.show()


@pytest.fixture
def open_view(store):
    """open_view(run=...): the page Inside at the view "Gauges"."""

    def open_view(*, w=WORKSPACE, **query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        page.query_params.update({"w": w, "view": "Gauges"} | query)
        page.run()
        assert not page.exception
        return page

    return open_view


@pytest.fixture
def trained(workspace, corpus, work):
    """A run at iteration 1,000."""
    return work(workspace.create(corpus, SMALL, pause_at=1000))


def data(chart):
    """The rows that a chart on the page was sent."""
    return pyarrow.ipc.open_stream(io.BytesIO(chart.proto.data.data)).read_pandas()


def test_every_chart_shows_the_stored_figures(open_view, store, trained):
    page = open_view(run=trained.id)
    measured = store.history.gauges(trained)
    assert [n for n, _ in measured] == list(range(100, 1001, 100))
    charts = page.get("vega_lite_chart")
    assert len(charts) == 4
    for chart, gauge in zip(charts, gauges_panel._gauges(trained.config), strict=True):
        rows = data(chart)
        for line, name in gauge.lines.items():
            shown = rows[rows["line"] == line]
            assert list(shown["iteration"]) == [n for n, _ in measured]
            expected = [getattr(gauges, name) for _, gauges in measured]
            assert list(shown["value"]) == pytest.approx(expected, rel=1e-6)
        assert chart.proto.alt.startswith(gauge.title)


def test_each_chart_says_where_its_gauge_is_and_should_be(open_view, store, trained):
    page = open_view(run=trained.id)
    words = "\n".join(element.value for element in page.markdown)
    recent = mean(store.history.gauges(trained)[-8:])
    assert f"**{recent.saturated:.0%}** of the hidden states" in words
    assert f"by **{100 * recent.update_Whh:.2g}%** of its own size" in words
    small = recent._replace(update_Whh=3.2e-7)
    assert "by **0.000032%** of its own size" in gauges_panel._explain_updates(small, SMALL)
    assert f"is **{recent.gradient_norm:.1f}** before clipping" in words
    assert "that is how it should be" in words


def test_a_visitor_with_a_read_only_link_sees_the_gauges(open_view, trained):
    assert len(open_view(w="v" * 32, run=trained.view_key).get("vega_lite_chart")) == 4


def test_a_run_without_gauges_says_why(open_view, workspace, corpus, work):
    run = work(workspace.create(corpus, SMALL, pause_at=50))
    page = open_view(run=run.id)
    assert not page.get("vega_lite_chart")
    assert any("Nothing is measured up to here" in element.value for element in page.markdown)


def test_clipping_by_norm_is_told_by_steps(store, workspace, corpus, work):
    config = replace(SMALL, clipping="norm", clip_limit=0.01)
    run = work(workspace.create(corpus, config, pause_at=300))
    [clipping, *_, norm] = gauges_panel._gauges(config)
    recent = mean(store.history.gauges(run))
    assert (clipping.lines, clipping.limit, norm.limit) == ({"all": "clipped_Whh"}, None, 0.01)
    assert "In **100%** of the steps" in clipping.explain(recent, config)


def test_the_dotted_lines_are_where_advice_begins():
    limits = {gauge.title: gauge.limit for gauge in gauges_panel._gauges(SMALL)}
    assert limits["Clipped gradients"] == CLIPPED
    assert limits["Saturated hidden states"] == SATURATED
    drawn = json.dumps(gauges_chart.spec(("states",), "share", SATURATED))
    assert '"datum": 0.9' in drawn
