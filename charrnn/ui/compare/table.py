"""The settings and results of the compared runs, as a table to sort and download."""

import pandas as pd
import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui.compare.compared_run import ComparedRun, activity
from charrnn.ui.shared import lineage
from charrnn.ui.shared.charts.tables import download

SETTINGS = ("hidden_size", "seq_length", "learning_rate", "streams", "held_out", "seed")


def draw(compared_runs: list[ComparedRun]) -> None:
    """The table and its download button."""
    frame = rows(compared_runs)
    st.dataframe(
        frame,
        hide_index=True,
        height=38 + 35 * len(frame),
        key="compare_table",
        column_config={
            "run": st.column_config.TextColumn(width=130, pinned=True),
            "bits now": st.column_config.NumberColumn(format="%.3f"),
            "best bits": st.column_config.NumberColumn(format="%.3f"),
            "held-out bits": st.column_config.NumberColumn(format="%.3f"),
            "iteration": st.column_config.NumberColumn(format="localized"),
            "weights": st.column_config.NumberColumn(format="localized"),
            "characters/s": st.column_config.NumberColumn(format="localized"),
            "seconds": st.column_config.NumberColumn(format="%.1f"),
            "held out": st.column_config.NumberColumn(format="percent"),
        },
    )
    download(frame, "runs")


def rows(compared_runs: list[ComparedRun]) -> pd.DataFrame:
    """One row per run. Losses are in bits per character."""
    return pd.DataFrame(
        [
            {
                "run": compared.run.title,
                "text": compared.corpus.name,
                "state": state(compared.run),
                "bits now": compared.bits,
                "best bits": compared.best_bits,
                "held-out bits": compared.held_out_bits,
                "iteration": compared.run.iteration,
                "seconds": compared.run.seconds,
                "characters/s": round(compared.run.characters_per_second),
                "weights": compared.weights,
            }
            | {lineage.label(name): getattr(compared.run.config, name) for name in SETTINGS}
            for compared in compared_runs
        ]
    )


def state(run: Run) -> str:
    """What the run is doing, in one word."""
    return activity(run) or ("finished" if run.iteration >= run.iterations else run.status)
