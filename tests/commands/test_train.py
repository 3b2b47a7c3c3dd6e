"""Training with python -m charrnn."""

import math
import os
import re
import subprocess

import numpy as np
import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.files import archive
from charrnn.runs.recipes import RECIPES
from tests.support.languages import JAPANESE
from tests.support.terminal import COMMAND, ENVIRONMENT, QUICK, ROOT, comparable, run

LAST_LINE = re.compile(
    r"done iteration=(\d+) smooth_loss=(\d+\.\d+) bits_per_char=(\d+\.\d+) "
    r"(?:held_out_bits=(\d+\.\d+) )?chars_per_second=\d+"
)


def without_speed(output: str) -> str:
    return re.sub(r"chars_per_second=\d+", "", output)


def test_training_reports_progress_and_improves(trained):
    result, saved = trained
    assert result.returncode == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    iteration, smooth_loss, bits, held_out = LAST_LINE.fullmatch(lines[-1]).groups()
    assert iteration == "2000"
    assert float(smooth_loss) < 25 * 2
    assert float(bits) < 3
    progress = [line for line in lines if line.startswith("iteration=")]
    assert [line.split()[0] for line in progress] == ["iteration=1000", "iteration=2000"]
    assert all("held_out_bits=" in line for line in progress)
    assert f"held_out_bits={held_out}" in progress[-1]
    evaluated, loss = archive.load(saved).history.evaluations[-1]
    assert evaluated == 2000
    assert float(held_out) == pytest.approx(loss / math.log(2), abs=0.001)


def test_held_out_bits_are_left_out_if_nothing_is_held_out(text):
    arguments = ("--iterations", "5", "--hidden-size", "4", "--held-out", "0")
    last = run("train", text, *arguments).stdout.splitlines()[-1]
    assert last.startswith("done iteration=5 ")
    assert "held_out" not in last


def test_first_sample_is_taken_before_the_first_update(trained):
    lines = trained[0].stdout.splitlines()
    headings = [line for line in lines if line.startswith("sample ")]
    assert lines[0] == "sample iteration=0"
    assert headings == [f"sample iteration={i}" for i in (0, 1000, 2000)]
    assert lines[1].startswith("  ")


def test_output_depends_on_the_seed_but_not_on_the_directory(text, trained, tmp_path):
    again = run("train", text, *QUICK, cwd=tmp_path)
    assert without_speed(again.stdout) == without_speed(trained[0].stdout)
    other = run("train", text, *QUICK, "--seed", "1")
    assert without_speed(other.stdout) != without_speed(again.stdout)


def test_resumed_run_equals_uninterrupted_run(text, trained, tmp_path):
    whole, saved = trained
    half, rest = tmp_path / "half", tmp_path / "rest"
    first = run("train", text, *QUICK, "--iterations", "1250", "--out", half, "--with-text")
    then = run("train", "--resume", half, "--iterations", "2000", "--out", rest)
    assert (first.returncode, then.returncode) == (0, 0)
    assert comparable(rest) == comparable(saved)
    with_sample = without_speed(whole.stdout).partition("iteration=2000 ")
    assert without_speed(then.stdout) == "".join(with_sample[1:])


def test_resumed_run_records_its_new_learning_rate(text, trained, tmp_path):
    _, saved = trained
    changes = ("--iterations", "2100", "--learning-rate", "0.05")
    result = run("train", text, "--resume", saved, *changes, "--out", tmp_path / "more")
    assert result.returncode == 0
    more = archive.load(tmp_path / "more")
    assert more.history.rate_changes == [(2000, 0.05)]
    assert (more.learning_rate, more.iterations, more.iteration) == (0.05, 2100, 2100)
    assert more.config == archive.load(saved).config
    assert [n for n, _ in more.history.samples] == [0, 1000, 2000]


def test_a_recipe_sets_what_no_option_changes(text, tmp_path):
    saved, changes = tmp_path / "run", ("--hidden-size", "8", "--clip-limit", "4")
    result = run("train", text, "--recipe", "quick", *changes, "--iterations", "60", "--out", saved)
    assert result.returncode == 0
    expected = {**RECIPES["quick"].settings, "hidden_size": 8, "clip_limit": 4.0, "iterations": 60}
    assert archive.load(saved).config == RunConfig(**expected)


def test_the_rules_can_be_changed(text, tmp_path):
    saved = tmp_path / "run"
    small = ("--hidden-size", "8", "--iterations", "60", "--clipping", "off")
    rules = ("--hidden-state", "cleared", "--gradients-through-time", "off", "--initial-scale", "0")
    assert run("train", text, *small, *rules, "--out", saved).returncode == 0
    assert archive.load(saved).config == RunConfig(
        hidden_size=8,
        iterations=60,
        clipping="off",
        hidden_state="cleared",
        gradients_through_time="off",
        initial_scale=0.0,
    )


def test_training_ends_after_so_many_seconds_and_can_be_resumed_for_more(text, tmp_path):
    saved, small = tmp_path / "run", ("--hidden-size", "4", "--sample-length", "1")
    first = run("train", text, *small, "--seconds", "0.2", "--out", saved)
    reached = archive.load(saved)
    assert LAST_LINE.fullmatch(first.stdout.splitlines()[-1]).group(1) == str(reached.iteration)
    assert reached.seconds >= 0.2
    assert reached.iterations == reached.iteration > 0
    again = run("train", text, "--resume", saved, "--seconds", "0.1", "--out", saved)
    assert again.returncode == 0
    more = archive.load(saved)
    assert more.iteration > reached.iteration
    assert more.seconds >= reached.seconds + 0.1


def test_seconds_do_not_lift_a_limit_that_was_given(text):
    arguments = ("--hidden-size", "4", "--seconds", "60", "--iterations", "7")
    assert run("train", text, *arguments).stdout.splitlines()[-1].startswith("done iteration=7 ")


def test_tiny_text_is_trained_with_reduced_settings(tmp_path):
    (tmp_path / "tiny").write_text("abcabca")
    result = run("train", "tiny", "--iterations", "10", "--held-out", "0", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == "reduced seq_length=6: the text has only 7 characters"
    assert LAST_LINE.fullmatch(result.stdout.splitlines()[-1])


@pytest.mark.parametrize("encoding", ["shift_jis", "Shift_JIS", "sjis"])
def test_named_encoding_is_used_and_a_guessed_one_is_reported(tmp_path, encoding):
    (tmp_path / "story").write_bytes((JAPANESE + "\n").encode("shift_jis") * 3)
    arguments = ("train", "story", "--iterations", "2", "--hidden-size", "8")
    guessed = run(*arguments, "--out", "guessed", cwd=tmp_path)
    assert guessed.stderr == (
        "charrnn: story is read as Shift_JIS (Japanese), a guess: if its text looks wrong, name "
        "the encoding with --encoding\n"
    )
    named = run(*arguments, "--encoding", encoding, "--out", "named", cwd=tmp_path)
    assert (named.returncode, named.stderr) == (0, "")
    saved = archive.load(tmp_path / "named")
    assert set(saved.vocabulary.characters) == set(JAPANESE + "\n")
    assert saved.sha256 == archive.load(tmp_path / "guessed").sha256


@pytest.mark.parametrize(
    ("encoding", "complaint"),
    [
        ("klingon", "no encoding is called 'klingon': name one such as UTF-8"),
        ("utf-8", "story: This file cannot be read as UTF-8"),
    ],
)
def test_encoding_that_is_unknown_or_does_not_fit_is_one_line(tmp_path, encoding, complaint):
    (tmp_path / "story").write_bytes(JAPANESE.encode("shift_jis"))
    result = run("train", "story", "--encoding", encoding, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_terminal_shows_a_progress_bar_and_a_file_gets_the_same_output_as_ever(text, trained):
    pty = pytest.importorskip("pty")
    import fcntl
    import struct
    import termios

    terminal, stderr = pty.openpty()
    fcntl.ioctl(stderr, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    arguments = [*COMMAND, "train", str(text), *QUICK]
    process = subprocess.Popen(
        arguments, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr
    )
    output = process.communicate(timeout=60)[0].decode()
    os.close(stderr)
    bar = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert "/2000" in bar
    assert without_speed(output) == without_speed(trained[0].stdout)


def test_early_stopping_returns_to_the_best_state_on_held_out_text(tmp_path):
    random = np.random.default_rng(0)
    text = tmp_path / "random.txt"  # there is nothing in it to learn but the text itself
    text.write_text("".join(random.choice(list("abcdefgh"), 1000)))
    saved = tmp_path / "run.safetensors"
    options = ("--hidden-size", "24", "--sample-length", "10", "--sample-interval", "100")
    limit = ("--iterations", "20000", "--early-stopping", "on")
    result = run("train", text, *options, *limit, "--out", saved)
    evaluations = archive.load(saved).history.evaluations
    best, loss = evaluations[-1]
    assert loss == min(loss for _, loss in evaluations)
    assert f"stopped early: back at iteration {best}, the best on held-out text" in result.stdout
    assert result.stdout.splitlines()[-1].startswith(f"done iteration={best} ")
    assert archive.load(saved).iterations == max(1, best)

    result = run("train", text, "--resume", saved, "--iterations", "20000", "--out", saved)
    assert f"stopped early: back at iteration {best}, the best on held-out text\n" in result.stdout
    assert archive.load(saved).iteration == best
