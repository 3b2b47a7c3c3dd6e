"""The Train page says which encoding an uploaded text was read in, and another can be chosen."""

import pytest

from tests.support.languages import JAPANESE, RUSSIAN


def upload(page, data: bytes, name: str = "story.txt"):
    page.button_group(key="source").set_value("Upload").run()
    page.file_uploader[0].upload(name, data)
    page.run()
    assert not page.exception


def said(page) -> list[str]:
    return [c.value for c in page.caption if c.value.startswith("Read as")]


def choice(page):
    return next((box for box in page.selectbox if box.label == "Encoding"), None)


def text(page, store) -> str:
    return store.corpora.text(page.session_state["text"])


def test_guessed_encoding_is_said_beside_the_text(open_page, store):
    page = open_page()
    upload(page, (JAPANESE * 3).encode("shift_jis"))
    assert said(page) == [
        "Read as Shift_JIS. If the text below looks wrong, choose another encoding:"
    ]
    assert text(page, store) == JAPANESE * 3
    assert choice(page).options[0] == "Shift_JIS (Japanese)"
    assert choice(page).value == "shift_jis"


def test_chosen_encoding_replaces_the_guess(open_page, store):
    page = open_page()
    data = RUSSIAN.encode("cp1251")
    upload(page, data)
    choice(page).set_value("koi8_r").run()
    assert not page.exception
    assert said(page)[0].startswith("Read as KOI8-R.")
    assert text(page, store) == data.decode("koi8_r")
    choice(page).set_value("cp1251").run()
    assert text(page, store) == RUSSIAN
    page.button_group(key="source").set_value("Pick").run()
    assert [option for option in page.selectbox[0].options if "story" in option] == ["story.txt"]


def test_choice_applies_to_one_file_only(open_page, store):
    page = open_page()
    upload(page, RUSSIAN.encode("cp1251"))
    choice(page).set_value("koi8_r").run()
    upload(page, RUSSIAN.encode("cp1251") + b"\n")
    assert said(page)[0].startswith("Read as Windows-1251.")
    assert text(page, store) == RUSSIAN + "\n"


@pytest.mark.parametrize(
    ("data", "sentences"), [(RUSSIAN.encode(), ["Read as UTF-8."]), (b"plain text " * 9, [])]
)
def test_certain_encoding_leaves_no_choice(open_page, data, sentences):
    page = open_page()
    upload(page, data)
    assert said(page) == sentences
    assert choice(page) is None
