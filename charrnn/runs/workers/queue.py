"""Which runs may train now, which are queued, and which are paused automatically."""

import math
import shutil
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from charrnn.runs.events import log_event
from charrnn.runs.limits import Limits
from charrnn.runs.store.records import Run
from charrnn.runs.store.store import Store

MEGABYTE = 2**20


def assign_slots(
    runnable: Iterable[Run], training: set[str], limits: Limits
) -> tuple[list[Run], dict[str, int]]:
    """Decide which runs may start: (those runs, the queue position of each other run's id).

    runnable: the runs that should be training, oldest first. training: the ids of those that
    already have a worker. Positions count from 1. A run whose visitor already trains as many runs
    as the limits allow does not hold up the runs behind it.
    """
    runnable = list(runnable)
    per_visitor = Counter(run.workspace for run in runnable if run.id in training)
    free_slots = limits.server_runs - sum(per_visitor.values())
    startable, queued = [], []
    for run in runnable:
        if run.id in training:
            continue
        if free_slots >= 1 and per_visitor[run.workspace] < limits.visitor_runs:
            startable.append(run)
            free_slots -= 1
            per_visitor[run.workspace] += 1
        else:
            queued.append(run.id)
    return startable, {run_id: position for position, run_id in enumerate(queued, start=1)}


def apply_pause_rules(
    store: Store,
    limits: Limits,
    runnable: Iterable[Run],
    *,
    server_started: float = 0.0,
    now: float | None = None,
) -> list[Run]:
    """Pause the runs that no page has shown for too long, or all of them if the disk is full.

    Returns the runs that may go on. The reason of a pause is stored as the run's message.

    server_started, now: seconds since 1970. The time before the server started does not count as
    unseen, since no page could show a run then. now: by default, the present.

    Raises StoreError.
    """
    now = time.time() if now is None else now
    free = free_megabytes(store)
    remaining = []
    for run in runnable:
        unseen_minutes = (now - max(run.viewed_at, server_started)) / 60
        reason = _pause_reason(limits, free, unseen_minutes)
        if reason is None:
            remaining.append(run)
            continue
        store.leases.pause(run.id, reason)
        log_event(
            "paused",
            run=run.id,
            free_megabytes=round(free) if math.isfinite(free) else None,
            unseen_minutes=round(unseen_minutes),
        )
    return remaining


def _pause_reason(limits: Limits, free: float, unseen_minutes: float) -> str | None:
    """Why a run has to pause, as a message for its page; None if it may go on."""
    if free < limits.free_megabytes:
        return (
            f"Paused: only {free:,.0f} MB of disk space are free, and training needs "
            f"{limits.free_megabytes:g} MB. Nothing is lost; free some space, then resume."
        )
    if unseen_minutes > limits.unseen_minutes:
        return (
            f"Paused: no page has shown this run for {unseen_minutes:,.0f} minutes. "
            "Nothing is lost; resume whenever you like."
        )
    return None


def free_megabytes(store: Store) -> float:
    """Free space on the disk that holds the store, in units of 2**20 bytes.

    Infinite if the store is not a file on this machine, or if its disk cannot be queried.
    """
    if store.database.file is None:
        return math.inf
    try:
        return shutil.disk_usage(Path(store.database.file).parent).free / MEGABYTE
    except OSError:
        return math.inf  # whatever is wrong with the disk, reading the store will report it
