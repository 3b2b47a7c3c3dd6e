"""The encodings from before Unicode: recognised by a detector, by language, or by escapes."""

import re

from charset_normalizer import from_bytes

from charrnn.runs.texts.plausibility import is_intact

SAMPLE_BYTES = 64 * 1024  # enough to recognise an encoding

# What the detector chooses from. It knows many more, but confuses those that are nearly the same.
# Among Latin code pages that fit a text equally well, the first is chosen.
LATIN = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "mac_roman", "cp850"),
    *("cp1257", "mac_latin2", "cp852", "cp857"),
)
OTHER_CODE_PAGES = (
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"),
    *("cp1253", "cp1255", "cp1256", "iso8859_6", "cp874"),
    *("shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949"),
)
# The detector names a vendor's superset; the standard it extends is preferred where it fits.
STANDARD = {"cp932": "shift_jis", "cp949": "euc_kr"}

# Latin code pages differ in a few letters only, so the language decides: in the right code page
# a text uses the letters of one language.
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


def decode_code_page(data: bytes) -> str | None:
    """Text in one of the code pages above, or None. data: has bytes beyond ASCII."""
    sample = _sample(data)
    match = from_bytes(sample, cp_isolation=[*LATIN, *OTHER_CODE_PAGES]).best()
    if match is None:
        return None
    encoding = match.encoding
    if encoding in LATIN:
        encoding = max(LATIN, key=lambda page: _language_fit(sample, page))
    for candidate in (STANDARD.get(encoding, encoding), encoding):
        text = data.decode(candidate, "replace")
        if is_intact(text):
            return text.rstrip("\ufffd")
    return None


def decode_iso2022_jp(data: bytes) -> str | None:
    """Japanese as e-mail has it, ASCII bytes between escapes that nothing else uses; or None."""
    if not re.search(rb"\x1b\$[@B]", data):
        return None
    text = data.decode("iso2022_jp", "replace")
    return text.rstrip("\ufffd") if is_intact(text) else None


def _language_fit(sample: bytes, encoding: str) -> float:
    """The largest share of the non-ASCII characters that one language and typography explain."""
    characters = [c for c in sample.decode(encoding, "replace").lower() if not c.isascii()]
    explained = (sum(c in a or c in TYPOGRAPHY for c in characters) for a in ALPHABETS)
    return max(explained) / len(characters)


def _sample(data: bytes) -> bytes:
    """Up to SAMPLE_BYTES around the first non-ASCII byte, which may be far into an English text.

    It begins and ends between characters: at a newline or space, whose bytes are part of no
    character in any of these encodings.
    """
    first = next(re.finditer(rb"[\x80-\xff]", data)).start()
    start = max(data.rfind(b"\n", max(0, first - 1024), first), first - 1024, 0)
    part = data[start : start + SAMPLE_BYTES]
    if len(data) > start + SAMPLE_BYTES:
        end = max(part.rfind(b"\n"), part.rfind(b" "))
        part = part[:end] if end > len(part) // 2 else part
    return part
