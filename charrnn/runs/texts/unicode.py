"""The encodings of Unicode: each decoder returns None if its encoding does not fit."""

import re
from contextlib import suppress

from charrnn.runs.texts.plausibility import has_many_controls, is_intact

SAMPLE_BYTES = 64 * 1024  # enough to recognize UTF-16

# Byte order mark, encoding, bytes in its smallest unit.
MARKS = (
    (b"\xef\xbb\xbf", "utf_8", 1),
    (b"\xff\xfe\0\0", "utf_32_le", 4),  # before UTF-16, whose mark it begins with
    (b"\0\0\xfe\xff", "utf_32_be", 4),
    (b"\xff\xfe", "utf_16_le", 2),
    (b"\xfe\xff", "utf_16_be", 2),
)
UTF_16 = ("utf_16_le", "utf_16_be")
CONTINUATION_BYTES = bytes(range(0x80, 0xC0))  # in UTF-8, all but the first of a character

# What East Asian texts in UTF-16 consist of: ideographs, kana, Hangul, and punctuation and ASCII.
EAST_ASIAN = re.compile(
    r"[\t-\r -~\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]"
)
# Bytes of another encoding taken in pairs look like ideographs or Hangul, but not like these.
EAST_ASIAN_SIGN = re.compile(r"[\n \u3001\u3002\u3040-\u30ff\uff0c\uff01\uff1f]")
MIN_EAST_ASIAN_SHARE = 0.95
MIN_SIGN_SHARE = 0.02


def decode_marked(data: bytes) -> tuple[str, str] | None:
    """Text that begins with a byte order mark, and the encoding that this names."""
    for mark, encoding, unit in MARKS:
        if data.startswith(mark):
            # A truncated file may end within a character.
            complete = data[: len(data) - len(data) % unit]
            text = complete.decode(encoding, "replace")
            if is_intact(text, count_ascii=True):
                return text.rstrip("\ufffd"), encoding
    return None


def decode_utf8(data: bytes) -> str | None:
    """Valid UTF-8, or UTF-8 of which a little is broken or cut off."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        truncated = error.reason == "unexpected end of data"
        # A single last byte after nothing but ASCII, as in "café", is a letter of a code page.
        several = len(data) - error.start > 1
        if truncated and (several or not data[: error.start].isascii()):
            return data[: error.start].decode()
    with suppress(UnicodeDecodeError):
        # Java and JavaScript write surrogate pairs as two characters.
        return join_surrogates(data.decode("utf-8", "surrogatepass"))
    # The first bytes may be the end of a character whose beginning was cut off.
    text = (data[:3].lstrip(CONTINUATION_BYTES) + data[3:]).decode("utf-8", "replace")
    return text.strip("\ufffd") if is_intact(text) and not text.isascii() else None


def decode_utf16(data: bytes) -> tuple[str, str] | None:
    """Text in UTF-16 without a byte order mark, and the order of its bytes."""
    head = data[:SAMPLE_BYTES]
    encoding = _utf16_by_zeros(head) or _utf16_by_scripts(head)
    if encoding is None:
        return None
    text = data[: len(data) - len(data) % 2].decode(encoding, "replace")
    fits = is_intact(text, count_ascii=True) and not has_many_controls(text)
    return (text, encoding) if fits else None


def _utf16_by_zeros(head: bytes) -> str | None:
    """UTF-16 recognized by its zero bytes: ASCII has one in each pair.

    The order of the bytes shows in how many distinct values they take: few for the high bytes,
    since the letters of a script are neighbors in Unicode, and many for the low ones.
    """
    if b"\0" not in head:
        return None
    even, odd = len(set(head[::2])), len(set(head[1::2]))
    if min(even, odd) * 2 > max(even, odd):
        return None
    return "utf_16_be" if even < odd else "utf_16_le"


def _utf16_by_scripts(head: bytes) -> str | None:
    """UTF-16 in which East Asian text makes sense, and in no other byte order or as UTF-8.

    The high bytes of ideographs take many values, too.
    """
    if b"\0" not in head and decode_utf8(head) is not None:
        return None
    for encoding in UTF_16:
        text = head[: len(head) - len(head) % 2].decode(encoding, "replace")
        if (
            len(EAST_ASIAN.findall(text)) >= MIN_EAST_ASIAN_SHARE * len(text)
            and len(EAST_ASIAN_SIGN.findall(text)) >= MIN_SIGN_SHARE * len(text)
            and not text.isascii()
        ):
            return encoding
    return None


def join_surrogates(text: str) -> str:
    """Each surrogate pair as the one character it stands for; lone halves become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
