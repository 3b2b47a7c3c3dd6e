"""Clocks that are wrong, by Debian's package `libfaketime`."""

from pathlib import Path


def _library() -> Path | None:
    # The variant for programs with several threads.
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def missing() -> str | None:
    """Why no clock can be set wrong here, as a sentence; None if one can."""
    return None if _library() else "libfaketime is not installed: no wrong clock to test with"


def wrong_clock(minutes: float) -> dict[str, str]:
    """The environment of a program whose time of day is ahead by so many minutes."""
    return {
        "LD_PRELOAD": str(_library()),
        "PYTHONPATH": str(Path(__file__).with_name("wrong_clock")),
        "FAKETIME": f"{minutes:+}m",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",  # its name in earlier versions
    }
