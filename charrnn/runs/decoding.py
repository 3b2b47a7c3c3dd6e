"""What people bring, turned into text: any encoding in; characters and plain newlines out.

Guesses go from the certain to the likely: a byte order mark, a signature of something that is
not text, UTF-8 (which other text almost never is by accident), UTF-16, and then a detector.
"""

import re
from contextlib import suppress

from charset_normalizer import from_bytes

from charrnn.runs.limits import Limits
from charrnn.runs.signatures import CONTROL, kind_of

MIN_CHARACTERS = 2
MAX_DIFFERENT = 20_000  # characters; a Chinese library uses half, all of Unicode has a million
SAMPLE_BYTES = 64 * 1024  # enough to recognise an encoding by
MAX_CONTROL_SHARE = 0.05  # of the characters; in random bytes it is a tenth
MAX_BROKEN_SHARE = 0.01  # of the characters beyond ASCII; a few broken ones do not make it binary

# What the detector chooses from. It knows many more, and wavers between near twins of these.
LATIN = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "mac_roman", "cp850"),
    *("cp1257", "mac_latin2", "cp852", "cp857"),
)
OTHER_CODE_PAGES = (
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"),
    *("cp1253", "cp1255", "cp1256", "iso8859_6", "cp874"),
    *("shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949"),
)
# The detector names the wider of two pages; the standard one comes first where both fit.
NARROWER = {"cp932": "shift_jis", "cp949": "euc_kr"}

# Latin code pages differ in a few letters only, which decides: a text has the letters of one
# language. French before Danish, say, only where both explain a text equally well.
ALPHABETS = (
    "àâæçéèêëîïôùûüœÿ",  # French
    "äöüß",  # German
    "áéíñóúü",  # Spanish
    "àáâãçéêíóôõú",  # Portuguese
    "àèéìíòóù",  # Italian
    "àçèéíïòóúü",  # Catalan
    "äåéö",  # Swedish, Finnish
    "æøåéè",  # Danish, Norwegian
    "áæðéíóöúýþ",  # Icelandic
    "áèéëïíóöúü",  # Dutch
    "çğıöşüâî",  # Turkish
    "ąćęłńóśźż",  # Polish
    "áčďéěíňóřšťúůýž",  # Czech
    "áäčďéíĺľňóôŕšťúýž",  # Slovak
    "áéíóöőúüű",  # Hungarian
    "ăâîșțşţ",  # Romanian
    "čćđšž",  # Croatian, Slovenian
    "ąčęėįšųūž",  # Lithuanian
    "āčēģīķļņšūž",  # Latvian
    "äõöüšž",  # Estonian
)
TYPOGRAPHY = frozenset("\xa0«»„“”‘’–—…•§°€¿¡·")


class NotText(ValueError):
    """What was brought cannot be read as text; the message is a sentence for people."""


def decode(data: bytes) -> str:
    """The text in a file: newlines are \\n, no byte order mark, no lone surrogates.

    Raises NotText with what is wrong and what to do.
    """
    _check_size(len(data), "file")
    if not data.strip():
        _check_length("", "file")
    text = _marked(data)
    if text is None:
        if kind := kind_of(data):
            raise NotText(f"This file is {kind}, not text: save its words as plain text (.txt).")
        text = _utf16(data)
    if text is None:
        _check_zeros(data)
        text = _escaped(data)
    if text is None:
        text = _utf8(data)
    if text is None:
        text = _in_code_page(data)
    _check_characters(text)
    text = _plain(text)
    _check_length(text, "file")
    _check_different(text, "file")
    return text


def clean_pasted(text: str) -> str:
    """Pasted text under the same rules as a file. Raises NotText."""
    text = _paired(text)
    _check_size(len(text.encode()), "text")
    text = _plain(text.replace("\0", "\ufffd"))
    _check_length(text, "text")
    _check_different(text, "text")
    return text


def _marked(data: bytes) -> str | None:
    """Text that begins with a byte order mark, which says how it is encoded; otherwise None."""
    marks = (
        (b"\xef\xbb\xbf", "utf-8", 1),
        (b"\xff\xfe\0\0", "utf-32-le", 4),  # before UTF-16, whose mark it begins with
        (b"\0\0\xfe\xff", "utf-32-be", 4),
        (b"\xff\xfe", "utf-16-le", 2),
        (b"\xfe\xff", "utf-16-be", 2),
    )
    for mark, encoding, unit in marks:
        if data.startswith(mark):
            # A file that was cut off may end within a character.
            whole = data[: len(data) - len(data) % unit]
            text = whole.decode(encoding, "replace")
            if _sound(text, ascii_tells=True):
                return text.rstrip("\ufffd")
    return None


def _utf8(data: bytes) -> str | None:
    """Valid UTF-8; or UTF-8 beyond doubt, of which a little is broken or cut off."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        cut_off = error.reason == "unexpected end of data"
        # One byte after nothing but ASCII is rather a letter of a code page, as in "café".
        several = len(data) - error.start > 1
        if cut_off and (several or not data[: error.start].isascii()):
            return data[: error.start].decode()
    with suppress(UnicodeDecodeError):
        return _paired(data.decode("utf-8", "surrogatepass"))  # as Java and JavaScript write it
    begun_within = re.match(rb"[\x80-\xbf]{0,3}", data).end()  # bytes that begin no character
    text = data[begun_within:].decode("utf-8", "replace")
    return text.strip("\ufffd") if _sound(text) and not text.isascii() else None


def _paired(text: str) -> str:
    """Halves of surrogate pairs side by side grow together, lone ones become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark. ASCII characters in it, such as spaces, have a zero byte each.

    Read the right way round, there are few different high bytes (a script lies close together)
    and many different low ones.
    """
    if b"\0" not in data[:SAMPLE_BYTES]:
        return None
    head = data[:SAMPLE_BYTES]
    even, odd = len(set(head[::2])), len(set(head[1::2]))
    if min(even, odd) * 2 > max(even, odd):
        return None
    encoding = "utf-16-be" if even < odd else "utf-16-le"
    text = data[: len(data) - len(data) % 2].decode(encoding, "replace")
    return text if _sound(text, ascii_tells=True) and not _too_many_controls(text) else None


def _escaped(data: bytes) -> str | None:
    """Japanese as e-mail has it: in ASCII bytes, between escapes that nothing else uses."""
    if not re.search(rb"\x1b\$[@B]", data):
        return None
    text = data.decode("iso2022_jp", "replace")
    return text.rstrip("\ufffd") if _sound(text) else None


def _in_code_page(data: bytes) -> str:
    """Text in one of the encodings from before Unicode. Raises NotText if none fits."""
    unknown = NotText(
        "This file cannot be read as text, because its encoding is not recognised: save it as "
        "plain text in UTF-8."
    )
    sample = _telling_part(data)
    match = from_bytes(sample, cp_isolation=[*LATIN, *OTHER_CODE_PAGES]).best()
    if match is None:
        raise unknown
    encoding = match.encoding
    if encoding in LATIN:
        encoding = max(LATIN, key=lambda page: _latin_sense(sample, page))
    for candidate in (NARROWER.get(encoding, encoding), encoding):
        text = data.decode(candidate, "replace")
        if _sound(text):
            return text.rstrip("\ufffd")
    raise unknown


def _latin_sense(sample: bytes, encoding: str) -> float:
    """The share of the characters beyond ASCII that one language and its typography explain."""
    odd = [c for c in sample.decode(encoding, "replace").lower() if c > "\x7f"]
    return max(sum(c in a or c in TYPOGRAPHY for c in odd) for a in ALPHABETS) / len(odd)


def _telling_part(data: bytes) -> bytes:
    """A stretch from the first byte beyond ASCII on, which may be far into an English text.

    It begins and ends between characters: at a space or newline, which no encoding puts into one.
    """
    first = re.search(rb"[\x80-\xff]", data).start()
    start = max(data.rfind(b"\n", max(0, first - 1024), first), first - 1024, 0)
    part = data[start : start + SAMPLE_BYTES]
    if len(data) > start + SAMPLE_BYTES:
        end = max(part.rfind(b"\n"), part.rfind(b" "))
        part = part[:end] if end > len(part) // 2 else part
    return part


def _sound(text: str, *, ascii_tells: bool = False) -> bool:
    """Whether what could not be decoded is a small part of what tells the encoding.

    ASCII is the same bytes in most encodings and tells nothing, except in UTF-16 or after a mark.
    """
    broken = text.count("\ufffd")
    if not broken:
        return True
    telling = len(text) - (0 if ascii_tells else len(text.encode("ascii", "ignore")))
    return broken - 1 <= MAX_BROKEN_SHARE * (telling - broken) and telling > broken


def _too_many_controls(text: str) -> bool:
    return len(CONTROL.findall(text)) > MAX_CONTROL_SHARE * len(text)


def _check_zeros(data: bytes) -> None:
    if b"\0" in data:
        raise NotText(
            "This file contains NUL bytes, which text does not have: save its words as plain "
            "text in UTF-8."
        )


def _check_characters(text: str) -> None:
    if "\0" in text or _too_many_controls(text):
        raise NotText(
            "This file is not text: it holds many bytes that stand for no character; save its "
            "words as plain text (.txt)."
        )


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")


def _check_size(n_bytes: int, noun: str) -> None:
    limits = Limits.here()
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
            f"This {noun} has only one character, and at least {MIN_CHARACTERS} are needed, one "
            "to read and one to predict: choose a longer one."
        )


def _check_different(text: str, noun: str) -> None:
    # Each character is a row and a column of weights: a text that lists Unicode needs gigabytes.
    if len(text) > MAX_DIFFERENT and (n := len(set(text))) > MAX_DIFFERENT:
        raise NotText(
            f"This {noun} has {n:,} different characters, and at most {MAX_DIFFERENT:,} can be "
            "learned: choose one with fewer."
        )
