"""The settings and results of the compared runs, as a table to sort and download."""

from typing import Any

import pandas as pd
import streamlit as st

from charrnn.runs.recipes import LEARNING_SETTINGS
from charrnn.runs.store.records import Run
from charrnn.ui.compare import ranking
from charrnn.ui.compare.compared_run import ComparedRun, activity
from charrnn.ui.compare.ranking import all_but_the_seed
from charrnn.ui.shared import wording
from charrnn.ui.shared.charts.tables import download

SETTINGS = (
    *("hidden_size", "seq_length", "learning_rate", "streams", "held_out", "seed"),
    *("recipe", *LEARNING_SETTINGS),
)
# Of the runs that differ in their random seed only.
MEAN, SPREAD = "mean of repeats", "spread of repeats"
OF_REPEATS = (
    "The held-out loss in bits per character, where there is one, of the runs that differ in their "
    "random seed only."
)


def draw(compared_runs: list[ComparedRun]) -> None:
    """The table and its download button."""
    frame = rows(compared_runs)
    st.dataframe(
        frame,
        hide_index=True,
        height=38 + 35 * len(frame),
        key="compare_table",
        placeholder="–",
        column_config={
            "run": st.column_config.TextColumn(width=130, pinned=True),
            "bits now": st.column_config.NumberColumn(format="%.3f"),
            MEAN: st.column_config.NumberColumn(format="%.3f", help=OF_REPEATS),
            SPREAD: st.column_config.NumberColumn(format="%.3f", help=OF_REPEATS),
            "lowest smooth bits": st.column_config.NumberColumn(format="%.3f"),
            "held-out bits": st.column_config.NumberColumn(format="%.3f"),
            "evaluated at": st.column_config.NumberColumn(
                format="localized", help="The iteration at which the held-out bits were measured."
            ),
            "iteration": st.column_config.NumberColumn(format="localized"),
            "weights": st.column_config.NumberColumn(format="localized"),
            "characters/s": st.column_config.NumberColumn(format="localized"),
            "seconds": st.column_config.NumberColumn(format="%.1f"),
            "held out": st.column_config.NumberColumn(format="percent"),
        },
    )
    download(frame, "runs")


def rows(compared_runs: list[ComparedRun]) -> pd.DataFrame:
    """One row per run. Losses are in bits per character.

    What differs among the runs comes first: their texts and settings, each in a column.
    """
    texts = {compared.run.sha256 for compared in compared_runs}
    varying = wording.varying_settings([compared.run.config for compared in compared_runs])
    first = ["run"] + ["text"] * (len(texts) > 1)
    first += [wording.label(name) for name in SETTINGS if name in varying]
    frame = pd.DataFrame(
        [
            {
                "run": compared.run.title,
                "text": compared.corpus.name,
                "state": state(compared.run),
                "bits now": compared.run.bits,
                "lowest smooth bits": compared.best_bits,
                "held-out bits": compared.held_out_bits,
                "evaluated at": compared.evaluated_at,
            }
            | repeats
            | {
                "iteration": compared.run.iteration,
                "seconds": compared.run.seconds,
                "characters/s": round(compared.run.characters_per_second),
                "weights": compared.weights,
            }
            | {wording.label(name): _setting(compared.run, name) for name in SETTINGS}
            for compared, repeats in zip(compared_runs, _repeats(compared_runs), strict=True)
        ]
    )
    return frame[first + [name for name in frame.columns if name not in first]]


def _repeats(compared_runs: list[ComparedRun]) -> list[dict[str, float | None]]:
    """Of each run, the mean and the spread of the group it belongs to; {} if nothing is repeated.

    The spread is the difference between the highest and the lowest loss, held-out where there is
    one. Both are None for a run without repeats.
    """
    groups = {
        all_but_the_seed(group.runs[0]): group
        for group in ranking.groups(compared_runs)
        if len(group.runs) > 1
    }
    if not groups:
        return [{} for _ in compared_runs]
    own = [groups.get(all_but_the_seed(compared)) for compared in compared_runs]
    return [
        {MEAN: group.mean if group else None, SPREAD: group.spread if group else None}
        for group in own
    ]


def _setting(run: Run, name: str) -> Any:
    """The value of a setting: numbers as numbers, which can be sorted."""
    setting = getattr(run.config, name)
    return wording.value(name, setting) if isinstance(setting, str) else setting


def state(run: Run) -> str:
    """What the run is doing, in one word."""
    return activity(run) or ("finished" if run.iteration >= run.iterations else run.status)
