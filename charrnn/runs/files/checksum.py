"""The checksum of a run file: SHA-256 over every byte, with zeros where it stands itself."""

import hashlib

from charrnn.runs.files.header import NO_CHECKSUM, SHA256, Header, header_length
from charrnn.runs.files.validation import BadRunFile


def add_checksum(data: bytes) -> bytes:
    """The file with its checksum in place of the zeros that build_metadata() put there."""
    span = _checksum_span(data, NO_CHECKSUM)
    if span is None:
        raise ValueError("the header has no place for a checksum")
    start, end = span
    return b"".join((data[:start], _checksum(data, span).encode(), memoryview(data)[end:]))


def verify_checksum(data: bytes, header: Header) -> None:
    """Raises BadRunFile if any byte has changed since add_checksum()."""
    stated = header.metadata.get("checksum", "")
    span = _checksum_span(data, stated) if SHA256.fullmatch(stated) else None
    if span is None or _checksum(data, span) != stated:
        raise BadRunFile(
            "This saved run is damaged or incomplete, since its checksum does not match: copy it "
            "again, or choose another file."
        )


def _checksum_span(data: bytes, checksum: str) -> tuple[int, int] | None:
    """Start and end of `checksum` in the header of a file; None if it is not there."""
    before = b'"checksum":"'
    start = data.find(before + checksum.encode() + b'"', 8, 8 + header_length(data))
    return None if start < 0 else (start + len(before), start + len(before) + len(checksum))


def _checksum(data: bytes, span: tuple[int, int]) -> str:
    """SHA-256 of the file with zeros in place of its checksum, in hexadecimal."""
    start, end = span
    digest = hashlib.sha256(data[:start] + NO_CHECKSUM.encode())
    digest.update(memoryview(data)[end:])
    return digest.hexdigest()
