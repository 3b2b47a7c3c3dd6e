"""Values that many pages share for a moment: one page reads, the others take what it has read."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_KEYS = 500


class Recent(Generic[T]):
    """What was read in the last `seconds`. Safe to use from several threads."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic):
        """clock: returns seconds."""
        self.seconds, self._clock = seconds, clock
        self._values: dict[Hashable, tuple[float, T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """The value that was read lately, or else a new one. One page reads at a time."""
        with self._lock:
            now = self._clock()
            if key in self._values and now - self._values[key][0] < self.seconds:
                return self._values[key][1]
            self._values.pop(key, None)
            while len(self._values) >= MAX_KEYS:
                del self._values[next(iter(self._values))]
            value = read()
            self._values[key] = now, value
            return value

    def forget(self) -> None:
        """Read everything anew from now on."""
        with self._lock:
            self._values.clear()
