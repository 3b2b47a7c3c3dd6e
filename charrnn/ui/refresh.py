"""How many pages are live, and how much less often each should refresh when there are many.

Drawing a page takes time from the cores that train. Up to FULL_RATE_PAGES pages refresh as often
as they like. Beyond that each refreshes less often, so that all of them together cost no more.
"""

import threading
import time

FULL_RATE_PAGES = 8
GRACE_SECONDS = 5.0  # how late a page may be before it no longer counts as live
# Hysteresis: the factor falls only when the live pages take up no more than this share of what the
# lower factor allows. Otherwise one page that comes and goes would make it flip back and forth.
LOWER_AT_SHARE = 0.75


class LivePages:
    """The live pages of one server, held in memory. Safe to use from several threads."""

    def __init__(self) -> None:
        self._expiry: dict[str, float] = {}  # page -> when it stops counting, monotonic seconds
        self._lock = threading.Lock()
        self._factor = 1

    def record_refresh(self, page: str, seconds: float, *, now: float | None = None) -> None:
        """Count a page that has just refreshed and will refresh again in `seconds`."""
        now = time.monotonic() if now is None else now
        with self._lock:
            # Twice the interval, because the factor may double before the next refresh.
            self._expiry[page] = now + 2 * seconds + GRACE_SECONDS
            self._expiry = {page: end for page, end in self._expiry.items() if end >= now}
            self._factor = refresh_factor(len(self._expiry), self._factor)

    @property
    def factor(self) -> int:
        """What each page multiplies its refresh interval by: 1, 2, 4, 8 ..."""
        return self._factor


def refresh_factor(pages: int, current: int = 1) -> int:
    """What `pages` live pages multiply their refresh interval by.

    A power of two, so that it seldom changes: a page must be redrawn as a whole to set a new
    interval. current: the factor so far.
    """
    factor = current
    while pages > FULL_RATE_PAGES * factor:
        factor *= 2
    while factor > 1 and pages <= LOWER_AT_SHARE * FULL_RATE_PAGES * (factor // 2):
        factor //= 2
    return factor
