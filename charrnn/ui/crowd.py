"""How many pages are live at once, and how much rarer each of them then looks.

Drawing takes time from the cores that train. Few pages look as often as they like; when there are
more, each looks so much more rarely that together they take no more than those few.
"""

import threading
import time

FULL_PACE_PAGES = 8  # so many look as often as they like
GRACE_SECONDS = 5.0  # for a page that looks again later than it said
CALM = 0.75  # the pace quickens only when so little of the room is taken: it must not flutter


class Crowd:
    """The live pages of one server, in memory. Safe to use from several threads."""

    def __init__(self):
        self._until: dict[str, float] = {}  # page -> when it is gone if it does not look again
        self._lock = threading.Lock()
        self._factor = 1

    def note(self, page: str, seconds: float, *, now: float | None = None) -> None:
        """A page has looked, and will again in `seconds`; one that does not is gone."""
        now = time.monotonic() if now is None else now
        with self._lock:
            # Twice: in a crowd, the next look may be late, or at a slower pace.
            self._until[page] = now + 2 * seconds + GRACE_SECONDS
            self._until = {page: until for page, until in self._until.items() if until >= now}
            self._factor = crowd_factor(len(self._until), self._factor)

    @property
    def factor(self) -> int:
        """How many times rarer than alone each page should look: 1, 2, 4, 8 ..."""
        return self._factor


def crowd_factor(pages: int, before: int = 1) -> int:
    """The pace for so many pages: a power of two, because a page must be drawn anew to change it.

    before: the pace until now.
    """
    factor = before
    while pages > FULL_PACE_PAGES * factor:
        factor *= 2
    while factor > 1 and pages <= CALM * FULL_PACE_PAGES * (factor // 2):
        factor //= 2
    return factor
