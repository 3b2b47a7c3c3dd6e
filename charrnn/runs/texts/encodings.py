"""The encodings that can be recognized or chosen, and what people call them."""

import codecs

# Python's codec -> the name that people know, and what is written in it.
NAMES = {
    "ascii": ("ASCII", ""),
    "utf_8": ("UTF-8", "Unicode"),
    "utf_16_le": ("UTF-16 LE", "Unicode"),
    "utf_16_be": ("UTF-16 BE", "Unicode"),
    "utf_32_le": ("UTF-32 LE", "Unicode"),
    "utf_32_be": ("UTF-32 BE", "Unicode"),
    "cp1252": ("Windows-1252", "Western European"),
    "iso8859_15": ("ISO 8859-15", "Western European"),
    "mac_roman": ("Mac Roman", "Western European"),
    "cp437": ("DOS 437", "American, boxes"),
    "cp850": ("DOS 850", "Western European"),
    "cp1250": ("Windows-1250", "Central European"),
    "iso8859_2": ("ISO 8859-2", "Central European"),
    "mac_latin2": ("Mac Latin 2", "Central European"),
    "cp852": ("DOS 852", "Central European"),
    "cp1254": ("Windows-1254", "Turkish"),
    "cp857": ("DOS 857", "Turkish"),
    "cp1257": ("Windows-1257", "Baltic"),
    "cp1258": ("Windows-1258", "Vietnamese"),
    "cp1251": ("Windows-1251", "Cyrillic"),
    "koi8_r": ("KOI8-R", "Russian"),
    "koi8_u": ("KOI8-U", "Ukrainian"),
    "cp866": ("DOS 866", "Cyrillic"),
    "iso8859_5": ("ISO 8859-5", "Cyrillic"),
    "mac_cyrillic": ("Mac Cyrillic", "Cyrillic"),
    "cp1253": ("Windows-1253", "Greek"),
    "iso8859_7": ("ISO 8859-7", "Greek"),
    "cp737": ("DOS 737", "Greek"),
    "cp1255": ("Windows-1255", "Hebrew"),
    "iso8859_8": ("ISO 8859-8", "Hebrew"),
    "cp1256": ("Windows-1256", "Arabic"),
    "iso8859_6": ("ISO 8859-6", "Arabic"),
    "cp874": ("Windows-874", "Thai"),
    "shift_jis": ("Shift_JIS", "Japanese"),
    "cp932": ("Windows-932", "Japanese"),
    "euc_jp": ("EUC-JP", "Japanese"),
    "iso2022_jp": ("ISO-2022-JP", "Japanese"),
    "gb18030": ("GB18030", "Chinese, simplified"),
    "big5": ("Big5", "Chinese, traditional"),
    "big5hkscs": ("Big5-HKSCS", "Chinese, Hong Kong"),
    "euc_kr": ("EUC-KR", "Korean"),
    "cp949": ("Windows-949", "Korean"),
}


def name(encoding: str) -> str:
    """What people call a codec: Shift_JIS for shift_jis."""
    return NAMES[encoding][0] if encoding in NAMES else encoding


def label(encoding: str) -> str:
    """Its name and what is written in it: Shift_JIS (Japanese)."""
    written = NAMES.get(encoding, ("", ""))[1]
    return f"{name(encoding)} ({written})" if written else name(encoding)


def find(typed: str) -> str:
    """The codec that somebody means, by any of its names. Raises LookupError."""
    by_name = {known.casefold(): encoding for encoding, (known, _) in NAMES.items()}
    if typed.casefold() in by_name:
        return by_name[typed.casefold()]
    try:
        encoding = codecs.lookup(typed).name.replace("-", "_")
        b"a".decode(encoding, "replace")  # a LookupError for what makes no text, such as base64
    except (UnicodeError, ValueError) as error:  # no name, or not for files, such as idna
        raise LookupError(typed) from error
    return encoding
