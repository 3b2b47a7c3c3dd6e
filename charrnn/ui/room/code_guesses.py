"""Guessing the codes of rooms is slowed down. It gains little: a code makes nobody a presenter."""

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
# Wrong codes within the window. A class behind one address may mistype many; there are 148 million
# codes, and all addresses together try 600 a minute at most.
MAX_OF_VISITOR, MAX_OF_ADDRESS, MAX_OF_ALL = 8, 60, 600


class CodeGuesses:
    """The wrong codes of the last minute, in memory. Safe to use from several threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic):
        """clock: returns seconds."""
        self._clock = clock
        self._wrong: deque[tuple[float, str, str]] = deque()  # time, visitor, address
        self._lock = threading.Lock()

    def allowed(self, visitor: str, address: str) -> bool:
        """Whether a visitor may try a code now. visitor, address: whatever tells them apart."""
        with self._lock:
            while self._wrong and self._wrong[0][0] < self._clock() - WINDOW_SECONDS:
                self._wrong.popleft()
            return (
                len(self._wrong) < MAX_OF_ALL
                and sum(wrong[1] == visitor for wrong in self._wrong) < MAX_OF_VISITOR
                and sum(wrong[2] == address for wrong in self._wrong) < MAX_OF_ADDRESS
            )

    def note_wrong(self, visitor: str, address: str) -> None:
        """Record that the code was wrong."""
        with self._lock:
            self._wrong.append((self._clock(), visitor, address))
