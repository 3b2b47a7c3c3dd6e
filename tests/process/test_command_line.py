"""python -m charrnn trains and samples, as somebody at a terminal meets it."""

import os
import re
import signal
import subprocess
import sys

import pytest

from charrnn.runs import archive
from charrnn.runs.config import RunConfig
from tests.terminal import COMMAND, ENVIRONMENT, QUICK, ROOT, kept, run

LAST_LINE = re.compile(
    r"done iteration=(\d+) smooth_loss=(\d+\.\d+) bits_per_char=(\d+\.\d+) chars_per_second=\d+"
)


def timeless(output: str) -> str:
    return re.sub(r"chars_per_second=\d+", "", output)


def test_training_reports_its_way_and_gets_better(trained):
    result, _ = trained
    assert result.returncode == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    iteration, smooth_loss, bits = LAST_LINE.fullmatch(lines[-1]).groups()
    assert iteration == "2000"
    assert float(smooth_loss) < 25 * 2
    assert float(bits) < 3
    progress = [line for line in lines if line.startswith("iteration=")]
    assert [line.split()[0] for line in progress] == ["iteration=1000", "iteration=2000"]
    assert all("held_out_bits_per_char=" in line for line in progress)


def test_samples_begin_before_the_first_update(trained):
    lines = trained[0].stdout.splitlines()
    headings = [line for line in lines if line.startswith("sample ")]
    assert lines[0] == "sample iteration=0"
    assert headings == [f"sample iteration={i}" for i in (0, 1000, 2000)]
    assert lines[1].startswith("  ")


def test_a_seed_decides_all_whatever_the_directory(text, trained, tmp_path):
    again = run("train", text, *QUICK, cwd=tmp_path)
    assert timeless(again.stdout) == timeless(trained[0].stdout)
    other = run("train", text, *QUICK, "--seed", "1")
    assert timeless(other.stdout) != timeless(again.stdout)


def test_a_saved_network_writes_on_from_a_prime(trained):
    _, saved = trained
    arguments = ("sample", saved, "--length", "50", "--temperature", "0.8", "--prime", "the ")
    first, second = run(*arguments), run(*arguments)
    assert first.returncode == 0
    assert first.stderr == ""
    assert first.stdout.startswith("the ")
    assert len(first.stdout) == len("the ") + 50 + 1
    assert second.stdout == first.stdout
    bold = [run("sample", saved, "--temperature", "3", "--seed", seed).stdout for seed in (1, 2)]
    assert bold[0] != bold[1]


def test_a_resumed_training_equals_one_that_never_stopped(text, trained, tmp_path):
    whole, saved = trained
    half, rest = tmp_path / "half", tmp_path / "rest"
    first = run("train", text, *QUICK, "--iterations", "1250", "--out", half, "--with-text")
    then = run("train", "--resume", half, "--iterations", "2000", "--out", rest)
    assert (first.returncode, then.returncode) == (0, 0)
    assert kept(rest) == kept(saved)
    with_sample = timeless(whole.stdout).partition("iteration=2000 ")
    assert timeless(then.stdout) == "".join(with_sample[1:])


def test_a_resumed_training_takes_a_new_rate_and_notes_it(text, trained, tmp_path):
    _, saved = trained
    wishes = ("--iterations", "2100", "--learning-rate", "0.05")
    result = run("train", text, "--resume", saved, *wishes, "--out", tmp_path / "more")
    assert result.returncode == 0
    more = archive.load(tmp_path / "more")
    assert more.past.rate_changes == [(2000, 0.05)]
    assert (more.learning_rate, more.iterations, more.iteration) == (0.05, 2100, 2100)
    assert more.config == archive.load(saved).config
    assert [n for n, _ in more.past.samples] == [0, 1000, 2000]


def test_unknown_characters_of_the_prime_are_named_and_left_out(trained):
    result = run("sample", trained[1], "--prime", "tQhé\x1be ", "--length", "5")
    assert result.returncode == 0
    assert result.stdout.startswith("the ")
    assert len(result.stderr.splitlines()) == 1
    assert all(name in result.stderr for name in ("'Q'", "'é'", r"'\x1b'"))


@pytest.mark.parametrize("prime", ["", "QÉ"])
def test_without_a_known_prime_the_network_begins_by_itself(trained, prime):
    result = run("sample", trained[1], "--prime", prime, "--length", "20")
    assert result.returncode == 0
    assert len(result.stdout) == 20 + 1


@pytest.mark.parametrize("temperature", ["0", "1e-320", "3"])
def test_the_temperature_has_ends(trained, temperature):
    result = run("sample", trained[1], "--temperature", temperature)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_tiny_text_gets_windows_that_fit_and_is_told_so(tmp_path):
    (tmp_path / "tiny").write_text("abcabca")
    result = run("train", "tiny", "--iterations", "10", "--held-out", "0", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == "fitted seq_length=6: the text has only 7 characters"
    assert LAST_LINE.fullmatch(result.stdout.splitlines()[-1])


def test_no_text_reaches_through_to_the_terminal(tmp_path):
    (tmp_path / "hostile").write_text("red \x1b[31m and \u202e round, with words between\n" * 30)
    result = run("train", "hostile", "--iterations", "20", cwd=tmp_path)
    assert result.returncode == 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", result.stdout)
    assert "\ufffd" in result.stdout


def test_ctrl_c_ends_quietly_and_saves_what_is_there(text, tmp_path):
    saved = tmp_path / "run"
    arguments = ["train", str(text), "--hidden-size", "8", "--iterations", "100000000"]
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--out", str(saved)],
        env=ENVIRONMENT,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert any(line.startswith("iteration=1000 ") for line in process.stdout)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == ""
    assert output.splitlines()[-1].startswith("stopped iteration=")
    assert run("sample", saved).returncode == 0


def test_a_reader_who_has_seen_enough_is_no_error(text):
    process = subprocess.Popen(
        [*COMMAND, "train", str(text), "--hidden-size", "8", "--iterations", "100000000"],
        env=ENVIRONMENT,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout.readline() == "sample iteration=0\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 1


def test_a_terminal_gets_a_bar_and_a_file_gets_the_same_as_ever(text, trained):
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
    assert timeless(output) == timeless(trained[0].stdout)


def test_every_setting_is_an_option_with_its_meaning_and_limits():
    shown = " ".join(run("train", "--help").stdout.split())
    for name in RunConfig.__dataclass_fields__:
        assert f"--{name.replace('_', '-')}" in shown
    assert "1 to 1,024; 100 unless given." in shown
    assert RunConfig.meaning("seq_length") in shown.replace("- ", "-")


def test_blas_gets_one_thread_before_numpy_is_loaded():
    code = (
        "import os, sys, charrnn.__main__; "
        "print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    environment = {k: v for k, v in ENVIRONMENT.items() if not k.endswith("_NUM_THREADS")}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8"
    )
    assert result.stdout.split() == ["False", "1"]
