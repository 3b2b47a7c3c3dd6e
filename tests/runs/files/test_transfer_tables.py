"""The losses and samples of a run as files for other programs, without hidden commands."""

import csv

from charrnn.runs.files.transfer import curve_csv, samples_text
from tests.support.transfer import history_rows, trained_run


def test_csv_has_every_loss_of_the_run(source):
    run = trained_run(source, until=1300)
    heading, *rows = csv.reader(curve_csv(source, run).splitlines())
    assert heading == [
        "iteration",
        "loss (nats per window of 10)",
        "smooth loss (nats per window of 10)",
        "held-out loss (nats per character)",
        "training time (s)",
    ]
    history = history_rows(source, run)
    losses = [(int(n), float(a), float(b)) for n, a, b, _, _ in rows if a]
    assert losses == history["metrics"]
    held_out = [(int(row[0]), float(row[3])) for row in rows if row[3]]
    assert held_out == history["evaluations"]
    assert [int(row[0]) for row in rows] == list(range(1301))
    assert all(float(row[4]) >= 0 for row in rows if row[4])


def test_no_line_of_a_sample_can_be_mistaken_for_a_heading(source):
    run = trained_run(source)
    lines = samples_text(source, run).splitlines()
    headings = [line for line in lines if not line.startswith("  ") and line]
    assert headings == [f"iteration {n}" for n in range(0, 401, 100)]
    written = samples_text(source, run).split("\n\niteration ")[1].split("\n", 1)[1]
    assert written.replace("\n  ", "\n")[2:] == source.history.sample(run.id, 100)


def test_exported_samples_are_as_they_were_written(source):
    text = "a\f\u202e\ufeff b\f\u202e\ufeff\n" * 100
    run = trained_run(source, text=text, until=150)
    written = samples_text(source, run)
    assert "\ufffd" not in written
    assert set("\f\u202e\ufeff") <= set(written)
