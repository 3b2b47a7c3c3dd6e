"""The data behind a chart as a table and as a CSV file, each made only when it is asked for."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MAX_ROWS = 2000  # shown on the page; the file holds all of them


def download(frame: pd.DataFrame | Callable[[], pd.DataFrame], name: str) -> None:
    """Draw a button that downloads the frame as `name`.csv."""
    st.download_button(
        "CSV",
        lambda: as_csv(frame() if callable(frame) else frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv_{name}",
        icon=":material/download:",
        type="tertiary",
        help=f"Download {name}.csv",
        on_click="ignore",
    )


def as_csv(frame: pd.DataFrame) -> bytes:
    """The frame as a CSV file, in which nothing is a formula."""
    # With a byte order mark, because spreadsheets do not recognize UTF-8 without one. Where lines
    # end in both, a cell that contains a carriage return or a line feed is quoted.
    text = inert(frame).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig", errors="replace")


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with no cell that a spreadsheet would take for a formula.

    An apostrophe in front makes text of it (OWASP, "CSV injection").
    """

    def as_text(value: object) -> object:
        formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
        return f"'{value}" if formula else value

    return frame.map(as_text).rename(columns=as_text)


def table(title: str, name: str, frame: Callable[[], pd.DataFrame]) -> None:
    """Draw an expander with the table and its download. frame: called once it is opened."""
    expander = st.expander(title, key=f"table_{name}", on_change="rerun", type="compact")
    with expander:
        if expander.open:
            st.dataframe(frame().head(MAX_ROWS), hide_index=True, height=300)
            download(frame, name)
