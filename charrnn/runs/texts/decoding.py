"""Uploaded files and pasted strings as clean text: any encoding in, characters and \\n out.

The checks go from the certain to the probable: a byte order mark, the signature of a file that is
not text, UTF-16, UTF-8 (which text in other encodings almost never is by accident), and then a
detector of code pages.
"""

from charrnn.runs.limits import Limits
from charrnn.runs.texts.code_pages import decode_code_page, decode_iso2022_jp
from charrnn.runs.texts.file_types import detect_file_type
from charrnn.runs.texts.plausibility import has_many_controls
from charrnn.runs.texts.unicode import decode_marked, decode_utf8, decode_utf16, join_surrogates

MIN_CHARACTERS = 2
MAX_DIFFERENT = 20_000  # characters; a Chinese library uses half, all of Unicode has a million


class NotText(ValueError):
    """An upload or a paste that cannot be read as text; the message is a sentence for people."""


def decode(data: bytes) -> str:
    """The text in a file: newlines are \\n, no byte order mark, no lone surrogates.

    Raises NotText, which says what is wrong and what to do.
    """
    _check_size(len(data), "file")
    if not data.strip():
        _check_length("", "file")
    text = _decode(data)
    if "\0" in text or has_many_controls(text):
        raise NotText(
            "This file is not text, since many of its bytes stand for no character: save its "
            "words as plain text (.txt)."
        )
    text = _normalized(text)
    _check_length(text, "file")
    _check_different(text, "file")
    return text


def clean_pasted(text: str) -> str:
    """A pasted text under the same rules as a file; NUL becomes U+FFFD. Raises NotText."""
    text = join_surrogates(text)
    _check_size(len(text.encode()), "text")
    text = _normalized(text.replace("\0", "\ufffd"))
    _check_length(text, "text")
    _check_different(text, "text")
    return text


def _decode(data: bytes) -> str:
    """The characters of a file, in the first encoding that fits. Raises NotText if none does."""
    if (text := decode_marked(data)) is not None:
        return text
    if file_type := detect_file_type(data):
        raise NotText(f"This file is {file_type}, not text: save its words as plain text (.txt).")
    if (text := decode_utf16(data)) is not None:
        return text
    if b"\0" in data:
        raise NotText(
            "This file contains NUL bytes, which text does not have: save its words as plain "
            "text in UTF-8."
        )
    for decoder in (decode_iso2022_jp, decode_utf8, decode_code_page):
        if (text := decoder(data)) is not None:
            return text
    raise NotText(
        "This file cannot be read as text, because its encoding is not recognised: save it as "
        "plain text in UTF-8."
    )


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
        raise NotText(
            f"This {noun} is empty, so there is nothing to learn from: choose one with words in it."
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
