"""Arbitrary bytes and damaged text are read, or refused with one sentence."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from charrnn.runs.texts.decoding import MIN_CHARACTERS, NotText, clean_pasted, decode
from tests.support.hostile_texts import SURROGATES, any_string, assert_one_sentence, assert_trains
from tests.support.languages import (
    ARABIC,
    ENGLISH,
    FRENCH,
    GREEK,
    HEBREW,
    JAPANESE,
    KOREAN,
    POLISH,
    RUSSIAN,
    SIMPLIFIED,
)


def assert_text_or_refused(function, given) -> None:
    try:
        text = function(given)
    except NotText as refusal:
        assert_one_sentence(str(refusal))
    else:
        assert len(text) >= MIN_CHARACTERS
        assert not text.isspace()
        assert not {"\r", "\0"} & set(text)
        text.encode()  # as it is stored; fails on a lone surrogate


MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff")
HEADS = (b"\x89PNG", b"PK\3\4", b"%PDF-", b"MZ", b"BM", b"\x1f\x8b", b"GIF8", b"RIFF", b"\x1b$B")
ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-7"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp850", "cp866"),
    *("koi8_r", "mac_roman", "iso2022_jp", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
    *("cp500", "hz", "johab"),
)
LANGUAGES = (ENGLISH, FRENCH, POLISH, RUSSIAN, GREEK, HEBREW, ARABIC, JAPANESE, SIMPLIFIED, KOREAN)
encoded = st.builds(
    lambda text, encoding: text.encode(encoding, "replace"),
    st.sampled_from(LANGUAGES) | st.text(max_size=60),
    st.sampled_from(ENCODINGS),
) | st.builds(
    lambda text, encoding: text.encode(encoding, SURROGATES),
    any_string,
    st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
)


@st.composite
def damaged(draw) -> bytes:
    """Text in some encoding, damaged in some of the ways in which files are."""
    data = bytearray(draw(encoded))
    for damage in draw(st.lists(st.sampled_from(DAMAGES), max_size=4)):
        position = draw(st.integers(0, len(data)))
        data = damage(draw, data, position)
    return bytes(data)


def _flip(draw, data: bytearray, position: int) -> bytearray:
    if position < len(data):
        data[position] ^= 1 << draw(st.integers(0, 7))
    return data


DAMAGES = (
    _flip,
    lambda draw, data, position: data[:position],
    lambda draw, data, position: data[position:],
    lambda draw, data, position: data[:position] + bytes(draw(st.integers(1, 9))) + data[position:],
    lambda draw, data, position: data[:position] + draw(encoded) + data[position:],
    lambda draw, data, position: data[:position] + draw(st.binary(max_size=9)) + data[position:],
    lambda draw, data, position: bytearray(draw(st.sampled_from(MARKS + HEADS))) + data,
    lambda draw, data, position: bytearray(b"\0".join(bytes([byte]) for byte in data)),
    lambda draw, data, position: data * 3,
)


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_arbitrary_bytes_are_text_or_refused(data):
    assert_text_or_refused(lambda data: decode(data).text, data)


@settings(deadline=None)
@given(st.lists(st.integers(1, 255), max_size=300).map(bytes))
def test_arbitrary_bytes_without_nul_are_text_or_refused(data):
    assert_text_or_refused(lambda data: decode(data).text, data)


@settings(deadline=None, max_examples=300)
@given(damaged())
@example(b"\xff\xfe\0\0")
@example(b"\x1b$B")
def test_damaged_text_is_text_or_refused(data):
    assert_text_or_refused(lambda data: decode(data).text, data)


@given(any_string)
def test_any_pasted_string_is_text_or_refused(text):
    assert_text_or_refused(clean_pasted, text)


def is_read(data: bytes) -> bool:
    try:
        decode(data)
    except NotText:
        return False
    return True


@settings(deadline=None, max_examples=40)
@given(damaged().filter(is_read))
def test_damaged_text_that_is_read_trains(data):
    assert_trains(decode(data).text)
