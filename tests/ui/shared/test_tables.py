"""A CSV file for a spreadsheet commands nothing."""

import pandas as pd
import pytest

from charrnn.ui.shared.charts.tables import inert


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://e.example")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1"]
)
def test_text_that_looks_like_a_formula_becomes_plain_text(cell):
    frame = inert(pd.DataFrame({"run": [cell], cell: ["x"]}))
    assert frame["run"].tolist() == [f"'{cell}"]
    assert f"'{cell}" in frame.columns


def test_other_text_and_numbers_stay_as_they_are():
    frame = pd.DataFrame({"run": ["Run 1", "a=b", ""], "bits": [-1.5, 2.0, 3.0]})
    pd.testing.assert_frame_equal(inert(frame), frame)
