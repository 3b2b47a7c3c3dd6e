"""Files that are not text, recognized by their first bytes.

Packages that do this have no guard for text: they take one that begins with "BMW" for a bitmap.
"""

from charrnn.runs.texts.plausibility import CONTROL

# How files begin that are not text. A signature in ASCII counts only if control characters
# follow, since a text may begin with the letters BM.
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
# ASCII signatures that count by themselves: these formats may consist of ASCII only.
TEXT_LIKE = (b"%PDF-", b"{\\rtf")

# Many kinds of document are ZIP archives, told apart by the names of the files in them.
ZIP = b"PK\x03\x04"
ZIPPED = (
    (b"word/document", "a Word document (.docx)"),
    (b"xl/workbook", "an Excel table (.xlsx)"),
    (b"ppt/presentation", "a PowerPoint presentation (.pptx)"),
    (b"application/epub+zip", "an EPUB book"),
    (b"opendocument", "an OpenDocument file"),
)
ZIP_SEARCH_BYTES = 64 * 1024  # at either end of an archive: enough to find the names of its files
HEAD_BYTES = 4096


def detect_file_type(data: bytes) -> str | None:
    """What a file is, with its article, such as "a PNG image"; None if it may be text."""
    head = data[:HEAD_BYTES]
    if head.startswith(ZIP):
        # The directory of an archive is at its end.
        searched = data[:ZIP_SEARCH_BYTES] + data[-ZIP_SEARCH_BYTES:]
        return next((kind for name, kind in ZIPPED if name in searched), "a ZIP archive")
    if head[4:8] == b"ftyp":
        return "a video, sound or image file"
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            certain = signature in TEXT_LIKE or not signature.isascii()
            # 0x85 is an ellipsis in the Windows code pages.
            if certain or CONTROL.search(head.decode("latin-1").replace("\x85", "")):
                return kind
    return "a tar archive" if data[257:262] == b"ustar" else None
