"""The view "Gauges": how well training goes, over iterations, from what the worker has measured."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import streamlit as st

from charrnn.engine.gauges import Gauges
from charrnn.engine.parameters import ARRAYS, MATRICES
from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.recording import GAUGE_INTERVAL
from charrnn.ui import services, session
from charrnn.ui.inside import gauges_chart
from charrnn.ui.inside.live import View
from charrnn.ui.shared import snapshot_slider
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.gauges import CLIPPED, RECENT, SATURATED, mean


class Gauge(NamedTuple):
    """One chart."""

    title: str
    lines: dict[str, str]  # its name -> which of the Gauges
    kind: gauges_chart.Kind
    limit: float | None  # drawn as a dotted line
    explain: Callable[[Gauges, RunConfig], str]


def draw(view: View) -> None:
    """Draw the charts, each with what it means and where it should be, and the table."""
    measured = services.store().history.gauges(view.run)
    if snapshot_slider.chosen_iteration(view.run, key=session.INSIDE_AT) is not None:
        measured = [row for row in measured if row[0] <= view.snapshot.iteration]
    if not measured:
        st.markdown(
            f"Nothing is measured up to here: the worker measures every {GAUGE_INTERVAL}th step. "
            "Runs from before there were gauges have none until they are resumed."
        )
        return
    recent, config = mean(measured[-RECENT:]), view.run.config
    gauges = _gauges(config)
    for pair in (gauges[:2], gauges[2:]):
        for column, gauge in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                _draw_gauge(gauge, measured, recent, config)
    st.caption(
        f"Each point is one training step; the figures in the text are means of the last {RECENT} "
        "points. The advice on the Train page goes by the same figures."
    )
    tables.table("The gauges as a table", "gauges", lambda: _table(measured))


def _draw_gauge(
    gauge: Gauge, measured: list[tuple[int, Gauges]], recent: Gauges, config: RunConfig
) -> None:
    st.markdown(f"## {gauge.title}")
    spec = gauges_chart.spec(tuple(gauge.lines), gauge.kind, gauge.limit)
    st.vega_lite_chart(
        gauges_chart.rows(gauge.lines, measured),
        spec,
        key=f"gauge_{gauge.title}",
        height=spec["height"],  # from the start, so that nothing below it moves later
        alt=f"{gauge.title} over iterations; the sentence below says where it is",
    )
    st.markdown(gauge.explain(recent, config))


def _gauges(config: RunConfig) -> list[Gauge]:
    by_norm = config.clipping == "norm"
    return [
        Gauge(
            "Clipped gradients",
            {"all": "clipped_Whh"} if by_norm else {name: f"clipped_{name}" for name in ARRAYS},
            "share",
            None if by_norm else CLIPPED,
            _explain_clipping,
        ),
        Gauge(
            "Saturated hidden states",
            {"states": "saturated"},
            "share",
            SATURATED,
            _explain_saturation,
        ),
        Gauge(
            "Update size",
            {name: f"update_{name}" for name in MATRICES},
            "ratio",
            None,
            _explain_updates,
        ),
        Gauge(
            "Gradient norm",
            {"norm": "gradient_norm"},
            "size",
            config.clip_limit if by_norm else None,
            _explain_norm,
        ),
    ]


def _explain_clipping(recent: Gauges, config: RunConfig) -> str:
    if config.clipping == "off":
        return "This run does not clip its gradients."
    if config.clipping == "norm":
        return (
            f"In **{recent.clipped_Whh:.0%}** of the steps the norm of the gradient was above "
            f"{config.clip_limit:g} and was scaled down. Averaged over all these steps, clipping "
            f"left {recent.clip_factor:.2f} of the gradient. That keeps its direction, and with "
            "Adam it may be so at every step."
        )
    if not any(getattr(recent, f"clipped_{name}") for name in ARRAYS):
        return (
            f"**No** gradient is beyond ±{config.clip_limit:g}, where it would be cut off: that is "
            "how it should be."
        )
    worst = max(ARRAYS, key=lambda name: getattr(recent, f"clipped_{name}"))
    return (
        f"At most **{getattr(recent, f'clipped_{worst}'):.1%}** of an array's entries "
        f"(those of {worst}) are beyond ±{config.clip_limit:g} and are cut off there, which bends "
        "the direction of the update: for the matrices it should be near zero, and stay below "
        "the dotted line."
    )


def _explain_saturation(recent: Gauges, config: RunConfig) -> str:
    return (
        f"**{recent.saturated:.0%}** of the hidden states are beyond ±0.99, where tanh is flat and "
        "lets hardly any gradient through: the fewer, the better, and above the dotted line the "
        "learning rate is too high for this network."
    )


def _explain_updates(recent: Gauges, config: RunConfig) -> str:
    return (
        f"One step changes Whh by **{_percent(recent.update_Whh)}** of its own size: a few percent "
        "at first and some tenths of a percent later are healthy, far more is unstable, far less "
        "is slow."
    )


def _percent(share: float) -> str:
    """In two digits, however small."""
    return f"{in_digits(float(f'{100 * share:.2g}'))}%"


def _explain_norm(recent: Gauges, config: RunConfig) -> str:
    return (
        f"The norm of all gradients together is **{recent.gradient_norm:.1f}** before clipping: it "
        "should stay about level, and sudden peaks mean that single windows throw the weights far "
        "away."
    )


def _table(measured: list[tuple[int, Gauges]]) -> pd.DataFrame:
    rows = pd.DataFrame([g._asdict() for _, g in measured])
    rows.insert(0, "iteration", [n for n, _ in measured])
    return rows
