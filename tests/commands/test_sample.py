"""Sampling from a saved run with python -m charrnn."""

import re

import pytest

from tests.support.terminal import run, run_in_terminal


def test_sample_continues_the_prompt_and_depends_on_the_seed(trained):
    _, saved = trained
    arguments = ("sample", saved, "--length", "50", "--temperature", "0.8", "--prompt", "the ")
    first, second = run(*arguments), run(*arguments)
    assert first.returncode == 0
    assert first.stderr == ""
    assert first.stdout.startswith("the ")
    assert len(first.stdout) == len("the ") + 50 + 1
    assert second.stdout == first.stdout
    at_3 = [run("sample", saved, "--temperature", "3", "--seed", seed).stdout for seed in (1, 2)]
    assert at_3[0] != at_3[1]


def test_unknown_characters_of_the_prompt_are_named_and_left_out(trained):
    result = run("sample", trained[1], "--prompt", "tQhé\x1be ", "--length", "5")
    assert result.returncode == 0
    assert result.stdout.startswith("the ")
    assert len(result.stderr.splitlines()) == 1
    assert all(name in result.stderr for name in ("'Q'", "'é'", r"'\x1b'"))


@pytest.mark.parametrize("prompt", ["", "QÉ"])
def test_prompt_may_be_empty_or_unknown(trained, prompt):
    result = run("sample", trained[1], "--prompt", prompt, "--length", "20")
    assert result.returncode == 0
    assert len(result.stdout) == 20 + 1


@pytest.mark.parametrize("temperature", ["0", "1e-320", "3"])
def test_extreme_temperatures_are_allowed(trained, temperature):
    result = run("sample", trained[1], "--temperature", temperature)
    assert (result.returncode, result.stderr) == (0, "")


def test_text_cannot_control_a_terminal(hostile):
    shown = run_in_terminal("sample", hostile, "--length", "400", "--seed", "1")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", shown)
    assert "\ufffd" in shown


def test_file_or_pipe_gets_the_text_as_it_is(hostile):
    result = run("sample", hostile, "--length", "400", "--seed", "1")
    assert "\ufffd" not in result.stdout
    assert set("\f\v\x1b\u202e\u200f\ufeff") <= set(result.stdout)
    assert len(result.stdout) == 400 + 1


@pytest.fixture
def hostile(tmp_path):
    """A run whose text has form feeds, escapes, direction marks and a byte order mark inside."""
    text, saved = tmp_path / "hostile", tmp_path / "run"
    text.write_text("\f\v\u202e\u200f\ufeff \f\v\u202e\u200f\ufeff \x1b[31m and\n" * 60, newline="")
    arguments = ("--iterations", "300", "--hidden-size", "24", "--out", saved)
    assert run("train", text, *arguments).returncode == 0
    return saved
