"""Who trains now, who waits in line, and who pauses: nobody looks, or the disk is full."""

import math
import shutil
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from charrnn.runs.events import event
from charrnn.runs.limits import Limits
from charrnn.runs.records import Run
from charrnn.runs.store import Store

MEGABYTE = 2**20


def line_up(
    wanted: Iterable[Run], training: set[str], limits: Limits
) -> tuple[list[Run], dict[str, int]]:
    """(the runs that may start now, the place in line of each that has to wait).

    wanted: oldest first. training: the ids of those that have a worker. A visitor who has as many
    as are allowed lets others pass.
    """
    wanted = list(wanted)
    of_visitor = Counter(run.workspace for run in wanted if run.id in training)
    room = limits.server_runs - sum(of_visitor.values())
    go, waiting = [], []
    for run in wanted:
        if run.id in training:
            continue
        if room >= 1 and of_visitor[run.workspace] < limits.visitor_runs:
            go.append(run)
            room -= 1
            of_visitor[run.workspace] += 1
        else:
            waiting.append(run.id)
    return go, {run_id: place for place, run_id in enumerate(waiting, start=1)}


def pause_unwanted(
    store: Store, limits: Limits, wanted: Iterable[Run], *, since: float = 0.0
) -> list[Run]:
    """Pause what should not go on, with the reason; returns the rest. Raises StoreError.

    since: when there began to be a server, in seconds since 1970; before that nobody could look.
    """
    free = free_megabytes(store)
    rest = []
    for run in wanted:
        unseen = (time.time() - max(run.looked_at, since)) / 60
        if free < limits.free_megabytes:
            reason = (
                f"Paused: only {free:,.0f} MB are free on the disk, and {limits.free_megabytes:g} "
                "are to stay free. Nothing is lost; make room, then resume."
            )
        elif unseen > limits.unseen_minutes:
            reason = (
                f"Paused: nobody has looked for {unseen:,.0f} minutes. Nothing is lost; resume "
                "whenever you like."
            )
        else:
            rest.append(run)
            continue
        store.pause(run.id, reason)
        known = round(free) if math.isfinite(free) else None
        event("paused", run=run.id, free_megabytes=known, unseen_minutes=round(unseen))
    return rest


def free_megabytes(store: Store) -> float:
    """Room on the disk of the store; without end where the store is no file of this machine."""
    if store.file is None:
        return float("inf")
    try:
        return shutil.disk_usage(Path(store.file).parent).free / MEGABYTE
    except OSError:
        return float("inf")  # the store itself will say what is wrong
