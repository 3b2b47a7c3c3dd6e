"""The texts on offer can be read, everywhere, and the story comes first."""

import pytest

from charrnn.runs import library

KEYS = [offer.key for offer in library.offers()]


def test_the_story_comes_first_and_what_ships_is_there():
    assert KEYS[:4] == ["three_stone", "dinosaurs", "arithmetic", "brackets"]


@pytest.mark.parametrize("key", KEYS)
def test_an_offer_is_a_text_with_plain_newlines(key):
    text = library.load(key)
    assert len(text) > 10_000
    assert "\r" not in text
    assert text == library.load(key)


def test_the_story_begins_with_its_title():
    assert library.load("three_stone").splitlines()[0] == library.offers()[0].title


@pytest.mark.parametrize("offer", library.offers(), ids=lambda offer: offer.key)
def test_titles_fit_a_narrow_box_and_descriptions_are_one_sentence(offer):
    assert len(offer.title) <= 20
    assert offer.description.endswith(".")
    assert ". " not in offer.description


def test_source_code_comes_from_this_python_and_is_of_good_size():
    text = library.load("source")
    assert "def " in text
    assert 300_000 < len(text) < 1_500_000


def test_what_this_python_lacks_is_not_on_offer(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "STANDARD_LIBRARY", tmp_path)
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda name: None)
    keys = [offer.key for offer in library.offers()]
    assert keys == ["three_stone", "dinosaurs", "arithmetic", "brackets"]
    with pytest.raises(KeyError, match="'source'"):
        library.load("source")


@pytest.mark.parametrize("key", ["", "nonsense", "../README"])
def test_an_unknown_key_is_refused(key):
    with pytest.raises(KeyError, match="no text is called"):
        library.load(key)
