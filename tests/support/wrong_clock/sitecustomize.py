"""Python imports this at its start, in programs whose clock is wrong (see ../faketime.py).

libfaketime 0.9.10 fails in the system call of time.sleep() if it leaves the monotonic clock alone.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
