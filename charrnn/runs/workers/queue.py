"""Which runs may train now, which are queued, and which are paused automatically."""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable
from typing import NamedTuple

from charrnn.runs.limits import Limits
from charrnn.runs.store.records import Candidate
from charrnn.runs.store.store import Store

MAX_EXPERIMENTS = 2  # of a visitor that train at the same time; further ones are queued


class Slots(NamedTuple):
    """Who may train now. startable: runs to start. positions: of each queued run's id, from 1.

    preempted: the ids of runs that train, and lose their slots to others.
    """

    startable: list[Candidate]
    positions: dict[str, int]
    preempted: set[str]


def assign_slots(
    runnable: Iterable[Candidate],
    training: set[str],
    limits: Limits,
    *,
    one_each: Container[str] = (),
) -> Slots:
    """Share the slots of the server among the runs that should be training.

    runnable: those runs, oldest first. training: the ids of those that have a worker. While there
    is room, a run starts at once. On a full server the slots are dealt out one by one (see
    _by_turn), and a run that trains out of turn is preempted. A run whose visitor already trains as
    many runs as the limits allow does not hold up the runs behind it, nor do the experiments of
    the page Learn beyond MAX_EXPERIMENTS. one_each: the workspaces that train one run at a time,
    because they are in a room.
    """
    runnable = list(runnable)
    by_turn, per_visitor = _by_turn(runnable, training), Counter[str]()
    experiments = Counter[str]()  # by visitor
    chosen: set[str] = set()
    for run in by_turn:
        if run.experiment:
            experiments[run.workspace] += 1
            if experiments[run.workspace] > MAX_EXPERIMENTS and run.id not in training:
                continue
        per_visitor[run.workspace] += 1
        most = 1 if run.workspace in one_each else limits.visitor_runs
        allowed = run.id in training or per_visitor[run.workspace] <= most
        if allowed and len(chosen) < limits.server_runs:
            chosen.add(run.id)
    trained = {run.id for run in runnable} & training
    free_slots = max(0, int(limits.server_runs) - len(trained))
    next_ids = [run.id for run in by_turn if run.id in chosen - trained][:free_slots]
    queued = [run.id for run in by_turn if run.id not in trained and run.id not in next_ids]
    return Slots(
        [run for run in runnable if run.id in next_ids],
        {run_id: position for position, run_id in enumerate(queued, start=1)},
        trained - chosen,
    )


def _by_turn(runnable: list[Candidate], training: set[str]) -> list[Candidate]:
    """The runs in the order in which slots are dealt out: one to each address, then another one.

    So opening many workspaces brings nobody more than the share of their address. Within an
    address, slots go to one workspace after another, so that a class behind one address shares
    fairly among its students. At equal turns, runs that train keep their slots, and the oldest
    comes first. A run without a known address counts as if its workspace had one of its own.
    """
    runs = sorted(runnable, key=lambda run: run.id not in training)
    turns_in_workspace = _turns(runs, lambda run: run.workspace)
    runs_of_address = sorted(runs, key=lambda run: turns_in_workspace[run.id])
    turns_in_address = _turns(runs_of_address, lambda run: run.address or run.workspace)
    return sorted(runs, key=lambda run: turns_in_address[run.id])


def _turns(runs: Iterable[Candidate], group: Callable[[Candidate], str]) -> dict[str, int]:
    """run id -> how many runs of its group come before it."""
    turns, sizes = {}, Counter[str]()
    for run in runs:
        turns[run.id] = sizes[group(run)]
        sizes[group(run)] += 1
    return turns


class Pause(NamedTuple):
    """A run that has to pause. reason: why, for its page. facts: the same in numbers, to log."""

    run: Candidate
    reason: str
    facts: dict[str, int | None]


def find_pauses(
    store: Store,
    limits: Limits,
    runnable: Iterable[Candidate],
    *,
    unseen_seconds: Callable[[Candidate], float],
    quotas: bool = True,
) -> list[Pause]:
    """The runs that no page has shown for too long, or whose visitor has stored too much.

    All of them if the disk is full. unseen_seconds: for how long no page has shown a run. quotas:
    whether to check what each visitor has stored.

    Raises StoreError.
    """
    runnable = list(runnable)
    if not runnable:
        return []
    free = store.space.free_megabytes(enough=limits.free_megabytes)
    used: dict[str, float] = {}
    allowed = math.inf
    if quotas:
        used = store.space.used_megabytes({run.workspace for run in runnable})
        allowed = store.space.allowed_megabytes(limits)
    pauses = []
    for run in runnable:
        unseen_minutes = unseen_seconds(run) / 60
        stored = used.get(run.workspace, 0.0)
        reason = _pause_reason(limits, free, unseen_minutes, stored, allowed)
        if reason is not None:
            facts = {
                "free_megabytes": round(free) if math.isfinite(free) else None,
                "stored_megabytes": round(stored),
                "unseen_minutes": round(unseen_minutes),
            }
            pauses.append(Pause(run, reason, facts))
    return pauses


def _pause_reason(
    limits: Limits, free: float, unseen_minutes: float, stored: float, allowed: float
) -> str | None:
    """Why a run has to pause, as a message for its page; None if it may go on.

    free, stored, allowed: in megabytes, the latter two by and for its visitor.
    """
    if free < limits.free_megabytes:
        return (
            f"Paused: only {free:,.0f} MB of disk space are free, and training needs "
            f"{limits.free_megabytes:g} MB. Nothing is lost; free some space, then resume."
        )
    if stored > allowed:
        return (
            f"Paused: your texts and runs take {stored:,.0f} MB, and {allowed:,.0f} MB are "
            "allowed. Nothing is lost; delete runs on the page Compare, then resume."
        )
    if unseen_minutes > limits.unseen_minutes:
        return (
            f"Paused: no page has shown this run for {unseen_minutes:,.0f} minutes. "
            "Nothing is lost; resume whenever you like."
        )
    return None
