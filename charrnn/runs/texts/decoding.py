"""Uploaded files and pasted strings as clean text: any encoding in, characters and \\n out.

The checks go from the certain to the probable: a byte order mark, the signature of a file that is
not text, UTF-16, UTF-8 (which text in other encodings almost never is by accident), and then a
detector of code pages.
"""

from dataclasses import dataclass, replace

from charrnn.runs.limits import Limits
from charrnn.runs.texts import encodings
from charrnn.runs.texts.code_pages import decode_code_page, decode_iso2022_jp, rank_code_pages
from charrnn.runs.texts.file_types import detect_file_type
from charrnn.runs.texts.plausibility import has_many_controls, is_intact
from charrnn.runs.texts.unicode import (
    UTF_16,
    decode_marked,
    decode_utf8,
    decode_utf16,
    join_surrogates,
)

MIN_CHARACTERS = 2
MAX_DIFFERENT = 20_000  # characters; a Chinese library uses half, all of Unicode has a million


class NotText(ValueError):
    """An upload or a paste that cannot be read as text; the message is a sentence for people."""


@dataclass(frozen=True)
class Decoded:
    """The text in a file: newlines are \\n, no byte order mark, no lone surrogates.

    encoding: Python's name of the codec. is_certain: whether the bytes leave no doubt about it,
    as a byte order mark or valid UTF-8 does; otherwise it was guessed.
    """

    text: str
    encoding: str
    is_certain: bool


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text in a file, in the encoding that was named or else in the one that fits best.

    Raises NotText, which says what is wrong and what to do.
    """
    _check_size(len(data), "file")
    if not data.strip():
        _check_length(data.decode("ascii"), "file")
    decoded = _decode_as(data, encoding) if encoding else _decode(data)
    text = decoded.text
    if "\0" in text or has_many_controls(text):
        raise NotText(
            "This file is not text, since many of its bytes stand for no character: save its "
            "words as plain text (.txt)."
        )
    text = _normalized(text)
    _check_length(text, "file")
    _check_different(text, "file")
    return replace(decoded, text=text)


def plausible_encodings(data: bytes) -> list[str]:
    """The encodings that a file of uncertain encoding may be in, the most plausible first."""
    unicode = UTF_16 if decode_utf16(data) else ()
    return [*unicode, *([] if b"\0" in data else rank_code_pages(data))]


def clean_pasted(text: str) -> str:
    """A pasted text under the same rules as a file; NUL becomes U+FFFD. Raises NotText."""
    text = join_surrogates(text)
    _check_size(len(text.encode()), "text")
    text = _normalized(text.replace("\0", "\ufffd"))
    _check_length(text, "text")
    _check_different(text, "text")
    return text


def _decode(data: bytes) -> Decoded:
    """The characters of a file, in the first encoding that fits. Raises NotText if none does."""
    if marked := decode_marked(data):
        return Decoded(*marked, is_certain=True)
    if file_type := detect_file_type(data):
        raise NotText(f"This file is {file_type}, not text: save its words as plain text (.txt).")
    if found := decode_utf16(data):
        return Decoded(*found, is_certain=False)
    if b"\0" in data:
        raise NotText(
            "This file contains NUL bytes, which text does not have: save its words as plain "
            "text in UTF-8."
        )
    if (text := decode_iso2022_jp(data)) is not None:
        return Decoded(text, "iso2022_jp", is_certain=True)
    if (text := decode_utf8(data)) is not None:
        return Decoded(text, "ascii" if text.isascii() else "utf_8", is_certain=True)
    if found := decode_code_page(data):
        return Decoded(*found, is_certain=False)
    raise NotText(
        "This file cannot be read as text, because its encoding is not recognized: save it as "
        "plain text in UTF-8."
    )


def _decode_as(data: bytes, encoding: str) -> Decoded:
    """The characters of a file in an encoding that was named. Raises NotText if it does not fit."""
    try:
        text = join_surrogates(data.decode(encoding, "replace"))
    except UnicodeError:  # a few codecs do not know "replace"
        text = "\ufffd"
    if not is_intact(text, count_ascii=True):
        raise NotText(
            f"This file cannot be read as {encodings.name(encoding)}, since many of its bytes "
            "stand for no character there: choose another encoding."
        )
    return Decoded(text.rstrip("\ufffd"), encoding, is_certain=True)


def _normalized(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _check_size(n_bytes: int, noun: str) -> None:
    limits = Limits.from_environment()
    if n_bytes > limits.text_bytes:
        raise NotText(
            f"This {noun} is too large, since at most {limits.text_megabytes:g} MB can be read: "
            "choose a part of it."
        )


def _check_length(text: str, noun: str) -> None:
    if not text or text.isspace():
        what = "has nothing but white space" if text else "is empty"
        raise NotText(
            f"This {noun} {what}, so there is nothing to learn from: choose one with words in it."
        )
    if len(text) < MIN_CHARACTERS:
        raise NotText(
            f"This {noun} has only one character, but at least {MIN_CHARACTERS} are needed, one "
            "to read and one to predict: choose a longer one."
        )


def _check_different(text: str, noun: str) -> None:
    # Each character needs a row and a column of weights: a text that lists all of Unicode would
    # need gigabytes.
    if len(text) > MAX_DIFFERENT and (n := len(set(text))) > MAX_DIFFERENT:
        raise NotText(
            f"This {noun} has {n:,} different characters, but at most {MAX_DIFFERENT:,} can be "
            "learned: choose one with fewer."
        )
