"""Behind every chart a table, and its CSV file; neither is made before it is asked for."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

MAX_ROWS = 2000  # shown; the file has all


def download(frame: pd.DataFrame | Callable[[], pd.DataFrame], name: str) -> None:
    """A button that saves `frame` as name.csv."""

    def csv() -> bytes:
        whole = frame() if callable(frame) else frame
        return whole.to_csv(index=False).encode("utf-8-sig")  # so that spreadsheets see UTF-8

    st.download_button(
        "CSV",
        csv,
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv_{name}",
        icon=":material/download:",
        type="tertiary",
        help=f"Download {name}.csv",
        on_click="ignore",
    )


def table(title: str, name: str, frame: Callable[[], pd.DataFrame]) -> None:
    """A table that opens on a click, with its download."""
    behind = st.expander(title, key=f"table_{name}", on_change="rerun", type="compact")
    with behind:
        if behind.open:
            st.dataframe(frame().head(MAX_ROWS), hide_index=True, height=300)
            download(frame, name)
