"""Every file is read as text, or refused with a sentence that helps."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.runs.limits import Limits
from charrnn.runs.texts import encodings
from charrnn.runs.texts.decoding import NotText, clean_pasted, decode, plausible_encodings
from tests.support.languages import (
    ARABIC,
    DANISH,
    ENGLISH,
    FRENCH,
    GERMAN,
    GREEK,
    HEBREW,
    HUNGARIAN,
    JAPANESE,
    KOREAN,
    POLISH,
    PORTUGUESE,
    RUSSIAN,
    SHORT_TEXTS,
    SIMPLIFIED,
    TRADITIONAL,
    TURKISH,
)

TYPESET = (
    "He said \u201cgood evening\u201d \u2014 and left. It\u2019s the café on the corner, she "
    "thought; the one with the naïve painting, 3 € a cup."
)
IN_CODE_PAGES = [
    *((text, "cp1252") for text in (FRENCH, GERMAN, PORTUGUESE, DANISH, TYPESET)),
    *((text, "iso8859_1") for text in (FRENCH, GERMAN, PORTUGUESE, DANISH)),
    (FRENCH + " Le déjeuner coûte 12 €.", "iso8859_15"),
    *((text, page) for text in (POLISH, HUNGARIAN) for page in ("cp1250", "iso8859_2")),
    *((RUSSIAN, page) for page in ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    *((text, "mac_roman") for text in (FRENCH, GERMAN)),
    *((GREEK, page) for page in ("cp1253", "iso8859_7")),
    *((TURKISH, page) for page in ("cp1254", "iso8859_9")),
    (HEBREW, "cp1255"),
    (ARABIC, "cp1256"),
    *((JAPANESE, page) for page in ("shift_jis", "cp932", "euc_jp")),
    *((SIMPLIFIED, page) for page in ("gb18030", "gbk", "gb2312")),
    (TRADITIONAL, "big5"),
    (KOREAN, "euc_kr"),
]


def refusal(data: bytes) -> str:
    with pytest.raises(NotText) as caught:
        decode(data)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(("text", "page"), IN_CODE_PAGES)
def test_paragraph_in_an_old_encoding_is_decoded_correctly(text, page):
    assert decode(text.encode(page)).text == text


@pytest.mark.parametrize(
    ("text", "page"), [(text, page) for text, pages in SHORT_TEXTS for page in pages]
)
def test_short_text_in_an_old_encoding_is_decoded_correctly(text, page):
    decoded = decode(text.encode(page))
    assert decoded.text == text
    assert not decoded.is_certain
    assert decoded.encoding == plausible_encodings(text.encode(page))[0]


def test_lines_drawn_on_dos_are_not_read_as_letters():
    box = f"╔{'═' * 20}╗\n║ README 1.0         ║\n╚{'═' * 20}╝\n▓▒░ Welcome ░▒▓\n{ENGLISH * 9}"
    assert decode(box.encode("cp437")).text == box
    assert decode("ÄÄÄH! Ärger".encode("cp1252")).text == "ÄÄÄH! Ärger"


@pytest.mark.parametrize(
    ("data", "encoding", "is_certain"),
    [
        (b"plain", "ascii", True),
        ("naïve".encode(), "utf_8", True),
        ("naïve".encode("utf-8-sig"), "utf_8", True),
        ("naïve".encode("utf-16"), "utf_16_le", True),
        (JAPANESE.encode("iso2022_jp"), "iso2022_jp", True),
        ("naïve text".encode("utf-16-be"), "utf_16_be", False),
        ("naïve".encode("cp1252"), "cp1252", False),
        (RUSSIAN.encode("koi8_r"), "koi8_r", False),
        (HEBREW.encode("cp1255"), "cp1255", False),
        (JAPANESE.encode("shift_jis"), "shift_jis", False),
        (SIMPLIFIED.encode("gbk"), "gb18030", False),
        (TRADITIONAL.encode("big5"), "big5", False),
        (KOREAN.encode("cp949"), "euc_kr", False),
    ],
)
def test_encoding_is_reported_and_whether_it_was_guessed(data, encoding, is_certain):
    decoded = decode(data)
    assert (decoded.encoding, decoded.is_certain) == (encoding, is_certain)


def test_named_encoding_is_used_instead_of_a_guess():
    data = RUSSIAN.encode("cp1251")
    assert decode(data).text == RUSSIAN
    assert decode(data, "cp1252").text == data.decode("cp1252")
    assert decode(data, "cp1252").is_certain
    assert decode(b"\xef\xbb\xbfone\r\ntwo", "utf_8").text == "one\ntwo"


def test_named_encoding_that_does_not_fit_is_refused():
    with pytest.raises(NotText, match="cannot be read as UTF-8, since many of its bytes"):
        decode(RUSSIAN.encode("cp1251"), "utf_8")


def test_plausible_encodings_make_different_texts_and_include_the_right_one():
    data = RUSSIAN.encode("cp1251")
    offered = plausible_encodings(data)
    assert offered[0] == "cp1251"
    assert {"koi8_r", "cp1252"} <= set(offered)
    assert len({data.decode(encoding, "replace") for encoding in offered}) == len(offered)
    assert all(encodings.name(encoding) != encoding for encoding in offered)
    assert plausible_encodings(RUSSIAN.encode("utf-16-le")) == ["utf_16_le", "utf_16_be"]


@pytest.mark.parametrize(
    ("typed", "encoding"),
    [
        ("Shift_JIS", "shift_jis"),
        ("sjis", "shift_jis"),
        ("windows-1255", "cp1255"),
        ("DOS 437", "cp437"),
        ("UTF8", "utf_8"),
        ("latin-1", "iso8859_1"),
    ],
)
def test_encoding_is_found_by_any_of_its_names(typed, encoding):
    assert encodings.find(typed) == encoding


@pytest.mark.parametrize("typed", ["", "klingon", "base64", "rot13", "idna", "undefined", "\udcff"])
def test_what_is_no_encoding_of_text_is_not_found(typed):
    with pytest.raises(LookupError):
        encodings.find(typed)


@pytest.mark.parametrize("text", ["café", "Die Straße nach Köln.", "the word naïve, once"])
def test_few_accented_letters_are_read_as_western_european(text):
    assert decode(text.encode("cp1252")).text == text


def test_accents_far_into_a_long_english_text_are_found():
    text = "all of it plain English\n" * 20_000 + FRENCH
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [FRENCH, JAPANESE, "naïve 👩‍👩‍👧", "ab"])
def test_unicode_is_decoded_without_its_byte_order_mark(text, encoding):
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        *(FRENCH, RUSSIAN, GREEK, HEBREW, ARABIC, JAPANESE, SIMPLIFIED, TRADITIONAL, KOREAN),
        *("hello", "床前明月光，疑是地上霜。", "床前明月光\n疑是地上霜\n"),
    ],
)
def test_utf16_without_a_byte_order_mark_is_recognized(text, encoding):
    assert decode(text.encode(encoding)).text == text


def test_all_newlines_become_line_feeds():
    assert decode(b"one\r\ntwo\rthree\nfour\r\n").text == "one\ntwo\nthree\nfour\n"
    assert clean_pasted("one\r\ntwo\rthree") == "one\ntwo\nthree"


@pytest.mark.parametrize("n_cut", [1, 2])
def test_file_truncated_within_a_character_loses_only_that_character(n_cut):
    assert decode(JAPANESE.encode()[:-n_cut]).text == JAPANESE[:-1]
    assert decode(JAPANESE.encode("utf-16")[:-1]).text == JAPANESE[:-1]


def test_utf8_with_one_broken_byte_is_still_read_as_utf8():
    data = RUSSIAN.encode()
    assert decode(data + b"\xff" + data).text == f"{RUSSIAN}\ufffd{RUSSIAN}"


def _zip(name: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        file.writestr(name, "<xml/>")
    return memory.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "JPEG"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"{\\rtf1\\ansi Hello}", "RTF"),
        (gzip.compress(b"hello", mtime=0), "gzip"),
        (b"\x7fELF\x02\x01\x01\0", "program"),
        (b"MZ\x90\0\x03\0\0\0", "program"),
        (b"SQLite format 3\0\x10\0", "SQLite"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (_zip("word/document.xml"), "Word"),
        (_zip("xl/workbook.xml"), "Excel"),
        (_zip("anything"), "ZIP"),
    ],
)
def test_file_that_is_not_text_is_refused_by_name(data, kind):
    sentence = refusal(data)
    assert kind in sentence
    assert "plain text" in sentence


@pytest.mark.parametrize("text", ["BMW and MZ are motorcycles", "MZ", "GIF89a is a format"])
def test_text_may_begin_like_a_file_signature(text):
    assert decode(text.encode()).text == text


def test_binary_bytes_are_refused():
    assert "NUL bytes" in refusal(b"some text\0and more\0" * 9)
    assert "not text" in refusal(b"\x01\x02\x03\x04 text \x05\x06")
    refusal(bytes(range(1, 256)) * 40)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty_file_is_refused_as_empty(data):
    assert "is empty" in refusal(data)


@pytest.mark.parametrize("data", [b" \r\n\t ", b"\xff\xfe \0"])
def test_file_of_white_space_is_refused_as_such(data):
    assert "has nothing but white space" in refusal(data)


def test_text_needs_two_characters():
    assert "at least 2" in refusal(b"a")
    assert decode(b"ab").text == "ab"
    with pytest.raises(NotText, match="at least 2"):
        clean_pasted("a")


def test_size_limit_is_25_megabytes_for_files_and_pastes(monkeypatch):
    assert Limits().text_bytes == 25 * 1024 * 1024
    monkeypatch.setenv("CHARRNN_TEXT_MEGABYTES", "1")
    assert decode(b"a" * 2**20)
    assert "at most 1 MB" in refusal(b"a" * (2**20 + 1))
    with pytest.raises(NotText, match="at most 1 MB"):
        clean_pasted("é" * (2**19 + 1))


def test_pasted_surrogates_are_joined_or_replaced():
    assert clean_pasted("a \ud83d\ude00 b \ud83d c") == "a 😀 b \ufffd c"
    with pytest.raises(NotText, match="nothing but white space"):
        clean_pasted("  \n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=2))
def test_every_unicode_text_survives_utf8(text):
    if text.isspace():
        return
    expected = text.lstrip("\ufeff")
    if len(expected) >= 2 and not expected.isspace():
        assert decode(text.encode()).text == expected
