"""The encodings from before Unicode: recognized by a detector, by language, or by escapes.

The detector, chardet, compares pairs of bytes with those of many languages. In a short text that
is a weak sign, so what its bytes decode to must also look like text (plausibility.py).
"""

import re
from collections.abc import Iterator

import chardet

from charrnn.runs.texts.letters import (
    JAPANESE,
    common_fit,
    frequent_fit,
    kana_share,
    latin_fit,
)
from charrnn.runs.texts.plausibility import is_intact, oddity

SAMPLE_BYTES = 32 * 1024  # enough to recognize an encoding

# Latin code pages that fit a text equally well are tried in this order.
LATIN = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "mac_roman", "cp437", "cp850"),
    *("cp1257", "mac_latin2", "cp852", "cp857", "cp1258"),
)
COMMON = "cp1252"  # the most common of all
ONE_BYTE = (
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic", "cp1253", "iso8859_7"),
    *("cp737", "cp1255", "iso8859_8", "cp1256", "iso8859_6", "cp874"),
)
EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5hkscs", "euc_kr", "cp949")
DOS = ("cp437", "cp850", "cp852", "cp857", "cp866", "cp737")
# Where the detector names a superset, the standard it extends is preferred if it fits.
STANDARD = {"cp932": "shift_jis", "cp949": "euc_kr", "big5hkscs": "big5"}
DETECTOR_NAMES = {"euc_jp": "euc_jis_2004"}

# Added to the detector's confidence, 0 to 1. Measured on messages in 30 languages.
LANGUAGE_WEIGHT = 0.2  # for the letters of one Latin language
SCRIPT_WEIGHT = 0.3  # for the frequent letters of another script
KANA_BONUS = 0.3
COMMON_BONUS = 0.02  # for the most common code page
SINGLE_BONUS = 0.15  # for the same, if a single byte is beyond ASCII, as in "naïve"
MIN_CAPITALS = 8  # that are enough for the detector
BOX_BONUS = 1.0
# The bytes of lines, double lines and blocks on DOS. Elsewhere they are letters, which are not
# repeated eight times.
BOX_RUN = re.compile(rb"([\xb0-\xb2\xc4\xcd\xdb-\xdf])\1{7,}")
MIN_BOX_SHARE = 0.3  # of the bytes beyond ASCII

# Bytes of which a third is beyond ASCII are not text if every code page is less plausible.
MIN_PLAUSIBILITY = -0.06


def decode_code_page(data: bytes) -> tuple[str, str] | None:
    """Text in one of the code pages above and its encoding, or None.

    data: has bytes beyond ASCII.
    """
    for encoding in rank_code_pages(data):
        text = data.decode(encoding, "replace")
        if is_intact(text):
            return text.rstrip("\ufffd"), encoding
    return None


def rank_code_pages(data: bytes) -> list[str]:
    """The code pages that the data may be in, the most plausible first.

    Of those that make the same text, only one is listed.
    """
    sample = _sample(data)
    scores = _plausibility(sample)
    texts = {encoding: sample.decode(encoding, "replace") for encoding in scores}
    if _best(scores) in LATIN:
        if _beyond_ascii(sample) == 1 and COMMON in scores:
            scores[COMMON] += SINGLE_BONUS
        for encoding in set(LATIN) & scores.keys():
            scores[encoding] += LANGUAGE_WEIGHT * (1 + latin_fit(texts[encoding]))
    ranked = sorted(scores, key=scores.__getitem__, reverse=True)
    usual = {texts[encoding]: encoding for encoding in reversed(scores)}
    return list(dict.fromkeys(usual[texts[encoding]] for encoding in ranked))


def _plausibility(sample: bytes) -> dict[str, float]:
    """How plausible each code page is in which the sample is intact; none if it is not text."""
    has_boxes = _has_boxes(sample)
    scores = {}
    for encoding, confidence in _detect(sample):
        text = sample.decode(encoding, "replace")
        fit = frequent_fit(text, encoding) * common_fit(text, encoding)
        scores[encoding] = confidence - oddity(text) - SCRIPT_WEIGHT * (1 - fit)
        if encoding in JAPANESE:
            scores[encoding] += KANA_BONUS * kana_share(text)
        if has_boxes and encoding in DOS:
            scores[encoding] += BOX_BONUS
    is_sure = 3 * _beyond_ascii(sample) > len(sample)
    return {} if is_sure and max(scores.values(), default=0) < MIN_PLAUSIBILITY else scores


def _best(scores: dict[str, float]) -> str | None:
    """The most plausible code page; the most common one has a bonus against other scripts."""
    return max(
        scores, key=lambda page: scores[page] + COMMON_BONUS * (page == COMMON), default=None
    )


def decode_iso2022_jp(data: bytes) -> str | None:
    """Japanese as e-mail has it, ASCII bytes between escapes that nothing else uses; or None."""
    if not re.search(rb"\x1b\$[@B]", data):
        return None
    text = data.decode("iso2022_jp", "replace")
    return text.rstrip("\ufffd") if is_intact(text) else None


def _detect(sample: bytes) -> Iterator[tuple[str, float]]:
    """Each code page in which the sample is intact, with the detector's confidence.

    In a few characters the detector finds no sign of East Asian writing; there it counts what
    they decode to.
    """
    pages = [*LATIN, *ONE_BYTE, *EAST_ASIAN]
    confidences = dict.fromkeys(EAST_ASIAN, 0.0) | _confidences(sample, pages)
    for encoding in pages:
        for candidate in (STANDARD.get(encoding, encoding), encoding):
            text = sample.decode(candidate, "replace")
            if encoding in confidences and is_intact(text):
                beyond = "".join(c for c in text if not c.isascii())
                if encoding in ONE_BYTE and beyond.isupper() and len(beyond) >= MIN_CAPITALS:
                    # The detector knows small letters better.
                    small = text.lower().encode(encoding, "ignore")
                    confidences |= _confidences(small, [encoding])
                yield candidate, confidences[encoding]
                break


def _confidences(sample: bytes, encodings: list[str]) -> dict[str, float]:
    """The detector's confidence, 0 to 1, in each of the encodings that it considers possible."""
    names = {DETECTOR_NAMES.get(encoding, encoding): encoding for encoding in encodings}
    matches = chardet.detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=[*names, COMMON]
    )
    confidences = {
        (match["encoding"] or "").replace("-", "_"): match["confidence"] for match in matches
    }
    return {names[name]: confidences[name] for name in names.keys() & confidences.keys()}


def _has_boxes(sample: bytes) -> bool:
    """Whether lines drawn on DOS are a large part of the bytes beyond ASCII."""
    boxes = sum(len(run.group()) for run in BOX_RUN.finditer(sample))
    return boxes > MIN_BOX_SHARE * _beyond_ascii(sample)


def _beyond_ascii(data: bytes) -> int:
    return len(data.translate(None, bytes(range(0x80))))


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
