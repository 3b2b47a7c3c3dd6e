"""Whatever is brought either trains or is refused with one sentence, and nothing else happens."""

import bz2
import gzip
import io
import lzma
import math
import pickle
import random
import sqlite3
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_decoding import (
    ARABIC,
    DANISH,
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

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig
from charrnn.runs.decoding import (
    MAX_DIFFERENT,
    MIN_CHARACTERS,
    NotText,
    clean_pasted,
    decode,
)
from charrnn.runs.limits import Limits
from charrnn.runs.naming import MAX_NAME_LENGTH, clean_name, short_name

MAX_TEXT_BYTES = Limits().text_bytes
ENGLISH = "It was the best of times, it was the worst of times.\n"
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
ALL_OF_UNICODE = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xE000, 0x110000)]))
SURROGATES = "surrogatepass"  # how Java and JavaScript let halves of a pair through


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return memory.getvalue()


def _tar() -> bytes:
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w") as file:
        member = tarfile.TarInfo("poem.txt")
        member.size = len(ENGLISH)
        file.addfile(member, io.BytesIO(ENGLISH.encode()))
    return memory.getvalue()


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)  # one grey pixel
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)


def _pdf() -> bytes:
    words = zlib.compress(b"BT /F1 12 Tf (Hello) Tj ET")
    return b"\n".join(
        [
            b"%PDF-1.4\n%\xe2\xe3\xcf\xd3",
            b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
            b"4 0 obj<</Filter/FlateDecode/Length %d>>stream" % len(words),
            words,
            b"endstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        ]
    )


def _elf() -> bytes:
    identity = b"\x7fELF\x02\x01\x01" + bytes(9)
    return identity + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0
    )


def _wav() -> bytes:
    waves = struct.pack("<400h", *(int(9000 * math.sin(i / 9)) for i in range(400)))
    kind = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + kind + b"data" + struct.pack("<I", len(waves)) + waves
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _sqlite() -> bytes:
    database = sqlite3.connect(":memory:")
    database.execute("create table poems (words text)")
    data = database.serialize()
    database.close()
    return data


def _numpy() -> bytes:
    memory = io.BytesIO()
    np.save(memory, np.arange(30))
    return memory.getvalue()


DOCX = _zip(
    {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": b"<Relationships/>",
        "word/document.xml": b"<w:document><w:t>Hello</w:t></w:document>",
    }
)
EPUB = _zip({"mimetype": b"application/epub+zip"}, zipfile.ZIP_STORED)
ZIP_BOMB = _zip({"zeros": bytes(10_000_000)})
GZIP_BOMB = gzip.compress(bytes(10_000_000))

# What trains: name -> (the file, its text).
TEXTS: dict[str, tuple[bytes, str]] = {
    # Sizes and shapes
    "two characters": (b"ab", "ab"),
    "one character repeated": (b"a" * 10_000, "a" * 10_000),
    "one character and a newline": (b"a\n", "a\n"),
    "one long line": (b"word " * 50_000, "word " * 50_000),
    "nothing but newlines and one letter": (b"\r\n" * 100 + b"x", "\n" * 100 + "x"),
    "every kind of newline": (b"\r\r\n\n\rab", "\n\n\n\nab"),
    "every printable character": (bytes(range(32, 127)), bytes(range(32, 127)).decode()),
    # Unicode
    "every plane": (PLANES.encode(), PLANES),
    "every plane in UTF-16": (PLANES.encode("utf-16"), PLANES),
    "every plane in UTF-32": (PLANES.encode("utf-32"), PLANES),
    "noncharacters": ("\ufffe\uffff\U0001fffe ab".encode(), "\ufffe\uffff\U0001fffe ab"),
    "private use": ("\ue000\uf8ff\U000f0000".encode(), "\ue000\uf8ff\U000f0000"),
    "emoji of several": ("👩‍👩‍👧 🏳️‍🌈 🇩🇰".encode(), "👩‍👩‍👧 🏳️‍🌈 🇩🇰"),
    "stacked accents": ("Z̸̢̧͚a̷l̶g̵o̸ ".encode() * 20, "Z̸̢̧͚a̷l̶g̵o̸ " * 20),
    "nothing visible": ("\u200b\u2060\u200d\u00ad".encode(), "\u200b\u2060\u200d\u00ad"),
    "replacement characters": ("\ufffd a \ufffd".encode(), "\ufffd a \ufffd"),
    "two byte order marks": (b"\xef\xbb\xbf" * 2 + b"ab", "ab"),
    "a byte order mark within": ("ab\ufeffcd".encode(), "ab\ufeffcd"),
    "a pair of surrogates in UTF-8": ("so \ud83d\ude00!".encode("utf-8", SURROGATES), "so 😀!"),
    "a lone surrogate in UTF-8": ("so \ud83d ab".encode("utf-8", SURROGATES), "so \ufffd ab"),
    "a lone surrogate in UTF-16": (
        b"\xff\xfe" + "so \ud83d ab".encode("utf-16-le", SURROGATES),
        "so \ufffd ab",
    ),
    "a lone surrogate in UTF-16 without a mark": (
        "so \ude00 ab".encode("utf-16-be", SURROGATES),
        "so \ufffd ab",
    ),
    # Cut off and broken
    "an emoji cut off after ASCII": (ENGLISH.encode() + "😀".encode()[:3], ENGLISH),
    "a euro sign cut off after ASCII": (ENGLISH.encode() + "€".encode()[:2], ENGLISH),
    "UTF-8 cut off": (RUSSIAN[:9].encode()[:-1], RUSSIAN[:8]),
    "UTF-8 that begins within a character": (JAPANESE.encode()[1:], JAPANESE[1:]),
    "a short one that begins within a character": ("€uro, €uro".encode()[1:], "uro, €uro"),
    "UTF-16 cut off": (ENGLISH.encode("utf-16")[:-1], ENGLISH[:-1]),
    "UTF-16 cut off, without a mark": (ENGLISH.encode("utf-16-le")[:-1], ENGLISH[:-1]),
    "UTF-32 cut off": (ENGLISH.encode("utf-32")[:-3], ENGLISH[:-1]),
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
    "Japanese, e-mail cut off": (JAPANESE.encode("iso2022_jp")[:-4], JAPANESE[:-1]),
    "Japanese, Unix": (JAPANESE.encode("euc_jp"), JAPANESE),
    "Chinese, the mainland's": (SIMPLIFIED.encode("gb18030"), SIMPLIFIED),
    "Chinese, the older one": (SIMPLIFIED.encode("gb2312"), SIMPLIFIED),
    "Chinese, Taiwan's": (TRADITIONAL.encode("big5"), TRADITIONAL),
    "Thai": (THAI.encode("cp874"), THAI),
    "Korean, Unix": (KOREAN.encode("euc_kr"), KOREAN),
    "Korean, Windows": (KOREAN.encode("cp949"), KOREAN),
}
# Text that another program would obey. Here it is learned as it stands.
ORDERS = {
    "HTML": "<!doctype html><h1 onclick=alert(1)>Hi</h1>\n",
    "script": "<script>document.title = 'owned'</script><img src=x onerror=alert(1)>",
    "SVG": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><a href="x"/></svg>',
    "entities": "&lt;b&gt; &amp;amp; &#x202e; &nbsp;",
    "Markdown": "# H\n\n**b** _i_ `c` [x](javascript:alert(1)) ![i](http://x/y.png)\n> q\n",
    "LaTeX": "\\input{/etc/passwd} $x^2$ and $$\\frac{1}{0}$$",
    "Streamlit's directives": ":red[x] :blue-background[y] :material/delete: :streamlit: :small[z]",
    "terminal escapes": f"\x1b[31mred\x1b[0m \x1b]0;title\x07 {ENGLISH * 4}",
    "a bell": f"ding \x07 dong, {ENGLISH}",
    "right to left": f"{HEBREW} {ARABIC}",
    "right-to-left overrides": "abc \u202egnp.exe\u202c \u2067x\u2069 \u200f \u061c",
    "a shell script": '#!/bin/sh\nrm -rf "$HOME" `reboot` $(halt) | tee ../../etc\n',
    "SQL": "'; DROP TABLE corpora; --",
    "templates": "{{7*7}} ${jndi:ldap://x} <%= 7*7 %> %s %n {0.__class__}",
    "a formula": '=HYPERLINK("http://x","y")\n@SUM(1+1)*cmd|calc\n',
    "JSON": '{"__proto__": {"a": [1, 2, null]}, "b": "\\ud800"}',
    "a table": "a,b;c\t1\n2,3;4\t5\n",
    "XML that grows": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB",
    "a text that begins like a bitmap": "BMW and MZ are motorcycles.",
}
TEXTS |= {name: (text.encode(), text) for name, text in ORDERS.items()}

# What does not: name -> (the file, words of the sentence that say why).
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "spaces and newlines": (b" \r\n\t \n", "is empty"),
    "spaces of Unicode": ("\u2003\u00a0\u3000\u2028".encode(), "is empty"),
    "nothing but a mark": (b"\xef\xbb\xbf", "is empty"),
    "nothing but a mark of UTF-16": (b"\xfe\xff", "is empty"),
    "nothing but a cut off character": ("€".encode()[:2], "is empty"),
    "one character": (b"a", "only one character"),
    "one emoji": ("😀".encode(), "only one character"),
    "one character after a mark": (b"\xef\xbb\xbfa", "only one character"),
    "one byte more than 25 MB": (b"a" * (MAX_TEXT_BYTES + 1), "at most 25 MB"),
    "all of Unicode": (ALL_OF_UNICODE.encode(), "1,111,904 different characters"),
    "one NUL": (b"\0", "is empty"),
    "nothing but NULs": (b"\0" * 5000, "zero bytes"),
    "a NUL within": (ENGLISH.encode() + b"\0" + ENGLISH.encode(), "zero bytes"),
    "padded with NULs": (ENGLISH.encode() + b"\0" * 400, "zero bytes"),
    "a NUL after a mark": (b"\xef\xbb\xbfone\0two", "no character"),
    "UTF-32 without a mark": (ENGLISH.encode("utf-32-le"), "zero bytes"),
    "control characters": (bytes(range(1, 32)) * 20, "no character"),
    "all bytes but NUL": (bytes(range(1, 256)) * 40, "not recognised"),
    "random bytes": (random.Random(0).randbytes(5000), "zero bytes"),
    "a mainframe's text": (f"{ENGLISH} {FRENCH}".encode("cp500"), "not recognised"),
    "PNG": (_png(), "a PNG image"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01", "a JPEG image"),
    "GIF": (b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff;", "a GIF image"),
    "PDF": (_pdf(), "a PDF document"),
    "RTF": (b"{\\rtf1\\ansi Hello, world.}", "an RTF document"),
    "docx": (DOCX, "a Word document"),
    "xlsx": (_zip({"xl/workbook.xml": b"<workbook/>"}), "an Excel table"),
    "EPUB": (EPUB, "an EPUB book"),
    "zip": (_zip({"poem.txt": ENGLISH.encode()}), "a ZIP archive"),
    "an empty zip": (_zip({}), "an empty ZIP archive"),
    "a zip bomb": (ZIP_BOMB, "a ZIP archive"),
    "gzipped text": (gzip.compress(ENGLISH.encode()), "a gzip archive"),
    "a gzip bomb": (GZIP_BOMB, "a gzip archive"),
    "bzip2": (bz2.compress(ENGLISH.encode()), "a bzip2 archive"),
    "xz": (lzma.compress(ENGLISH.encode()), "an xz archive"),
    "tar": (_tar(), "a tar archive"),
    "a Linux program": (_elf(), "a Linux program"),
    "a Windows program": (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "a Windows program"),
    "a Java class": (b"\xca\xfe\xba\xbe\0\0\0\x34\0\x1d\x0a", "a program"),
    "WebAssembly": (b"\0asm\x01\0\0\0", "a WebAssembly program"),
    "sound": (_wav(), "an image, sound or video file"),
    "a database": (_sqlite(), "an SQLite database"),
    "an array": (_numpy(), "a NumPy array"),
    "a pickle": (pickle.dumps({"a": [1, 2.0]}), "zero bytes"),
}


def table(rows: dict) -> list:
    return [pytest.param(*row, id=name) for name, row in rows.items()]


def sample_after_training(text: str) -> str:
    """What a small network writes after a few steps on `text`."""
    config = replace(RunConfig().fitted(len(text)), hidden_size=4)
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    trainer = Trainer(ids, len(vocabulary), **config.trainer_settings())
    for _ in range(3):
        record = trainer.step()
        assert math.isfinite(record.loss)
        assert math.isfinite(record.smooth_loss)
    return vocabulary.decode(trainer.sample(40))


def assert_trains(text: str) -> None:
    sample = sample_after_training(text)
    assert len(sample) == 40
    assert set(sample) <= set(text)
    sample.encode()


def assert_one_sentence(sentence: str) -> None:
    """What is wrong and what to do, in plain words with nothing of the input in them."""
    assert sentence.startswith("This ")
    assert ": " in sentence
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert len(sentence) <= 200
    assert sentence.isascii()
    assert sentence.isprintable()


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


@pytest.mark.parametrize(("data", "text"), table(TEXTS))
def test_a_text_is_read_as_it_is_and_trains(data, text):
    assert decode(data) == text
    assert_trains(text)


@pytest.mark.parametrize(("data", "reason"), table(REFUSED))
def test_anything_else_gets_one_sentence(data, reason):
    with pytest.raises(NotText) as refused:
        decode(data)
    assert reason in str(refused.value)
    assert_one_sentence(str(refused.value))


@pytest.mark.parametrize(("_", "text"), table(TEXTS))
def test_a_text_pasted_is_the_text_uploaded(_, text):
    assert clean_pasted(text) == text


@pytest.mark.parametrize(
    ("pasted", "text"),
    table(
        {
            "NULs": ("a\0b\0", "a\ufffdb\ufffd"),
            "nothing but NULs": ("\0" * 9, "\ufffd" * 9),
            "lone surrogates": ("a\ud83d b\ude00", "a\ufffd b\ufffd"),
            "surrogates the wrong way round": ("\ude00\ud83d", "\ufffd\ufffd"),
            "a pair of surrogates": ("a\ud83d\ude00", "a😀"),
            "a mark": ("\ufeffab", "ab"),
            "newlines of Windows": ("a\r\nb\rc", "a\nb\nc"),
            "control characters": ("\x01\x02\x1b\x7f\x9b", "\x01\x02\x1b\x7f\x9b"),
        }
    ),
)
def test_what_is_pasted_is_cleaned_and_trains(pasted, text):
    assert clean_pasted(pasted) == text
    assert_trains(text)


@pytest.mark.parametrize(
    ("pasted", "reason"),
    table(
        {
            "empty": ("", "is empty"),
            "spaces": (" \t\r\n\u3000", "is empty"),
            "a mark": ("\ufeff", "is empty"),
            "one character": ("a", "only one character"),
            "a pair of surrogates": ("\ud83d\ude00", "only one character"),
            "one byte more than 25 MB": ("a" * (MAX_TEXT_BYTES + 1), "at most 25 MB"),
            "more than 25 MB as UTF-8": ("é" * (MAX_TEXT_BYTES // 2 + 1), "at most 25 MB"),
            "all of Unicode": (ALL_OF_UNICODE, "1,111,904 different characters"),
        }
    ),
)
def test_a_paste_that_cannot_train_gets_one_sentence(pasted, reason):
    with pytest.raises(NotText) as refused:
        clean_pasted(pasted)
    assert reason in str(refused.value)
    assert_one_sentence(str(refused.value))


def test_a_text_may_have_as_many_different_characters_as_the_limit_says():
    text = ALL_OF_UNICODE[:MAX_DIFFERENT]
    assert decode(text.encode()) == text
    with pytest.raises(NotText, match="at most 20,000"):
        decode((text + ALL_OF_UNICODE[MAX_DIFFERENT]).encode())


@pytest.mark.parametrize(
    ("unit", "encoding"),
    [("x", "utf-8"), ("L'été à Noël ", "utf-8"), (FRENCH, "cp1252"), ("été ", "utf-16")],
)
def test_25_megabytes_in_one_line_take_a_few_times_their_size(unit, encoding):
    data = (unit * (MAX_TEXT_BYTES // len(unit.encode(encoding)))).encode(encoding)
    tracemalloc.start()
    text = decode(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "\n" not in text
    assert text.startswith(unit * 2)
    assert text.endswith(unit)
    assert peak < 6 * MAX_TEXT_BYTES


def test_25_megabytes_in_one_line_train():
    assert_trains(decode(b"to be or " * (MAX_TEXT_BYTES // 9)))


@pytest.mark.parametrize("bomb", [ZIP_BOMB, GZIP_BOMB])
def test_a_bomb_is_not_unpacked(bomb):
    tracemalloc.start()
    with pytest.raises(NotText):
        decode(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


# --- Fuzzing ------------------------------------------------------------------------------------

MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff")
HEADS = (b"\x89PNG", b"PK\3\4", b"%PDF-", b"MZ", b"BM", b"\x1f\x8b", b"GIF8", b"RIFF", b"\x1b$B")
ENCODINGS = (
    *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-7"),
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp850", "cp866"),
    *("koi8_r", "mac_roman", "iso2022_jp", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
    *("cp500", "hz", "johab"),
)
LANGUAGES = (ENGLISH, FRENCH, POLISH, RUSSIAN, GREEK, HEBREW, ARABIC, JAPANESE, SIMPLIFIED, KOREAN)

# A list, since st.text() never draws the halves of surrogate pairs from such a choice.
any_string = st.lists(st.characters() | st.characters(categories=["Cs"]), max_size=60).map("".join)
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
    """Text in some encoding, to which some of what happens to files has happened."""
    data = bytearray(draw(encoded))
    for damage in draw(st.lists(st.sampled_from(DAMAGES), max_size=4)):
        place = draw(st.integers(0, len(data)))
        data = damage(draw, data, place)
    return bytes(data)


def _flip(draw, data: bytearray, place: int) -> bytearray:
    if place < len(data):
        data[place] ^= 1 << draw(st.integers(0, 7))
    return data


DAMAGES = (
    _flip,
    lambda draw, data, place: data[:place],
    lambda draw, data, place: data[place:],
    lambda draw, data, place: data[:place] + bytes(draw(st.integers(1, 9))) + data[place:],
    lambda draw, data, place: data[:place] + draw(encoded) + data[place:],
    lambda draw, data, place: data[:place] + draw(st.binary(max_size=9)) + data[place:],
    lambda draw, data, place: bytearray(draw(st.sampled_from(MARKS + HEADS))) + data,
    lambda draw, data, place: bytearray(b"\0".join(bytes([byte]) for byte in data)),
    lambda draw, data, place: data * 3,
)


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_arbitrary_bytes_are_text_or_refused(data):
    assert_text_or_refused(decode, data)


@settings(deadline=None)
@given(st.lists(st.integers(1, 255), max_size=300).map(bytes))
def test_arbitrary_bytes_without_nul_are_text_or_refused(data):
    assert_text_or_refused(decode, data)


@settings(deadline=None, max_examples=300)
@given(damaged())
@example(b"\xff\xfe\0\0")
@example(b"\x1b$B")
def test_damaged_text_is_text_or_refused(data):
    assert_text_or_refused(decode, data)


@given(any_string)
def test_any_string_pasted_is_text_or_refused(text):
    assert_text_or_refused(clean_pasted, text)


@settings(deadline=None, max_examples=40)
@given(damaged())
def test_damaged_text_that_is_read_trains(data):
    try:
        text = decode(data)
    except NotText:
        return
    assert_trains(text)


# --- Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    table(
        {
            "ordinary": ("My poem (2).txt", "My poem (2).txt"),
            "a path": ("/home/me/poem.txt", "poem.txt"),
            "a path of Windows": ("C:\\Users\\me\\poem.txt", "poem.txt"),
            "a way up": ("../../etc/passwd", "passwd"),
            "a folder": ("poems/", "poems"),
            "newlines": ("one\ntwo\r\n\tthree\u2028four", "one two three four"),
            "spaces": ("  a   b  ", "a b"),
            "controls": ("a\0b\x1b[31mc\x7f\x9b\a", "ab[31mc"),
            "right-to-left override": ("my\u202egnp.exe\u2066\u200f", "mygnp.exe"),
            "invisible": ("a\u200b\ufeff\u00adb", "ab"),
            "lone surrogate": ("a\ud83db", "ab"),
            "emoji": ("👩‍👩‍👧 🎉.txt", "👩‍👩‍👧 🎉.txt"),
            "Arabic": ("قصيدة.txt", "قصيدة.txt"),
            "markup": ("<b>*x*</b> :red[y] $z$", "b> :red[y] $z$"),
            "long": ("x" * 300, "x" * 59 + "…"),
            "long, cut at a space": ("x" * 58 + "  " + "y" * 300, "x" * 58 + "…"),
            "empty": ("", "Untitled"),
            "nothing but slashes": ("//\\", "Untitled"),
            "nothing visible": ("\u200b\u200d\n\0\u202e", "Untitled"),
        }
    ),
)
def test_a_file_name_becomes_one_short_visible_line(given, name):
    assert clean_name(given) == name


def test_first_words_are_no_path():
    assert short_name("Pasted: and/or \\begin") == "Pasted: and/or \\begin"


@given(any_string | st.text(min_size=50))
def test_any_name_becomes_one_short_visible_line(given):
    name = clean_name(given)
    assert 1 <= len(name) <= MAX_NAME_LENGTH
    assert name.encode()
    assert name == clean_name(name)
    assert len(name.splitlines()) == 1
    assert not {"/", "\\", "\0", "\x1b", "\u202e", "\u2066", "\u200f"} & set(name)
