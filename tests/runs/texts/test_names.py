"""The name of any file becomes one short visible line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.runs.texts.names import MAX_NAME_LENGTH, clean_name, short_name
from tests.support.hostile_texts import any_string, params


@pytest.mark.parametrize(
    ("given", "name"),
    params(
        {
            "ordinary": ("My poem (2).txt", "My poem (2).txt"),
            "a path": ("/home/me/poem.txt", "poem.txt"),
            "a Windows path": ("C:\\Users\\me\\poem.txt", "poem.txt"),
            "a relative path": ("../../etc/passwd", "passwd"),
            "a folder": ("poems/", "poems"),
            "newlines": ("one\ntwo\r\n\tthree\u2028four", "one two three four"),
            "spaces": ("  a   b  ", "a b"),
            "controls": ("a\0b\x1b[31mc\x7f\x9b\a", "ab[31mc"),
            "right-to-left override": ("my\u202egnp.exe\u2066\u200f", "mygnp.exe"),
            "invisible": ("a\u200b\ufeff\u00adb", "ab"),
            "lone surrogate": ("a\ud83db", "ab"),
            "emoji": ("👩‍👩‍👧 🎉.txt", "👩‍👩‍👧 🎉.txt"),
            "stacked accents": ("z" + "\u0300" * 90 + "a", "z" + "\u0300" * 4 + "a"),
            "Arabic": ("قصيدة.txt", "قصيدة.txt"),
            "markup": ("<b>*x*</b> :red[y] $z$", "b> :red[y] $z$"),
            "long": ("x" * 300, "x" * 59 + "…"),
            "long, cut at a space": ("x" * 58 + "  " + "y" * 300, "x" * 58 + "…"),
            "empty": ("", "Untitled"),
            "only slashes": ("//\\", "Untitled"),
            "only invisible characters": ("\u200b\u200d\n\0\u202e", "Untitled"),
        }
    ),
)
def test_file_name_becomes_one_short_visible_line(given, name):
    assert clean_name(given) == name


def test_slashes_in_a_short_name_are_kept():
    assert short_name("Pasted: and/or \\begin") == "Pasted: and/or \\begin"


@given(any_string | st.text(min_size=50))
def test_any_name_becomes_one_short_visible_line(given):
    name = clean_name(given)
    assert 1 <= len(name) <= MAX_NAME_LENGTH
    assert name.encode()
    assert name == clean_name(name)
    assert len(name.splitlines()) == 1
    assert not {"/", "\\", "\0", "\x1b", "\u202e", "\u2066", "\u200f"} & set(name)
