"""The chart of suggested settings: its rows and its specification. Nothing here displays."""

from typing import Any

import altair as alt
import pandas as pd

from charrnn.runs.suggestions.ranking import ranked
from charrnn.runs.suggestions.trial import TRIAL_SECONDS, Trial
from charrnn.ui.shared.charts.specs import LARGE_TEXT, compiled, themed
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

HEIGHT = 220  # pixels
HEADROOM = 0.8  # bits per character, above the worst result
KINDS = {"other": MUTED, "yours": HELD_OUT, "best": ACCENT}  # from back to front


def trial_rows(trials: list[Trial], *, guessing: float) -> pd.DataFrame:
    """One row per measurement, and two invisible corners: the ends of the axes.

    trials: the one with the current settings first. guessing: bits per character.
    """
    best = next(iter(ranked(trials)), None)
    last = [trial.marks[-1].bits for trial in trials if trial.marks]
    # A measurement on the way may be far out, and must not stretch the axis.
    high = min(guessing, max(last, default=guessing) + HEADROOM)
    rows = [("corner", -1, 0.0, high), ("corner", -1, 1.1 * TRIAL_SECONDS, min(last, default=0.0))]
    for number, trial in enumerate(trials):
        kind = "best" if trial is best else "yours" if number == 0 else "other"
        for _, seconds, bits in list(trial.marks):
            rows.append((kind, number, seconds, min(bits, high)))
    return pd.DataFrame(rows, columns=["kind", "trial", "seconds", "bits"])


@themed
def trial_spec() -> dict[str, Any]:
    """The Vega-Lite specification, without data: a line for each trial."""
    base = alt.Chart(alt.NamedData("source")).encode(
        x=alt.X(
            "seconds:Q",
            title="seconds of CPU time",
            scale=alt.Scale(nice=False),
            axis=alt.Axis(tickCount=5, grid=False, **LARGE_TEXT),
        ),
        y=alt.Y(
            "bits:Q",
            title="bits per character (held-out)",
            scale=alt.Scale(nice=False, zero=False),
            axis=alt.Axis(tickCount=5, **LARGE_TEXT),
        ),
    )
    layers = [base.transform_filter(alt.datum.kind == "corner").mark_point(opacity=0, tooltip=None)]
    layers += [
        base.transform_filter(alt.datum.kind == kind)
        .mark_line(
            color=color,
            strokeWidth=1.2 if kind == "other" else 2.6,
            strokeDash=[5, 3] if kind == "yours" else [1, 0],
            point={"color": color, "size": 16 if kind == "other" else 36},
            tooltip=None,
        )
        .encode(detail="trial:N")
        for kind, color in KINDS.items()
    ]
    return compiled(alt.layer(*layers).properties(height=HEIGHT))
