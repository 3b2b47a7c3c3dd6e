"""What pages keep in memory for the next rerun, bounded in bytes and in time."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_BYTES = 256 * 2**20  # of all that one cache keeps; a single value may be larger
KEPT_SECONDS = 300.0  # after its last use


@dataclass(frozen=True)
class _Entry(Generic[T]):
    used_at: float
    n_bytes: int
    value: T


class MemoryCache(Generic[T]):
    """The values of a function that were used last. Safe to use from several threads."""

    def __init__(
        self,
        size: Callable[[T], int],
        *,
        max_bytes: int = MAX_BYTES,
        seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ):
        """size: the bytes that a value takes. clock: returns seconds."""
        self._size, self._max_bytes, self._seconds, self._clock = size, max_bytes, seconds, clock
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()  # the oldest first
        self._lock = threading.Lock()
        # Making a value may take several times as much memory as keeping it.
        self._making = threading.RLock()  # a value may be made of another one
        self._timer: threading.Timer | None = None

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value with this key, made if it is not kept. One is made at a time."""
        entry = self._used(key)
        if entry is None:
            with self._making:
                entry = self._used(key)
                if entry is None:
                    self.drop_unused()
                    value = make()
                    entry = _Entry(self._clock(), self._size(value), value)
                    self._keep(key, entry)
        return entry.value

    def drop_unused(self) -> None:
        """Drop what has not been used for long. A timer does so as well, if nobody comes."""
        with self._lock:
            now = self._clock()
            while self._entries and now - self._oldest().used_at >= self._seconds:
                self._entries.popitem(last=False)
            self._set_timer()

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self._set_timer()

    @property
    def nbytes(self) -> int:
        """What all that is kept takes in memory."""
        return sum(entry.n_bytes for entry in self._entries.values())

    def _used(self, key: Hashable) -> _Entry[T] | None:
        """The entry with this key, which counts as used now; None if there is none."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is not None:
                entry = self._entries[key] = replace(entry, used_at=self._clock())
            return entry

    def _keep(self, key: Hashable, entry: _Entry[T]) -> None:
        with self._lock:
            self._entries[key] = entry
            while len(self._entries) > 1 and self.nbytes > self._max_bytes:
                self._entries.popitem(last=False)
            self._set_timer()

    def _oldest(self) -> _Entry[T]:
        return next(iter(self._entries.values()))

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._entries:
            wait = self._oldest().used_at + self._seconds - self._clock()
            self._timer = threading.Timer(max(0.1, wait), self.drop_unused)
            self._timer.daemon = True
            self._timer.start()
