"""The texts that come with the project are as data/SOURCES.md describes them."""

import importlib.util
import re
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1] / "data"
CORPORA = sorted(path.name for path in DATA.glob("*.txt"))
CLOSER = {"(": ")", "[": "]", "{": "}"}


def read(name: str) -> str:
    return (DATA / name).read_bytes().decode("utf-8")


def section(name: str) -> str:
    """The section of one file in SOURCES.md, on one line."""
    for part in read("SOURCES.md").split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        if heading == name:
            return " ".join(body.split())
    raise AssertionError(f"SOURCES.md has no section for {name}")


def balanced(line: str) -> bool:
    """Whether every bracket in `line` is closed by its match, the last opened first."""
    expected = []
    for c in line:
        if c in CLOSER:
            expected.append(CLOSER[c])
        elif c in CLOSER.values() and (not expected or expected.pop() != c):
            return False
    return not expected


@pytest.fixture(scope="module")
def dinosaurs():
    return read("dinosaurs.txt").splitlines()


@pytest.fixture(scope="module")
def bracket_lines():
    return read("brackets.txt").splitlines()


@pytest.fixture(scope="module")
def story():
    others = {"dinosaurs.txt", "arithmetic.txt", "brackets.txt"}
    stories = [name for name in CORPORA if name not in others]
    assert len(stories) == 1
    return read(stories[0])


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate", DATA / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_six_hundred_dinosaurs_or_more(dinosaurs):
    assert len(dinosaurs) >= 600


def test_no_dinosaur_is_listed_twice(dinosaurs):
    assert len(set(dinosaurs)) == len(dinosaurs)


def test_dinosaur_names_are_letters_from_a_to_z(dinosaurs):
    assert [name for name in dinosaurs if not re.fullmatch("[a-z]+", name)] == []


def test_held_out_dinosaurs_begin_with_many_different_letters(dinosaurs):
    held_out = dinosaurs[-len(dinosaurs) // 10 :]
    assert len({name[0] for name in held_out}) >= 15


def test_every_sum_is_true():
    for line in read("arithmetic.txt").splitlines():
        a, b, c = map(int, re.fullmatch(r"(\d+)\+(\d+)=(\d+)", line).groups())
        assert a + b == c
        assert max(a, b) <= 99
        assert line == f"{a}+{b}={c}"


def test_every_one_digit_sum_occurs():
    sums = set(read("arithmetic.txt").splitlines())
    assert {f"{a}+{b}={a + b}" for a in range(10) for b in range(10)} <= sums


def test_every_line_of_brackets_is_balanced(bracket_lines):
    assert [line for line in bracket_lines if not balanced(line)] == []


@pytest.mark.parametrize("line", ["(", ")", "(]", "([)]", "())"])
def test_unbalanced_lines_are_detected(line):
    assert not balanced(line)


def test_last_bracket_of_a_line_closes_the_first(bracket_lines):
    assert [line for line in bracket_lines if CLOSER[line[0]] != line[-1]] == []
    assert [line for line in bracket_lines if not balanced(line[1:-1])] == []


def test_matching_brackets_are_never_close_and_often_far_apart(bracket_lines):
    distances = [len(line) - 1 for line in bracket_lines]
    assert min(distances) > 5
    assert sum(distance > 25 for distance in distances) > len(distances) / 4


@pytest.mark.parametrize("name", ["arithmetic", "brackets"])
def test_generated_files_equal_the_output_of_the_generator(generate, name):
    assert read(f"{name}.txt") == getattr(generate, name)()


@pytest.mark.parametrize("name", CORPORA)
def test_every_text_is_described_with_its_size(name):
    text, description = read(name), section(name)
    assert f"{len(text):,} characters" in description
    assert f"{len(set(text))} distinct" in description
    assert "Licence" in description


@pytest.mark.parametrize("name", CORPORA)
def test_every_text_has_unix_newlines_and_ends_with_one(name):
    text = read(name)
    assert "\r" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_story_is_long_enough_to_learn_from(story):
    assert len(story) >= 60_000


def test_story_is_plain_ascii(story):
    assert [c for c in story if not (c == "\n" or " " <= c <= "~")] == []
