"""The curves of several runs in one chart: rows in, specification out. Nothing here displays."""

from functools import cache

import altair as alt
import numpy as np
import pandas as pd

from charrnn.engine.evaluation import bits_per_character
from charrnn.ui.charts import AXES, LARGE_TEXT, doubled, zoom_and_pan
from charrnn.ui.compare.subject import Subject
from charrnn.ui.style import QUIET
from charrnn.ui.words import listed

HEIGHT = 320
EMPTY_ROOM = 1.04  # of the axis, beyond the longest curve


def curve_rows(subjects: list[Subject], axis: str) -> pd.DataFrame:
    """One row for each point of each curve, and two invisible corners that keep the axes still."""
    rows = []
    for subject in subjects:
        T, run = subject.run.config.seq_length, subject.run
        points = [(n, smooth, s) for n, _, smooth, s in subject.history.metrics]
        points.append((run.iteration, run.smooth_loss, run.seconds))
        for n, smooth, seconds in points:
            rows.append(
                {
                    "layer": "curve",
                    "key": subject.key,
                    "run": subject.run.title,
                    "settings": subject.telling,
                    "iteration": n,
                    "characters": n * subject.characters_per_iteration,
                    "seconds": seconds,
                    "bits": bits_per_character(smooth, T),
                }
            )
    frame = pd.DataFrame(rows)
    end = _end(subjects, axis, float(frame[axis].max()))
    low, high = frame["bits"].min(), frame["bits"].max()
    corners = pd.DataFrame(
        {
            "layer": "corner",
            axis: [0.0, end],
            "bits": [max(0.0, int(2 * (low - 0.2)) / 2), int(2 * high + 1) / 2],
        }
    )
    frame = pd.concat([frame, corners], ignore_index=True)
    frame["x"] = frame[axis]
    numbers = ["x", "bits", "seconds", "characters", "iteration"]
    return frame.astype(dict.fromkeys(numbers, "float32"))


def _end(subjects: list[Subject], axis: str, longest: float) -> float:
    """Where the x axis ends: it doubles when it is full, so that live curves do not creep."""
    if not any(subject.run.moving for subject in subjects):
        return max(longest, 1.0) * EMPTY_ROOM
    end = doubled(4.0 if axis == "seconds" else 100.0, longest * EMPTY_ROOM)
    if axis == "seconds":
        return end  # nobody knows how long they will take
    per_iteration = [s.characters_per_iteration if axis == "characters" else 1 for s in subjects]
    limits = [s.run.iterations * n for s, n in zip(subjects, per_iteration, strict=True)]
    return max(min(end, max(limits) * EMPTY_ROOM), longest)


@cache
def curve_spec(
    keys: tuple[str, ...], colours: tuple[str, ...], dashes: tuple[tuple[int, int], ...], axis: str
) -> dict:
    """One line for each key, in its colour and with its dashes."""
    x = alt.X(
        "x:Q",
        title=AXES[axis],
        scale=alt.Scale(nice=False),
        axis=alt.Axis(format="~s", tickCount=6, grid=False, **LARGE_TEXT),
    )
    y = alt.Y(
        "bits:Q",
        title="bits per character (smooth)",
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(tickCount=6, **LARGE_TEXT),
    )
    base = alt.Chart(alt.NamedData("source")).encode(x=x, y=y)
    curves = base.transform_filter(alt.datum.layer == "curve").encode(
        color=alt.Color("key:N", legend=None, scale=alt.Scale(domain=keys, range=colours)),
        detail="key:N",
    )
    dash = alt.StrokeDash("key:N", legend=None, scale=alt.Scale(domain=keys, range=dashes))
    nearest = alt.selection_point(
        name="nearest", on="pointermove", nearest=True, fields=["key", "x"], empty=False
    )
    zoom = zoom_and_pan()
    tooltip = [
        alt.Tooltip("run:N"),
        alt.Tooltip("settings:N"),
        alt.Tooltip("bits:Q", title="bits per character", format=".3f"),
        alt.Tooltip("iteration:Q", format=","),
        alt.Tooltip("characters:Q", title="characters read", format=","),
        alt.Tooltip("seconds:Q", format=".1f"),
    ]
    layers = [
        base.transform_filter(alt.datum.layer == "corner")
        .mark_point(opacity=0, tooltip=None, color=QUIET)
        .add_params(zoom),
        curves.mark_line(strokeWidth=2.4, clip=True).encode(strokeDash=dash),
        curves.mark_point(filled=True, size=80, clip=True)
        .encode(opacity=alt.condition(nearest, alt.value(1), alt.value(0)), tooltip=tooltip)
        .add_params(nearest),
    ]
    spec = alt.layer(*layers).properties(height=HEIGHT).to_dict()
    for dropped in ("data", "config", "$schema", "datasets"):
        spec.pop(dropped, None)
    return spec


def in_words(subjects: list[Subject]) -> str:
    """The chart as a sentence: who is lowest, at the furthest iteration that all have reached."""
    if len(subjects) == 1:
        return f"{subjects[0].run.title} is at {subjects[0].bits:.2f} bits per character."
    waiting = [subject.run.title for subject in subjects if subject.run.iteration == 0]
    if waiting:
        have = "has" if len(waiting) == 1 else "have"
        return f"{listed(waiting)} {have} not begun: there is nothing to compare yet."
    reached = [subject.run.iteration for subject in subjects]
    common = min(reached)
    bits = [f"{_bits_at(subject, common):.2f}" for subject in subjects]  # equal as they are read
    lowest = min(bits, key=float)
    best = [_named(s) for s, figure in zip(subjects, bits, strict=True) if figure == lowest]
    moment = f"At iteration {common:,}"
    if max(reached) > common:
        moment += ", as far as all have come,"
    if len(best) == 1:
        said = f"{moment} the lowest is {best[0]}: {lowest} bits per character."
    elif len(best) == len(subjects):
        said = f"{moment} {listed(best)} are level at {lowest} bits per character."
    else:
        said = f"{moment} the lowest are {listed(best)}, level at {lowest} bits per character."
    if len({subject.run.sha256 for subject in subjects}) > 1:
        said += " They learn different texts, and some texts are easier than others."
    return said


def _named(subject: Subject) -> str:
    return subject.run.title + (f" ({subject.telling})" if subject.telling else "")


def _bits_at(subject: Subject, iteration: int) -> float:
    """Where the curve lies, in bits per character; between its points, which are thinned, too."""
    if subject.run.iteration <= iteration:
        return subject.bits
    T, run = subject.run.config.seq_length, subject.run
    start = (0, T * subject.corpus.landmarks.uniform * np.log(2))
    points = [start, *((n, smooth) for n, _, smooth, _ in subject.history.metrics)]
    at, smooth = zip(*points, (run.iteration, run.smooth_loss), strict=True)
    return bits_per_character(float(np.interp(iteration, at, smooth)), T)
