"""What the wall of a room shows: of each member, the newest run that was created in the room.

An experiment has several, which are trained one after the other: of these, the last that has begun.
A run that is created after the room has ended is its owner's alone, and never on the wall; one that
goes on after the end is shown as it is when the wall is read.
"""

import time
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    join,
    literal,
    null,
    select,
)

from charrnn.engine.evaluation import bits_per_character
from charrnn.runs.store import schema
from charrnn.runs.store.database import Database
from charrnn.runs.store.losses import RECENT_WINDOWS, mean_between
from charrnn.runs.store.records import Run
from charrnn.runs.store.room_records import Room, Tile, Wall
from charrnn.runs.store.rooms import find_room, members_of
from charrnn.runs.store.runs import RUN_COLUMNS, run_from_row

EXPERIMENT_SECONDS = 60.0  # within which all runs of an experiment have been created
LARGEST_STRIDE = 2**26  # iterations; a run has at most 100 million
Curve = list[tuple[int, float, float]]


class _Row(NamedTuple):
    iteration: int
    smooth_loss: float
    seconds: float


class Walls:
    """The walls of all rooms. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def read(self, room_id: str, *, points: int = 48) -> Wall:
        """The wall of a room, read in one transaction. Raises KeyError.

        points: how many each curve has at most, evenly spaced, beside its ends. Only these rows
        are looked up, so long runs cost no more than short ones.
        """
        with self._database.reading() as db:
            room = find_room(db, room_id)
            members = members_of(db, room_id)
            runs = _newest_runs(db, room)
            ids = [run.id for run in runs.values()]
            samples = {
                run: (iteration, text)
                for run, iteration, text in db.execute(_newest_samples(), {"ids": ids})
            }
            rows: dict[str, list[_Row]] = {run_id: [] for run_id in ids}
            for run_id, *row in db.execute(_thinned(points), {"ids": ids}):
                rows[run_id].append(_Row(*row))
        tiles = []
        for member in members:
            run = runs.get(member.workspace)
            curve = _curve(run, sorted(rows[run.id])) if run else []
            tiles.append(Tile(member, run, curve, samples.get(run.id) if run else None))
        return Wall(room, tiles, time.time())


def _newest_runs(db: Connection, room: Room) -> dict[str, Run]:
    """workspace of a member -> the newest run that it has created since joining, until the end."""
    r, m = schema.runs.c, schema.room_members.c
    newest = (
        select(r.workspace.label("workspace"), func.max(r.number).label("number"))
        .join(schema.room_members, m.workspace == r.workspace)
        .where(m.room == room.id, r.deleted_at.is_(None))
        .where(r.created_at >= m.joined_at, r.created_at <= room.ends_at)
        .group_by(r.workspace)
        .subquery()
    )
    same = (newest.c.workspace == r.workspace) & (newest.c.number == r.number)
    rows = db.execute(select(*RUN_COLUMNS).join_from(schema.runs, newest, same))
    found = {row.workspace: run_from_row(row) for row in rows}
    return found | _begun_last(db, room, [run for run in found.values() if run.experiment])


def _begun_last(db: Connection, room: Room, newest: list[Run]) -> dict[str, Run]:
    """workspace -> which run of an experiment is shown. newest: the last run of each of them."""
    if not newest:
        return {}
    r = schema.runs.c
    groups = {run.workspace: run.experiment.group for run in newest if run.experiment}
    together = min(run.created_at for run in newest) - EXPERIMENT_SECONDS
    query = (
        select(*RUN_COLUMNS)
        .where(r.workspace.in_(groups), r.created_at > together, r.created_at <= room.ends_at)
        .where(r.experiment.is_not(null()), r.deleted_at.is_(None))
        .order_by(r.number)
    )
    shown: dict[str, Run] = {}
    for run in map(run_from_row, db.execute(query)):
        same_group = run.experiment and run.experiment.group == groups[run.workspace]
        if same_group and (run.iteration > 0 or run.workspace not in shown):
            shown[run.workspace] = run
    return shown


def _curve(run: Run, rows: list[_Row]) -> Curve:
    """The mean loss of the last windows, to where the run is now. It ends at Run.bits.

    rows: in order of iteration. Each mean reaches back to the newest row that is RECENT_WINDOWS
    away, or to the first one.
    """
    curve, start = [], 0
    for row in rows:
        if row.iteration >= run.iteration:
            break
        while start + 1 < len(rows) and row.iteration - rows[start + 1].iteration >= RECENT_WINDOWS:
            start += 1
        before, windows = rows[start], row.iteration - rows[start].iteration
        loss = mean_between(before.smooth_loss, row.smooth_loss, windows)
        bits = bits_per_character(loss, run.config.seq_length)
        curve.append((row.iteration, bits, row.seconds))
    return [*curve, (run.iteration, run.bits, run.seconds)]


@cache
def _newest_samples() -> Select[Any]:
    """The newest sample of each run in :ids."""
    r, s = schema.runs.c, schema.samples.c
    own = schema.samples.alias("own").c
    newest = (
        select(own.iteration)
        .where(own.run == r.id, own.iteration <= r.iteration)
        .order_by(own.iteration.desc())
        .limit(1)
        .correlate(schema.runs)
        .scalar_subquery()
    )
    here = and_(s.run == r.id, s.iteration == newest)
    return (
        select(s.run, s.iteration, s.text)
        .select_from(join(schema.runs, schema.samples, here))
        .where(r.id.in_(bindparam("ids", expanding=True)))
    )


@cache
def _thinned(points: int) -> Select[Any]:
    """The metrics of each run in :ids at the iterations 0, s, 2·s ..., in no particular order.

    s is the smallest power of two that gives at most `points` of them. Each is looked up by its
    key, as in history.py.
    """
    r, m = schema.runs.c, schema.metrics.c
    first = select(r.id, _stride(points).label("stride"), r.iteration, literal(0).label("n"))
    first = first.where(r.id.in_(bindparam("ids", expanding=True)))
    grid = first.cte("grid", recursive=True)
    g = grid.c
    grid = grid.union_all(
        select(g.id, g.stride, g.iteration, g.n + g.stride).where(g.n + g.stride <= g.iteration)
    )
    here = and_(m.run == grid.c.id, m.iteration == grid.c.n)
    return select(m.run, m.iteration, m.smooth_loss, m.seconds).select_from(
        join(grid, schema.metrics, here)
    )


def _stride(points: int) -> ColumnElement[int]:
    strides = [2**power for power in range(LARGEST_STRIDE.bit_length())]
    ends = [(points * stride, stride) for stride in strides if points * stride < 2**31]
    return case(
        *((schema.runs.c.iteration <= end, stride) for end, stride in ends),
        else_=LARGEST_STRIDE,
    )
