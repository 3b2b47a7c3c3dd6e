"""What a run measured and wrote can be read by other programs, and commands none of them."""

import csv

from charrnn.runs.transfer import curve_csv, samples_text
from tests.travelling import begun, left_behind


def test_the_curve_is_a_table_of_all_that_was_measured(here):
    run = begun(here, until=1300)
    heading, *rows = csv.reader(curve_csv(here, run).splitlines())
    assert heading == [
        "iteration",
        "loss (nats per window of 10)",
        "smooth loss (nats per window of 10)",
        "held-out loss (nats per character)",
        "training time (s)",
    ]
    kept = left_behind(here, run)
    losses = [(int(n), float(a), float(b)) for n, a, b, _, _ in rows if a]
    assert losses == kept["metrics"]
    held_out = [(int(row[0]), float(row[3])) for row in rows if row[3]]
    assert held_out == kept["evaluations"]
    assert [int(row[0]) for row in rows] == list(range(1301))
    assert all(float(row[4]) >= 0 for row in rows if row[4])


def test_all_samples_are_one_text_in_which_no_line_can_pass_for_a_heading(here):
    run = begun(here)
    lines = samples_text(here, run).splitlines()
    headings = [line for line in lines if not line.startswith("  ") and line]
    assert headings == [f"iteration {n}" for n in range(0, 401, 100)]
    written = samples_text(here, run).split("\n\niteration ")[1].split("\n", 1)[1]
    assert written.replace("\n  ", "\n")[2:] == here.sample(run.id, 100)


def test_no_sample_commands_a_terminal(here):
    run = begun(here, text="red \x1b[31m and \u202e round\n" * 100, until=150)
    assert not set("\x1b\u202e") & set(samples_text(here, run))
