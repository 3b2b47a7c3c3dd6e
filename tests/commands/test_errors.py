"""Every error of the command line is one line on standard error and an exit status."""

import pytest

from charrnn import __main__ as command_line
from tests.support.terminal import COMMAND, TEXT, run


def test_run_that_cannot_be_resumed_is_refused_with_the_reason(text, trained, tmp_path):
    (tmp_path / "other").write_text(TEXT + "!")
    for arguments, complaint in {
        ("--iterations", "2100"): "its text 'cats.txt' is not included",
        (tmp_path / "other", "--iterations", "2100"): "not the text",
        (text,): "has been trained for 2,000 iterations already",
        (text, "--iterations", "0"): "iterations is 0",
    }.items():
        result = run("train", "--resume", trained[1], *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert complaint in result.stderr
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND"),
        (["dance"], "'dance'"),
        (["train"], "FILE"),
        (["train", "--resume", "missing"], "missing cannot be read: No such file"),
        (["train", "--resume", "text"], "not a saved run"),
        (["train", "text", "--resume", "text", "--seed", "1"], "seed cannot be changed"),
        (["export"], "RUN_ID"),
        (["export", "x"], "--out"),
        (["export", "x", "--out", "missing/run"], "missing/run cannot be written"),
        (["export", "http://[::1", "--out", "run"], "there is no store here"),
        (["import"], "RUN"),
        (["import", "missing"], "missing cannot be read"),
        (["import", "text"], "not a saved run"),
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
        (["train", "text", "--color", "red"], "--color"),
        (["train", "text", "--recipe", "slow"], "'slow'"),
        (["train", "text", "--optimizer", "lion"], "allowed: adagrad, rmsprop, adam or sgd"),
        (["train", "text", "--seconds", "0"], "seconds is 0; it must be above 0"),
        (["train", "--resume", "text", "--recipe", "quick"], "recipe cannot be changed"),
        (["train", "text", "--out", "missing/run"], "missing/run cannot be written"),
        (["train", "text", "--out", "."], "cannot be written"),
        (["train", "text", "--out", "/"], "/ cannot be written: it is a directory"),
        (["train", "text", "--out", ""], "--out has no name"),
        (["train", "text", "--out", "text"], "the text itself"),
        (["train", "text", "--checkpoint-every", "10"], "--checkpoint-every needs --out"),
        (["train", "text", "--with-text"], "--with-text needs --out"),
        (["train", "text", "--out", "run", "--checkpoint-every", "0"], "checkpoint_every is 0"),
        (["train", "text", "--out", "run", "--checkpoint-every", "x"], "'x' is not a whole number"),
        (["sample", "missing"], "missing cannot be read"),
        (["sample", "text"], "not a saved run"),
        (["sample", "run", "--temperature", "3.1"], "temperature is 3.1; allowed: 0 to 3"),
        (["sample", "run", "--temperature", "nan"], "temperature is nan"),
        (["sample", "run", "--length", "0"], "length is 0"),
        (["sample", "run", "--seed", "-1"], "seed is -1"),
        (["sample", "odd\nname\x1b[2J"], "cannot be read"),
    ],
)
def test_error_is_one_line_with_status_2(tmp_path, monkeypatch, capfd, arguments, complaint):
    (tmp_path / "binary").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "one").write_bytes(b"a")
    (tmp_path / "text").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path / "store"))
    try:
        status = command_line.main(arguments)
    except SystemExit as error:  # from argparse
        status = error.code
    output, errors = capfd.readouterr()
    assert (status, output) == (2, "")
    assert complaint in errors
    assert len(errors.splitlines()) == 1
    assert "\x1b" not in errors
    assert (tmp_path / "text").read_text() == TEXT


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "text"],
        ["train", "text", "--resume", "run"],
        ["suggest", "text"],
        ["sample", "run"],
        ["import", "run", "--text", "text"],
        ["prune"],
    ],
    ids=" ".join,
)
def test_invalid_limit_of_the_environment_is_one_line_with_status_1(
    trained, text, tmp_path, monkeypatch, capfd, arguments
):
    monkeypatch.setenv("CHARRNN_STORE", str(tmp_path))
    (tmp_path / "charrnn.sqlite").touch()
    monkeypatch.setenv("CHARRNN_TEXT_MEGABYTES", "many")
    files = {"text": str(text), "run": str(trained[1])}
    status = command_line.main([files.get(argument, argument) for argument in arguments])
    output, errors = capfd.readouterr()
    assert (status, output) == (1, "")
    assert errors == "charrnn: CHARRNN_TEXT_MEGABYTES is 'many'; it must be a number above 0.\n"


@pytest.mark.parametrize(
    "arguments",
    [["train"], ["train", "missing"], ["train", COMMAND[0]], ["sample", COMMAND[0], "--seed", "x"]],
)
def test_usage_error_ends_the_process_with_status_2(tmp_path, arguments):
    result = run(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
