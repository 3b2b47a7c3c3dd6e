"""What is not text is refused with one sentence, and never unpacked."""

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

import numpy as np
import pytest

from charrnn.runs.texts.decoding import NotText, clean_pasted, decode
from tests.support.hostile_texts import ALL_OF_UNICODE, MAX_TEXT_BYTES, assert_one_sentence, params
from tests.support.languages import ENGLISH, FRENCH


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

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)  # one gray pixel
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

# name -> (a file that is refused, words of the sentence that say why)
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "spaces and newlines": (b" \r\n\t \n", "has nothing but white space"),
    "Unicode spaces": ("\u2003\u00a0\u3000\u2028".encode(), "has nothing but white space"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "only a byte order mark of UTF-16": (b"\xfe\xff", "is empty"),
    "only a truncated character": ("€".encode()[:2], "is empty"),
    "one character": (b"a", "only one character"),
    "one emoji": ("😀".encode(), "only one character"),
    "one character after a byte order mark": (b"\xef\xbb\xbfa", "only one character"),
    "one byte more than 25 MB": (b"a" * (MAX_TEXT_BYTES + 1), "at most 25 MB"),
    "all of Unicode": (ALL_OF_UNICODE.encode(), "1,111,904 different characters"),
    "one NUL": (b"\0", "is empty"),
    "only NULs": (b"\0" * 5000, "NUL bytes"),
    "a NUL within": (ENGLISH.encode() + b"\0" + ENGLISH.encode(), "NUL bytes"),
    "padded with NULs": (ENGLISH.encode() + b"\0" * 400, "NUL bytes"),
    "a NUL after a byte order mark": (b"\xef\xbb\xbfone\0two", "no character"),
    "UTF-32 without a byte order mark": (ENGLISH.encode("utf-32-le"), "NUL bytes"),
    "control characters": (bytes(range(1, 32)) * 20, "no character"),
    "all bytes but NUL": (bytes(range(1, 256)) * 40, "not recognized"),
    "random bytes": (random.Random(0).randbytes(5000), "NUL bytes"),
    "EBCDIC": (f"{ENGLISH} {FRENCH}".encode("cp500"), "not recognized"),
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
    "a pickle": (pickle.dumps({"a": [1, 2.0]}), "NUL bytes"),
}


@pytest.mark.parametrize(("data", "reason"), params(REFUSED))
def test_file_that_is_not_text_is_refused_with_one_sentence(data, reason):
    with pytest.raises(NotText) as refused:
        decode(data)
    assert reason in str(refused.value)
    assert_one_sentence(str(refused.value))


@pytest.mark.parametrize(
    ("pasted", "reason"),
    params(
        {
            "empty": ("", "is empty"),
            "spaces": (" \t\r\n\u3000", "has nothing but white space"),
            "a byte order mark": ("\ufeff", "is empty"),
            "one character": ("a", "only one character"),
            "a pair of surrogates": ("\ud83d\ude00", "only one character"),
            "one byte more than 25 MB": ("a" * (MAX_TEXT_BYTES + 1), "at most 25 MB"),
            "more than 25 MB as UTF-8": ("é" * (MAX_TEXT_BYTES // 2 + 1), "at most 25 MB"),
            "all of Unicode": (ALL_OF_UNICODE, "1,111,904 different characters"),
        }
    ),
)
def test_paste_that_cannot_train_is_refused_with_one_sentence(pasted, reason):
    with pytest.raises(NotText) as refused:
        clean_pasted(pasted)
    assert reason in str(refused.value)
    assert_one_sentence(str(refused.value))


@pytest.mark.parametrize("bomb", [ZIP_BOMB, GZIP_BOMB])
def test_compression_bomb_is_not_unpacked(bomb):
    tracemalloc.start()
    with pytest.raises(NotText):
        decode(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
