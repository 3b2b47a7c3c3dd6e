"""How many processor cores this process may use."""

import math
import os
from contextlib import suppress
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def available_cores() -> float:
    """The cores that the scheduler and the container leave to this process, at least 0.1.

    os.cpu_count() counts those of the machine, whatever the process may use of them.
    """
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        cores: float = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return max(0.1, min(cores, _cgroup_quota()))


def _cgroup_quota() -> float:
    """The cores that a container's CPU quota amounts to; infinity without one.

    Linux states quota and period in microseconds, in one file (cgroup v2) or in two (v1).
    """
    with suppress(OSError, ValueError, ZeroDivisionError):
        quota, period = (_CGROUP / "cpu.max").read_text().split()
        return math.inf if quota == "max" else int(quota) / int(period)
    with suppress(OSError, ValueError, ZeroDivisionError):
        microseconds = int((_CGROUP / "cpu" / "cpu.cfs_quota_us").read_text())
        of = int((_CGROUP / "cpu" / "cpu.cfs_period_us").read_text())
        return microseconds / of if microseconds > 0 else math.inf
    return math.inf
