"""The CPU time and memory that processes use, from /proc on Linux."""

import os
from collections.abc import Iterator
from pathlib import Path

MEGABYTE = 2**20
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far; 0 if it has ended."""
    try:
        fields = _fields_after_name(Path(f"/proc/{pid}/stat").read_text())
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def machine_seconds() -> float:
    """CPU time of all processes on this machine since it started."""
    user, nice, system, _, _, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / _TICKS_PER_SECOND


def resident(pid: int) -> float:
    """Resident memory (RSS) in megabytes; memory shared with other processes counts fully."""
    return _kilobytes(pid, "status", "VmRSS:") / 1024


def peak(pid: int) -> float:
    """The largest resident memory so far in megabytes, counted as in resident()."""
    return _kilobytes(pid, "status", "VmHWM:") / 1024


def proportional(pid: int) -> float:
    """Proportional memory (PSS) in megabytes; of memory that n processes share, an n-th counts."""
    return _kilobytes(pid, "smaps_rollup", "Pss:") / 1024


def children(pid: int) -> list[int]:
    """The ids of the processes that a process has started and that have not ended."""
    return [child for child, parent, state in _all() if parent == pid and state != "Z"]


def descendants(pid: int) -> list[int]:
    """The ids of a process, its children, their children and so on."""
    return [pid, *(grandchild for child in children(pid) for grandchild in descendants(child))]


def workers(store_folder: Path) -> list[int]:
    """The ids of the workers of a store, whether or not their server still runs."""
    return [pid for pid, _, state in _all() if state != "Z" and _is_worker(pid, store_folder)]


def _is_worker(pid: int, store_folder: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"charrnn.runs.workers.process" in command and (
            str(store_folder).encode() in Path(f"/proc/{pid}/environ").read_bytes()
        )
    except OSError:
        return False


def _all() -> Iterator[tuple[int, int, str]]:
    """(id, parent's id, state) of every process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent, *_ = _fields_after_name((entry / "stat").read_text())
            except OSError:
                continue
            yield int(entry.name), int(parent), state


def _fields_after_name(stat: str) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second may contain spaces."""
    return stat.rpartition(")")[2].split()


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
