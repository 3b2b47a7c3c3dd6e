"""python -m charrnn, as somebody at a terminal meets it."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from charrnn import __main__ as command_line
from charrnn.engine.training import Diverged, Trainer
from charrnn.runs import archive
from charrnn.runs.config import RunConfig
from charrnn.runs.store import Store

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "charrnn"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 40
QUICK = ("--hidden-size", "12", "--sample-length", "30", "--iterations", "2000")
LAST_LINE = re.compile(
    r"done iteration=(\d+) smooth_loss=(\d+\.\d+) bits_per_char=(\d+\.\d+) chars_per_second=\d+"
)


def run(*arguments, cwd=ROOT):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "cats.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def trained(text):
    """One run with everything said, and its file."""
    saved = text.with_name("run.safetensors")
    return run("train", text, *QUICK, "--out", saved), saved


@pytest.fixture
def local(tmp_path, monkeypatch):
    """The local store."""
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_STORE", str(tmp_path / "store"))
    return Store(f"sqlite:///{tmp_path / 'store' / 'charrnn.sqlite'}")


def kept(path):
    """A saved run without what is different every time: how long it took."""
    run = archive.load(path)
    past = run.past
    return {
        "state": {name: array.tobytes() for name, array in run.state.items()},
        # Where it was to end at first is of no account any more.
        "config": replace(run.config, iterations=run.iterations),
        "metrics": [row[:3] for row in past.metrics],
        "rest": (past.evaluations, past.rate_changes, past.samples),
        "about": (run.vocabulary.characters, run.name, run.sha256, run.text_name),
        "wishes": (run.learning_rate, run.iterations),
    }


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


def test_what_cannot_be_resumed_says_why(text, trained, tmp_path):
    (tmp_path / "other").write_text(TEXT + "!")
    for arguments, complaint in {
        ("--iterations", "2100"): "its text 'cats.txt' is not in it",
        (tmp_path / "other", "--iterations", "2100"): "not the text",
        (text,): "has gone through 2,000 iterations already",
        (text, "--iterations", "0"): "iterations is 0",
    }.items():
        result = run("train", "--resume", trained[1], *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert complaint in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_a_run_goes_into_the_store_and_out_again_unchanged(text, trained, tmp_path, local):
    _, saved = trained
    refused = run("import", saved)
    assert refused.returncode == 2
    assert "does not hold its text 'cats.txt', nor does the store" in refused.stderr
    result = run("import", saved, "--text", text)
    assert (result.returncode, result.stderr) == (0, "")
    link = re.fullmatch(r"/\?w=([\w-]{32})&run=([\w-]+)\n", result.stdout)
    there = local.run(link[2])
    assert (there.workspace, there.desired, there.iteration) == (link[1], "paused", 2000)
    for name in (link[2], f"http://localhost:8501{link[0].strip()}"):
        out = tmp_path / "again"
        # A name may begin with a hyphen, as an option does.
        result = run("export", "--out", out, "--", name)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
        assert kept(out) == kept(saved)
    assert run("import", saved).returncode == 0, "the store has the text now"


def test_what_no_run_is_called_cannot_be_exported(local, tmp_path):
    result = run("export", "x\x1b", "--out", tmp_path / "out")
    assert (result.returncode, result.stdout) == (2, "")
    assert r"no run in the store has the id 'x\x1b'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_exported_with_its_text_a_run_needs_nothing_else(trained, text, tmp_path, local):
    link = run("import", trained[1], "--text", text).stdout.strip()
    run("export", link, "--out", tmp_path / "whole", "--with-text")
    assert archive.load(tmp_path / "whole").text == TEXT
    assert run("sample", tmp_path / "whole").returncode == 0


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


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND"),
        (["dance"], "'dance'"),
        (["train"], "FILE"),
        (["train", "--resume", "missing"], "missing cannot be read: No such file"),
        (["train", "--resume", "text"], "not a saved network"),
        (["train", "text", "--resume", "text", "--seed", "1"], "seed is as it is"),
        (["export"], "RUN_ID"),
        (["export", "x"], "--out"),
        (["export", "x", "--out", "missing/run"], "missing/run cannot be written"),
        (["import"], "RUN"),
        (["import", "missing"], "missing cannot be read"),
        (["import", "text"], "not a saved network"),
        (["import", "text", "--text", "binary"], "PNG"),
        (["train", "missing.txt"], "missing.txt cannot be read: No such file"),
        (["train", "."], "cannot be read: Is a directory"),
        (["train", "binary"], "PNG"),
        (["train", "empty"], "empty"),
        (["train", "one"], "at least 2"),
        (["train", "text", "--hidden-size", "0"], "hidden_size is 0; allowed: 1 to 1,024"),
        (["train", "text", "--hidden-size", "big"], "'big' is not a whole number"),
        (["train", "text", "--learning-rate", "nan"], "learning_rate is nan"),
        (["train", "text", "--held-out", "x"], "'x' is not a number"),
        (["train", "text", "--dtype", "int8"], "float32 or float64"),
        (["train", "text", "--colour", "red"], "--colour"),
        (["train", "text", "--out", "missing/run"], "missing/run cannot be written"),
        (["train", "text", "--out", "."], "cannot be written"),
        (["train", "text", "--out", "text"], "the text itself"),
        (["sample", "missing"], "missing cannot be read"),
        (["sample", "text"], "not a saved network"),
        (["sample", "run", "--temperature", "3.1"], "temperature is 3.1; allowed: 0.0 to 3.0"),
        (["sample", "run", "--temperature", "nan"], "temperature is nan"),
        (["sample", "run", "--length", "0"], "length is 0"),
        (["sample", "run", "--seed", "-1"], "seed is -1"),
        (["sample", "odd\nname\x1b[2J"], "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, monkeypatch, capfd, arguments, complaint):
    (tmp_path / "binary").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "one").write_bytes(b"a")
    (tmp_path / "text").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "store"))
    try:
        status = command_line.main(arguments)
    except SystemExit as left:  # argparse leaves by itself
        status = left.code
    output, errors = capfd.readouterr()
    assert (status, output) == (2, "")
    assert complaint in errors
    assert len(errors.splitlines()) == 1
    assert "\x1b" not in errors
    assert (tmp_path / "text").read_text() == TEXT


@pytest.mark.parametrize(
    "arguments",
    [["train"], ["train", "missing"], ["train", COMMAND[0]], ["sample", COMMAND[0], "--seed", "x"]],
)
def test_a_wrong_request_ends_the_process_with_status_2(tmp_path, arguments):
    result = run(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


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


def test_diverged_training_is_one_line_and_status_1(text, monkeypatch, capsys):
    def diverge(self):
        raise Diverged("the loss became nan at iteration 1")

    monkeypatch.setattr(Trainer, "step", diverge)
    assert command_line.main(["train", str(text), "--iterations", "10"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert "nan at iteration 1" in errors[0]


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


def test_tidy_says_what_it_would_remove_and_removes_it(local, monkeypatch):
    old = local.create_run(local.add_corpus("cats", TEXT), RunConfig())
    with local.writing() as db:
        db.exec_driver_sql("UPDATE runs SET deleted_at = 1")
        db.exec_driver_sql("UPDATE corpora SET added_at = 1")
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_KEEP_DAYS", "2.5")
    first = run("tidy", "--dry-run")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "would remove runs=1 thrown away more than a day ago",
        "would remove runs=0 that no page has shown for 2.5 days",
        "would remove texts=1 that no run uses",
    ]
    assert local.run(old.id).id == old.id
    second = run("tidy")
    assert second.stdout.splitlines() == [
        *(line.replace("would remove", "removed") for line in first.stdout.splitlines()),
        "the file keeps its size, since another program uses it; what comes fills the room",
    ]
    with pytest.raises(KeyError):
        local.run(old.id)
    local._engine.dispose()  # this test is the other program
    assert re.fullmatch(
        r"the store has \d\.\d MB, and had \d\.\d",
        run("tidy").stdout.splitlines()[-1],
    )


@pytest.mark.parametrize("command", [["tidy"], ["export", "some-run", "--out", "saved"]])
def test_where_there_is_no_store_none_is_made(tmp_path, monkeypatch, command):
    monkeypatch.setitem(ENVIRONMENT, "CHARRNN_STORE", str(tmp_path / "store"))
    result = run(*command, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "there is no store here" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"CHARRNN_KEEP_DAYS": "soon"}, "CHARRNN_KEEP_DAYS is 'soon'; it must be a number above 0"),
        ({"CHARRNN_STORE": "mysql://host/name"}, "Runs cannot be kept in mysql"),
    ],
)
def test_tidy_that_cannot_be_done_is_one_line(local, monkeypatch, environment, complaint):
    for name, value in environment.items():
        monkeypatch.setitem(ENVIRONMENT, name, value)
    result = run("tidy")
    assert (result.returncode, result.stdout) == (1, "")
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1
