"""What a file is, by how it begins, where that is known not to be text."""

import re

# How files begin that are not text. Those spelt in ASCII count only with stranger bytes nearby,
# since a text may begin with the letters BM.
SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "an image, sound or video file"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (such as .doc or .xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\0asm", "a WebAssembly program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet table"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"fLaC", "a FLAC recording"),
    (b"wOF", "a font"),
)
# A zip archive by its first bytes; many kinds of document are one, and name their parts in it.
ZIP = b"PK\x03\x04"
ZIPPED = (
    (b"word/document", "a Word document (.docx)"),
    (b"xl/workbook", "an Excel table (.xlsx)"),
    (b"ppt/presentation", "a PowerPoint presentation (.pptx)"),
    (b"application/epub+zip", "an EPUB book"),
    (b"opendocument", "an OpenDocument file"),
)
LISTED_BYTES = 64 * 1024  # of an archive, at both ends: enough to find the names of its parts in

# Characters that text does not have.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


def kind_of(data: bytes) -> str | None:
    """What a file is, by how it begins, if that is known not to be text."""
    head = data[:4096]
    if head.startswith(ZIP):
        listed = data[:LISTED_BYTES] + data[-LISTED_BYTES:]  # the directory stands at the end
        return next((kind for name, kind in ZIPPED if name in listed), "a ZIP archive")
    if head[4:8] == b"ftyp":
        return "a video, sound or image file"
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            decisive = signature.startswith((b"%PDF", b"{\\rtf")) or not signature.isascii()
            if decisive or CONTROL.search(head.decode("latin-1").replace("\x85", "")):
                return kind
    return "a tar archive" if data[257:262] == b"ustar" else None
