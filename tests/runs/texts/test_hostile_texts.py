"""Every text is read unchanged and trains; markup and commands in it have no effect."""

import tracemalloc

import pytest

from charrnn.runs.texts.decoding import MAX_DIFFERENT, NotText, clean_pasted, decode
from tests.support.hostile_texts import (
    ALL_OF_UNICODE,
    MAX_TEXT_BYTES,
    SURROGATES,
    assert_trains,
    params,
)
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
    SIMPLIFIED,
    TRADITIONAL,
    TURKISH,
)

LITHUANIAN = (
    "Vakar vakare nuėjau prie upės pažiūrėti, kaip leidžiasi saulė. Senas žvejys jau sėdėjo ant "
    "kranto ir tyliai švilpavo, kaip visada rudenį. Mes ilgai tylėjome."
)
LATVIAN = (
    "Vakar vakarā es gāju uz upi, lai redzētu, kā saule riet. Vecais zvejnieks jau sēdēja krastā "
    "un klusi svilpoja, kā vienmēr rudenī. Viņš man stāstīja par ķēniņu, ģimeni un ļaunu čūsku."
)
ESTONIAN = (
    "Eile õhtul läksin jõe äärde vaatama, kuidas päike loojub. Vana kalur istus juba kaldal ja "
    "vilistas tasa, nagu alati sügisel."
)
THAI = "เมื่อวานตอนเย็นฉันไปที่แม่น้ำเพื่อดูพระอาทิตย์ตก ชาวประมงเฒ่านั่งอยู่ริมฝั่งแล้ว และผิวปากเบาๆ เหมือนทุกฤดูใบไม้ร่วง"
PLANES = "".join(chr(plane << 16 | 0x100 | i) for plane in range(17) for i in range(4))

# name -> (a file that trains, its text)
TEXTS: dict[str, tuple[bytes, str]] = {
    # Sizes and shapes
    "two characters": (b"ab", "ab"),
    "one character repeated": (b"a" * 10_000, "a" * 10_000),
    "one character and a newline": (b"a\n", "a\n"),
    "one long line": (b"word " * 50_000, "word " * 50_000),
    "newlines and one letter": (b"\r\n" * 100 + b"x", "\n" * 100 + "x"),
    "every kind of newline": (b"\r\r\n\n\rab", "\n\n\n\nab"),
    "every printable character": (bytes(range(32, 127)), bytes(range(32, 127)).decode()),
    # Unicode
    "every plane": (PLANES.encode(), PLANES),
    "every plane in UTF-16": (PLANES.encode("utf-16"), PLANES),
    "every plane in UTF-32": (PLANES.encode("utf-32"), PLANES),
    "noncharacters": ("\ufffe\uffff\U0001fffe ab".encode(), "\ufffe\uffff\U0001fffe ab"),
    "private use": ("\ue000\uf8ff\U000f0000".encode(), "\ue000\uf8ff\U000f0000"),
    "emoji made of several characters": ("👩‍👩‍👧 🏳️‍🌈 🇩🇰".encode(), "👩‍👩‍👧 🏳️‍🌈 🇩🇰"),
    "stacked accents": ("Z̸̢̧͚a̷l̶g̵o̸ ".encode() * 20, "Z̸̢̧͚a̷l̶g̵o̸ " * 20),
    "only invisible characters": ("\u200b\u2060\u200d\u00ad".encode(), "\u200b\u2060\u200d\u00ad"),
    "replacement characters": ("\ufffd a \ufffd".encode(), "\ufffd a \ufffd"),
    "two byte order marks": (b"\xef\xbb\xbf" * 2 + b"ab", "ab"),
    "a byte order mark inside": ("ab\ufeffcd".encode(), "ab\ufeffcd"),
    "a pair of surrogates in UTF-8": ("so \ud83d\ude00!".encode("utf-8", SURROGATES), "so 😀!"),
    "a lone surrogate in UTF-8": ("so \ud83d ab".encode("utf-8", SURROGATES), "so \ufffd ab"),
    "a lone surrogate in UTF-16": (
        b"\xff\xfe" + "so \ud83d ab".encode("utf-16-le", SURROGATES),
        "so \ufffd ab",
    ),
    "a lone surrogate in UTF-16 without a byte order mark": (
        "so \ude00 ab".encode("utf-16-be", SURROGATES),
        "so \ufffd ab",
    ),
    # Truncated and broken
    "a truncated emoji after ASCII": (ENGLISH.encode() + "😀".encode()[:3], ENGLISH),
    "a truncated euro sign after ASCII": (ENGLISH.encode() + "€".encode()[:2], ENGLISH),
    "truncated UTF-8": (RUSSIAN[:9].encode()[:-1], RUSSIAN[:8]),
    "UTF-8 that begins inside a character": (JAPANESE.encode()[1:], JAPANESE[1:]),
    "a short one that begins inside a character": ("€uro, €uro".encode()[1:], "uro, €uro"),
    "truncated UTF-16": (ENGLISH.encode("utf-16")[:-1], ENGLISH[:-1]),
    "truncated UTF-16 without a byte order mark": (ENGLISH.encode("utf-16-le")[:-1], ENGLISH[:-1]),
    "truncated UTF-32": (ENGLISH.encode("utf-32")[:-3], ENGLISH[:-1]),
    "a broken byte in UTF-8": (
        RUSSIAN.encode() + b"\xff" + RUSSIAN.encode(),
        f"{RUSSIAN}\ufffd{RUSSIAN}",
    ),
    # From before Unicode
    "French, Windows": (FRENCH.encode("cp1252"), FRENCH),
    "French, Latin 9": (f"{FRENCH} 3 €".encode("iso8859_15"), f"{FRENCH} 3 €"),
    "French, DOS": (FRENCH.encode("cp850"), FRENCH),
    "French, American DOS": (FRENCH.encode("cp437"), FRENCH),
    "German, old Mac": (GERMAN.encode("mac_roman"), GERMAN),
    "Portuguese, Latin 1": (PORTUGUESE.encode("latin-1"), PORTUGUESE),
    "Danish, Latin 1": (DANISH.encode("latin-1"), DANISH),
    "Polish, Windows": (POLISH.encode("cp1250"), POLISH),
    "Polish, DOS": (POLISH.encode("cp852"), POLISH),
    "Polish, old Mac": (POLISH.encode("mac_latin2"), POLISH),
    "Hungarian, Latin 2": (HUNGARIAN.encode("iso8859_2"), HUNGARIAN),
    "Russian, Windows": (RUSSIAN.encode("cp1251"), RUSSIAN),
    "Russian, Unix": (RUSSIAN.encode("koi8_r"), RUSSIAN),
    "Russian, DOS": (RUSSIAN.encode("cp866"), RUSSIAN),
    "Russian, old Mac": (RUSSIAN.encode("mac_cyrillic"), RUSSIAN),
    "Russian, ISO": (RUSSIAN.encode("iso8859_5"), RUSSIAN),
    "Greek, Windows": (GREEK.encode("cp1253"), GREEK),
    "Greek, ISO": (GREEK.encode("iso8859_7"), GREEK),
    "Turkish, Windows": (TURKISH.encode("cp1254"), TURKISH),
    "Turkish, DOS": (TURKISH.encode("cp857"), TURKISH),
    "Lithuanian, Windows": (LITHUANIAN.encode("cp1257"), LITHUANIAN),
    "Latvian, Windows": (LATVIAN.encode("cp1257"), LATVIAN),
    "Estonian, Windows": (ESTONIAN.encode("cp1257"), ESTONIAN),
    "Hebrew, Windows": (HEBREW.encode("cp1255"), HEBREW),
    "Hebrew, ISO": (HEBREW.encode("iso8859_8"), HEBREW),
    "Arabic, Windows": (ARABIC.encode("cp1256"), ARABIC),
    "Arabic, ISO": (ARABIC.encode("iso8859_6"), ARABIC),
    "Japanese, Windows": (JAPANESE.encode("cp932"), JAPANESE),
    "Japanese, e-mail": (JAPANESE.encode("iso2022_jp"), JAPANESE),
    "Japanese, truncated e-mail": (JAPANESE.encode("iso2022_jp")[:-4], JAPANESE[:-1]),
    "Japanese, Unix": (JAPANESE.encode("euc_jp"), JAPANESE),
    "Chinese, mainland": (SIMPLIFIED.encode("gb18030"), SIMPLIFIED),
    "Chinese, mainland, older": (SIMPLIFIED.encode("gb2312"), SIMPLIFIED),
    "Chinese, Taiwan": (TRADITIONAL.encode("big5"), TRADITIONAL),
    "Thai": (THAI.encode("cp874"), THAI),
    "Korean, Unix": (KOREAN.encode("euc_kr"), KOREAN),
    "Korean, Windows": (KOREAN.encode("cp949"), KOREAN),
}
# Text that another program would execute or render. Here it is learned unchanged.
COMMANDS = {
    "HTML": "<!doctype html><h1 onclick=alert(1)>Hi</h1>\n",
    "script": "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>",
    "SVG": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><a href="x"/></svg>',
    "entities": "&lt;b&gt; &amp;amp; &#x202e; &nbsp;",
    "Markdown": "# H\n\n**b** _i_ `c` [x](javascript:alert(1)) ![i](http://x/y.png)\n> q\n",
    "LaTeX": "\\input{/etc/passwd} $x^2$ and $$\\frac{1}{0}$$",
    "Streamlit directives": ":red[x] :blue-background[y] :material/delete: :streamlit: :small[z]",
    "terminal escapes": f"\x1b[31mred\x1b[0m \x1b]0;title\x07 {ENGLISH * 4}",
    "a bell": f"ding \x07 dong, {ENGLISH}",
    "right to left": f"{HEBREW} {ARABIC}",
    "right-to-left overrides": "abc \u202egnp.exe\u202c \u2067x\u2069 \u200f \u061c",
    "a shell script": '#!/bin/sh\nrm -rf "$HOME" `reboot` $(halt) | tee ../../etc\n',
    "SQL": "'; DROP TABLE corpora; --",
    "templates": "{{7*7}} ${jndi:ldap://x} <%= 7*7 %> %s %n {0.__class__}",
    "spreadsheet formulas": '=HYPERLINK("http://x","y")\n@SUM(1+1)*cmd|calc\n',
    "JSON": '{"__proto__": {"a": [1, 2, null]}, "b": "\\ud800"}',
    "a table": "a,b;c\t1\n2,3;4\t5\n",
    "XML entities that expand": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB",
    "a text that begins like a bitmap": "BMW and MZ are motorcycles.",
}
TEXTS |= {name: (text.encode(), text) for name, text in COMMANDS.items()}


@pytest.mark.parametrize(("data", "text"), params(TEXTS))
def test_text_is_read_unchanged_and_trains(data, text):
    assert decode(data).text == text
    assert_trains(text)


@pytest.mark.parametrize(("_", "text"), params(TEXTS))
def test_pasted_text_equals_uploaded_text(_, text):
    assert clean_pasted(text) == text


@pytest.mark.parametrize(
    ("pasted", "text"),
    params(
        {
            "NULs": ("a\0b\0", "a\ufffdb\ufffd"),
            "only NULs": ("\0" * 9, "\ufffd" * 9),
            "lone surrogates": ("a\ud83d b\ude00", "a\ufffd b\ufffd"),
            "surrogates in the wrong order": ("\ude00\ud83d", "\ufffd\ufffd"),
            "a pair of surrogates": ("a\ud83d\ude00", "a😀"),
            "a byte order mark": ("\ufeffab", "ab"),
            "Windows newlines": ("a\r\nb\rc", "a\nb\nc"),
            "control characters": ("\x01\x02\x1b\x7f\x9b", "\x01\x02\x1b\x7f\x9b"),
        }
    ),
)
def test_pasted_text_is_cleaned_and_trains(pasted, text):
    assert clean_pasted(pasted) == text
    assert_trains(text)


def test_number_of_different_characters_is_limited():
    text = ALL_OF_UNICODE[:MAX_DIFFERENT]
    assert decode(text.encode()).text == text
    with pytest.raises(NotText, match="at most 20,000"):
        decode((text + ALL_OF_UNICODE[MAX_DIFFERENT]).encode())


@pytest.mark.parametrize(
    ("unit", "encoding"),
    [("x", "utf-8"), ("L'été à Noël ", "utf-8"), (FRENCH, "cp1252"), ("été ", "utf-16")],
)
def test_25_megabytes_in_one_line_are_decoded_in_little_memory(unit, encoding):
    data = (unit * (MAX_TEXT_BYTES // len(unit.encode(encoding)))).encode(encoding)
    tracemalloc.start()
    text = decode(data).text
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "\n" not in text
    assert text.startswith(unit * 2)
    assert text.endswith(unit)
    assert peak < 6 * MAX_TEXT_BYTES


def test_25_megabytes_in_one_line_train():
    assert_trains(decode(b"to be or " * (MAX_TEXT_BYTES // 9)).text)
