"""What processes cost: time and memory, as Linux counts them in /proc."""

import os
from pathlib import Path

MEGABYTE = 2**20
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """How long a process has computed; 0 if it is gone."""
    try:
        fields = _after_the_name(Path(f"/proc/{pid}/stat").read_text())
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def machine_seconds() -> float:
    """How long all cores together have computed, for whomever."""
    user, nice, system, _, _, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / _TICKS_PER_SECOND


def resident(pid: int) -> float:
    """Megabytes in memory, those that are shared with others counted fully."""
    return _kilobytes(pid, "status", "VmRSS:") / 1024


def proportional(pid: int) -> float:
    """Megabytes in memory, of those that n processes share an n-th."""
    return _kilobytes(pid, "smaps_rollup", "Pss:") / 1024


def children(pid: int) -> list[int]:
    """The processes that a process has started and that have not ended."""
    return [child for child, parent, state in _all() if parent == pid and state != "Z"]


def descendants(pid: int) -> list[int]:
    """All that came of a process, itself included."""
    return [pid, *(grandchild for child in children(pid) for grandchild in descendants(child))]


def workers(store_folder: Path) -> list[int]:
    """The workers of one store, whether or not their server lives."""
    return [pid for pid, _, state in _all() if state != "Z" and _is_worker(pid, store_folder)]


def _is_worker(pid: int, store_folder: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        return b"charrnn.runs.process" in command and (
            str(store_folder).encode() in Path(f"/proc/{pid}/environ").read_bytes()
        )
    except OSError:
        return False


def _all():
    """(id, parent's id, state) of every process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent, *_ = _after_the_name((entry / "stat").read_text())
            except OSError:
                continue
            yield int(entry.name), int(parent), state


def _after_the_name(stat: str) -> list[str]:
    return stat.rpartition(")")[2].split()


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
