"""The encodings of Unicode: each decoder returns the text, or None if its encoding does not fit."""

from contextlib import suppress

from charrnn.runs.texts.plausibility import has_many_controls, is_intact

SAMPLE_BYTES = 64 * 1024  # enough to recognise UTF-16

# Byte order mark, encoding, bytes in its smallest unit.
MARKS = (
    (b"\xef\xbb\xbf", "utf-8", 1),
    (b"\xff\xfe\0\0", "utf-32-le", 4),  # before UTF-16, whose mark it begins with
    (b"\0\0\xfe\xff", "utf-32-be", 4),
    (b"\xff\xfe", "utf-16-le", 2),
    (b"\xfe\xff", "utf-16-be", 2),
)
CONTINUATION_BYTES = bytes(range(0x80, 0xC0))  # in UTF-8, all but the first of a character


def decode_marked(data: bytes) -> str | None:
    """Text that begins with a byte order mark, which names its encoding."""
    for mark, encoding, unit in MARKS:
        if data.startswith(mark):
            # A truncated file may end within a character.
            complete = data[: len(data) - len(data) % unit]
            text = complete.decode(encoding, "replace")
            if is_intact(text, count_ascii=True):
                return text.rstrip("\ufffd")
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


def decode_utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, recognised by its zero bytes: ASCII has one in each pair.

    The order of the bytes shows in how many distinct values they take: few for the high bytes,
    since the letters of a script are neighbours in Unicode, and many for the low ones.
    """
    head = data[:SAMPLE_BYTES]
    if b"\0" not in head:
        return None
    even, odd = len(set(head[::2])), len(set(head[1::2]))
    if min(even, odd) * 2 > max(even, odd):
        return None
    encoding = "utf-16-be" if even < odd else "utf-16-le"
    text = data[: len(data) - len(data) % 2].decode(encoding, "replace")
    return text if is_intact(text, count_ascii=True) and not has_many_controls(text) else None


def join_surrogates(text: str) -> str:
    """Each surrogate pair as the one character it stands for; lone halves become U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
