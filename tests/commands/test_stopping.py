"""A training run that is stopped, killed or diverges leaves a run that can be resumed."""

import os
import signal
import subprocess
import sys

import pytest

from charrnn import __main__ as command_line
from charrnn.engine.training import Diverged, Trainer
from charrnn.runs.files import archive
from tests.support.terminal import COMMAND, ENVIRONMENT, ROOT, TEXT, comparable, run, start

ENDLESS = ("--hidden-size", "8", "--sample-length", "30", "--iterations", "100000000")
# Makes the terminal on standard input its own, as a shell does, and becomes the command.
# Also where the tests themselves ignore the signal, as under nohup.
IN_A_TERMINAL = (
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); os.login_tty(0); "
    "os.execv(sys.executable, sys.argv[1:])"
)


def wait_for_iteration_1000(process) -> None:
    assert any(line.startswith("iteration=1000 ") for line in process.stdout)


@pytest.mark.parametrize(
    ("stop", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signal_ends_training_with_its_status_and_the_run_is_saved(text, tmp_path, stop, status):
    saved = tmp_path / "run"
    process = start("train", text, *ENDLESS, "--out", saved)
    wait_for_iteration_1000(process)
    process.send_signal(stop)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (status, "")
    last = output.splitlines()[-1]
    iteration = archive.load(saved).iteration
    assert last.startswith(f"stopped iteration={iteration} ")
    resumed = run("train", text, "--resume", saved, "--iterations", iteration + 10, "--out", saved)
    assert resumed.returncode == 0
    assert archive.load(saved).iteration == iteration + 10
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


def test_a_second_ctrl_c_stops_at_once_without_saving(text, tmp_path, monkeypatch):
    saved = tmp_path / "run"

    def interrupt_twice(*_):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("training goes on")

    monkeypatch.setattr(Trainer, "step", interrupt_twice)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored here
    try:
        assert command_line.main(["train", str(text), "--out", str(saved)]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert not saved.exists()


def test_stopped_and_resumed_run_equals_one_that_was_never_stopped(text, tmp_path):
    stopped, whole = tmp_path / "stopped", tmp_path / "whole"
    process = start("train", text, *ENDLESS, "--out", stopped)
    wait_for_iteration_1000(process)
    process.terminate()
    process.communicate(timeout=30)
    until = archive.load(stopped).iteration + 500
    run("train", text, "--resume", stopped, "--iterations", until, "--out", stopped)
    run("train", text, *ENDLESS, "--iterations", until, "--out", whole)
    assert comparable(stopped) == comparable(whole)


def test_closing_the_terminal_saves_the_run(text, tmp_path):
    pty = pytest.importorskip("pty")
    saved = tmp_path / "run"
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, *COMMAND, "train", text, *ENDLESS, "--out", saved],
        env=ENVIRONMENT,
        cwd=ROOT,
        stdin=end,
    )
    os.close(end)
    shown = b""
    while b"sample iteration=1000" not in shown:
        shown += os.read(terminal, 10_000)
    os.close(terminal)
    assert process.wait(timeout=30) == 129
    assert archive.load(saved).iteration >= 1000


def test_training_under_nohup_outlives_its_terminal(text, tmp_path):
    process = start("train", text, *ENDLESS, ignored=[signal.SIGHUP])
    wait_for_iteration_1000(process)
    process.send_signal(signal.SIGHUP)
    assert any(line.startswith("iteration=2000 ") for line in process.stdout)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143


def test_closed_output_is_not_reported_as_an_error_and_the_run_is_saved(text, tmp_path):
    saved = tmp_path / "run"
    process = start("train", text, *ENDLESS, "--out", saved)
    assert process.stdout.readline() == "sample iteration=0\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 1
    assert archive.load(saved).iteration % 1000 == 0


def test_run_is_saved_on_the_way_and_survives_being_killed(text, tmp_path, eventually):
    saved = tmp_path / "run"
    process = start("train", text, *ENDLESS, "--out", saved, "--checkpoint-every", "10")
    eventually(saved.exists)
    first = archive.load(saved).iteration
    eventually(lambda: archive.load(saved).iteration > first)
    process.kill()
    process.communicate(timeout=30)
    killed = archive.load(saved)
    assert killed.iteration % 10 == 0
    assert killed.iteration > first
    until = killed.iteration + 10
    assert run("train", text, "--resume", saved, "--iterations", until).returncode == 0


def test_checkpoints_change_nothing_about_the_run(text, tmp_path):
    few, many = tmp_path / "few", tmp_path / "many"
    settings = (*ENDLESS, "--iterations", "1100")
    plain = run("train", text, *settings, "--out", few)
    result = run("train", text, *settings, "--out", many, "--checkpoint-every", "70")
    assert (plain.returncode, result.returncode) == (0, 0)
    assert comparable(few) == comparable(many)


def test_failed_checkpoint_is_reported_and_training_goes_on(text, tmp_path, monkeypatch, capsys):
    saved, save, attempts = tmp_path / "run", archive.save, []

    def full_disk_at_first(path, saved_run):
        attempts.append(saved_run.iteration)
        if len(attempts) == 1:
            raise OSError(28, "No space left on device")
        save(path, saved_run)

    monkeypatch.setattr(archive, "save", full_disk_at_first)
    arguments = ["train", str(text), "--iterations", "30", "--out", str(saved)]
    assert command_line.main([*arguments, "--checkpoint-every", "10"]) == 0
    assert attempts == [10, 20, 30]
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert "No space left on device; training continues" in errors[0]
    assert archive.load(saved).iteration == 30


def test_run_too_large_to_save_is_refused_before_training(text, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    arguments = ["train", str(text), "--iterations", "30", "--out", str(tmp_path / "run")]
    assert command_line.main(arguments) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert "too large to save" in errors


def test_diverged_training_is_one_line_with_status_1(text, monkeypatch, capsys):
    def diverge(*_):
        raise Diverged(1, "the loss is no longer a number")

    monkeypatch.setattr(Trainer, "step", diverge)
    assert command_line.main(["train", str(text), "--iterations", "10"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert "diverged at iteration 1: the loss is no longer a number" in errors[0]
    assert "try a smaller learning rate" in errors[0]


def test_diverged_training_leaves_the_last_good_state(tmp_path):
    # Long enough, and varied enough, that a learning rate of 10 is too large for it.
    words = TEXT.split()
    (tmp_path / "text").write_text(" ".join(words[i * i % len(words)] for i in range(3000)))
    saved = tmp_path / "run"
    begin = ("train", tmp_path / "text", "--hidden-size", "64", "--out", saved)
    assert run(*begin, "--iterations", "1950").returncode == 0
    good = comparable(saved)

    again = ("train", tmp_path / "text", "--resume", saved, "--out", saved)
    result = run(*again, "--iterations", "50000", "--learning-rate", "10")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "training diverged" in result.stderr
    left = archive.load(saved)
    assert f"{saved} has the last good state, of iteration {left.iteration:,}" in result.stderr
    assert all(row[0] <= left.iteration for row in left.history.metrics)
    assert left.state["smooth_loss"] <= archive.load(saved).history.metrics[0][2]
    assert good["metrics"] == [row[:3] for row in left.history.metrics][: len(good["metrics"])]

    # From there, a smaller learning rate makes it better.
    until = left.iteration + 1000
    assert run(*again, "--iterations", until, "--learning-rate", "0.05").returncode == 0
    assert archive.load(saved).state["smooth_loss"] < left.state["smooth_loss"]


@pytest.mark.parametrize(("ruined", "good"), [(0, 300), (50, 300), (51, 200), (150, 200)])
def test_state_is_good_only_if_training_went_on_well_from_it(
    text, tmp_path, monkeypatch, ruined, good
):
    """The network is ruined for `ruined` iterations before training diverges, at 450."""
    step = Trainer.step

    def diverge(self, *args):
        if self.iteration == 450:
            raise Diverged(451, "the loss is no longer a number")
        record = step(self, *args)
        bad = self.iteration > 450 - ruined
        return record._replace(loss=1_000_000 * record.loss) if bad else record

    monkeypatch.setattr(Trainer, "step", diverge)
    saved = tmp_path / "run"
    assert command_line.main(["train", str(text), "--out", str(saved)]) == 1
    left = archive.load(saved)
    assert left.iteration == good
    assert left.history.metrics[-1][0] == good
