"""Settings and figures of the runs that are compared, as a table that sorts and downloads."""

import pandas as pd
import streamlit as st

from charrnn.ui import kin
from charrnn.ui.alphabet.behind import download
from charrnn.ui.compare.subject import Subject

SETTINGS = ("hidden_size", "seq_length", "learning_rate", "streams", "held_out", "seed")


def draw(subjects: list[Subject]) -> None:
    frame = rows(subjects)
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


def rows(subjects: list[Subject]) -> pd.DataFrame:
    """One row a run. Losses in bits per character."""
    return pd.DataFrame(
        [
            {
                "run": subject.run.title,
                "text": subject.corpus.name,
                "state": state(subject),
                "bits now": subject.bits,
                "best bits": subject.best_bits,
                "held-out bits": subject.held_out_bits,
                "iteration": subject.run.iteration,
                "seconds": subject.run.seconds,
                "characters/s": round(subject.run.characters_per_second),
                "weights": subject.weights,
            }
            | {kin.label(name): getattr(subject.run.config, name) for name in SETTINGS}
            for subject in subjects
        ]
    )


def state(subject: Subject) -> str:
    run = subject.run
    if run.active:
        return "training" if run.owned else "waiting"
    return "finished" if run.iteration >= run.iterations else run.status
