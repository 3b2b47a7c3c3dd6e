"""The texts of the library can be read everywhere, and the story is the first."""

import pytest

from charrnn.runs.texts import library

KEYS = [entry.key for entry in library.available()]


def test_story_is_the_default_and_shipped_texts_are_available():
    assert KEYS[:4] == ["three_stone", "dinosaurs", "arithmetic", "brackets"]


@pytest.mark.parametrize("key", KEYS)
def test_library_text_has_line_feeds_and_is_the_same_every_time(key):
    text = library.load(key)
    assert len(text) > 10_000
    assert "\r" not in text
    assert text == library.load(key)


def test_story_begins_with_its_title():
    assert library.load("three_stone").splitlines()[0] == library.available()[0].title


@pytest.mark.parametrize("entry", library.available(), ids=lambda entry: entry.key)
def test_titles_are_short_and_descriptions_are_one_sentence(entry):
    assert len(entry.title) <= 20
    assert entry.description.endswith(".")
    assert ". " not in entry.description


def test_source_code_is_that_of_this_python_and_long_enough():
    text = library.load("source")
    assert "def " in text
    assert 300_000 < len(text) < 1_500_000


def test_text_that_this_python_lacks_is_not_available(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "STANDARD_LIBRARY", tmp_path)
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda name: None)
    keys = [entry.key for entry in library.available()]
    assert keys == ["three_stone", "dinosaurs", "arithmetic", "brackets"]
    with pytest.raises(KeyError, match="'source'"):
        library.load("source")


@pytest.mark.parametrize("key", ["", "nonsense", "../README"])
def test_unknown_key_is_refused(key):
    with pytest.raises(KeyError, match="no text is called"):
        library.load(key)
