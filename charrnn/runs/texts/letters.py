"""Which letters languages use, and how often: what tells one code page from another."""

import re
from functools import lru_cache

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
    "àáâãèéêìíòóôùúýăđơư\u0300\u0301\u0303\u0309\u0323",  # Vietnamese
)
TYPOGRAPHY = frozenset("\xa0«»„“”‘’–—…•§°€¿¡·")

# The most frequent letters of other scripts: about two thirds of any text.
FREQUENT = {
    "cyrillic": frozenset("оеаинтсрвлкі"),
    "greek": frozenset("αοιετσνηυρςάίό"),
    "hebrew": frozenset("יוהלאתמרבשנ"),
    "arabic": frozenset("المنويرتهبد"),
}
FREQUENT_SHARE = 0.65
SCRIPT_OF = (
    dict.fromkeys(("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic"), "cyrillic")
    | dict.fromkeys(("cp1253", "iso8859_7", "cp737"), "greek")
    | dict.fromkeys(("cp1255", "iso8859_8"), "hebrew")
    | dict.fromkeys(("cp1256", "iso8859_6"), "arabic")
)
# The standard that a code page extends, and the first byte of its last common ideographs or Hangul.
COMMON_UP_TO = {
    "shift_jis": ("shift_jis", 0x98),
    "cp932": ("shift_jis", 0x98),
    "euc_jp": ("euc_jp", 0xCF),
    "gb18030": ("gb2312", 0xD7),
    "big5": ("big5", 0xC6),
    "big5hkscs": ("big5", 0xC6),
    "euc_kr": ("euc_kr", 0xC8),
    "cp949": ("euc_kr", 0xC8),
}
JAPANESE = ("shift_jis", "cp932", "euc_jp")
KANA = re.compile("[\u3041-\u3096\u30a1-\u30fc]")


def latin_fit(text: str) -> float:
    """The largest share of the non-ASCII characters that one language and typography explain."""
    characters = [c for c in text.lower() if not c.isascii()]
    explained = (sum(c in a or c in TYPOGRAPHY for c in characters) for a in ALPHABETS)
    return max(explained) / len(characters)


def frequent_fit(text: str, encoding: str) -> float:
    """How far the letters of a text are those that its script uses most; 1 as in any text."""
    if encoding not in SCRIPT_OF:
        return 1.0
    letters = [c for c in text.lower() if not c.isascii() and c.isalpha()]
    frequent = FREQUENT[SCRIPT_OF[encoding]]
    share = sum(c in frequent for c in letters) / max(1, len(letters))
    return min(1.0, share / FREQUENT_SHARE)


def common_fit(text: str, encoding: str) -> float:
    """The share of the non-ASCII characters that are common in East Asian writing, 0 to 1.

    A standard has the common ideographs first and the rare ones after them. Kana is common in
    Japanese only, though every standard has it.
    """
    if encoding not in COMMON_UP_TO:
        return 1.0
    characters = [c for c in text if not c.isascii()]
    return sum(_is_common(c, encoding) for c in characters) / max(1, len(characters))


def kana_share(text: str) -> float:
    """The share of the non-ASCII characters that are kana."""
    return len(KANA.findall(text)) / max(1, len(text) - len(text.encode("ascii", "ignore")))


@lru_cache(maxsize=100_000)
def _is_common(character: str, encoding: str) -> bool:
    standard, last = COMMON_UP_TO[encoding]
    try:
        code = character.encode(standard)
    except UnicodeEncodeError:
        return False
    is_foreign = encoding not in JAPANESE and KANA.match(character)
    return len(code) == 2 and code[0] <= last and not is_foreign
