"""A CSV file for a spreadsheet commands nothing."""

import csv
import io

import pandas as pd
import pytest
import streamlit as st

from charrnn.ui.shared.charts.tables import download, inert


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://e.example")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1"]
)
def test_text_that_looks_like_a_formula_becomes_plain_text(cell, monkeypatch):
    files = []
    monkeypatch.setattr(st, "download_button", lambda label, data, **_: files.append(data()))
    download(pd.DataFrame({"run": [cell], cell: ["x"]}), "runs")
    (file,) = files
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert rows == [["run", f"'{cell}"], [f"'{cell}", "x"]]


def test_other_text_and_numbers_stay_as_they_are():
    frame = pd.DataFrame({"run": ["Run 1", "a=b", ""], "bits": [-1.5, 2.0, 3.0]})
    pd.testing.assert_frame_equal(inert(frame), frame)
