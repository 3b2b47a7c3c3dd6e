"""Rooms as the people in them use them: finding, joining and leaving one, choosing, guessing.

What only the presenter may do is in presenter.py.
"""

import time
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from charrnn.runs.errors import StoreError
from charrnn.runs.limits import Limits
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.room_records import (
    ROOM_SECONDS,
    Member,
    Place,
    Question,
    Room,
    RoomChallenge,
    Start,
)
from charrnn.runs.store.runs import new_key
from charrnn.runs.texts import names

MAX_NICKNAME_LENGTH = 24  # characters
ROOM_COLUMNS = (*schema.rooms.c, Now().label("now"))
SEEN_SECONDS = 15.0  # between two updates of seen_at, however often a page refreshes
KEPT_SECONDS = 86_400.0  # how long a closed room is kept, for its presenter to save the wall
# Without vowels, which make words, and without what is easily taken for something else.
CODE_CHARACTERS = "CDFGHJKLMNPQRTVWXY34679"
CODE_LENGTH = 6


_IN_OPEN_ROOMS = (
    select(schema.room_members.c.workspace)
    .join(schema.rooms, schema.rooms.c.id == schema.room_members.c.room)
    .where(schema.rooms.c.closed_at.is_(None), schema.rooms.c.seen_at > Now() - ROOM_SECONDS)
)


class CannotJoin(StoreError):
    """A room cannot be joined. The message is meant for people."""


class Rooms:
    """The rooms of all presenters. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def find(self, code: str) -> Room | None:
        """The open room with this code, typed as people type; None if there is none."""
        typed = normalized_code(code)
        if len(typed) != CODE_LENGTH or not set(typed) <= set(CODE_CHARACTERS):
            return None
        with self._database.reading() as db:
            row = db.execute(select(*ROOM_COLUMNS).where(schema.rooms.c.code == typed)).first()
        room = room_from_row(row) if row else None
        return room if room and room.is_open else None

    def presented(self, workspace: str) -> Room | None:
        """The newest room that a workspace presents, open or closed; None if there is none."""
        c = schema.rooms.c
        query = select(*ROOM_COLUMNS).where(c.presenter == workspace).order_by(c.opened_at.desc())
        with self._database.reading() as db:
            row = db.execute(query.limit(1)).first()
        return room_from_row(row) if row else None

    def joined(self, workspace: str) -> tuple[Room, Member] | None:
        """The open room that a workspace joined last, and its member there; None if there is none.

        The room of a member who was removed is not found.
        """
        r, m = schema.rooms.c, schema.room_members.c
        query = (
            select(schema.room_members)
            .join(schema.rooms, r.id == m.room)
            .where(m.workspace == workspace, r.closed_at.is_(None))
            .where(r.seen_at > Now() - ROOM_SECONDS)
            .order_by(m.joined_at.desc())
        )
        with self._database.reading() as db:
            row = db.execute(query.limit(1)).first()
            if row is None:
                return None
            member = member_from_row(row)
            return find_room(db, member.room), member

    def people(self, room_id: str) -> tuple[Room, list[Member]]:
        """A room and its members, in the order in which they joined. Raises KeyError."""
        with self._database.reading() as db:
            return find_room(db, room_id), members_of(db, room_id)

    def join(
        self, room: Room, workspace: str, nickname: str, *, address: str | None = None
    ) -> Member:
        """Join an open room under a nickname; a nickname that is taken gets a number.

        Whoever is in the room already gets the new nickname, and leaves every other room. address:
        see Workspace. Raises CannotJoin if the room is full or closed, or without a nickname.
        """
        if not nickname.strip():
            raise CannotJoin("Type a nickname, so that the others can tell who you are.")
        most, m = int(Limits.from_environment().room_people), schema.room_members.c
        with self._database.writing() as db:
            if not find_room(db, room.id).is_open:
                raise CannotJoin("This room has been closed.")
            elsewhere = select(schema.room_members).where(
                m.workspace == workspace, m.room != room.id
            )
            for left in db.execute(elsewhere).all():
                forget(db, member_from_row(left))
            members = members_of(db, room.id)
            others = [member for member in members if member.workspace != workspace]
            mine = [member for member in members if member.workspace == workspace]
            if len(others) >= most:
                raise CannotJoin(f"This room is full: {most} people are in it.")
            name = distinct_nickname(nickname, others)
            if mine:
                rename(db, mine[0], name)
            else:
                number = _next_number(db, room.id)
                row = {
                    "room": room.id,
                    "workspace": workspace,
                    "key": new_key(),
                    "number": number,
                    "nickname": name,
                    "address": address,
                    "joined_at": Now(),
                    "start": 0,
                }
                db.execute(schema.room_members.insert().values(row))
            return next(each for each in members_of(db, room.id) if each.workspace == workspace)

    def leave(self, member: Member) -> None:
        """Leave a room. The runs stay, and the wall no longer shows them."""
        with self._database.writing() as db:
            forget(db, member)

    def take_start(self, member: Member, number: int) -> None:
        """Record that the member's page has taken a start, and would train just that."""
        self._update(member, start=number, chosen=None)

    def choose(self, member: Member, chosen: Start) -> None:
        """Record what the member's page would train by now."""
        self._update(member, chosen=chosen.to_dict())

    def guess(self, member: Member, question: Question, guess: float) -> None:
        """Record a guess, in place of an earlier one. Does nothing once the question is closed."""
        row = {
            "room": member.room,
            "question": question.number,
            "workspace": member.workspace,
            "guess": guess,
        }
        with self._database.writing() as db:
            asked = find_room(db, member.room).question
            if asked and asked.number == question.number and asked.open:
                db.execute(self._database.upsert(schema.room_guesses), [row])

    def guesses(self, room_id: str, question: Question) -> dict[str, float]:
        """The guesses at a question: key of the member's workspace -> guess."""
        g = schema.room_guesses.c
        query = select(g.workspace, g.guess).where(g.room == room_id, g.question == question.number)
        with self._database.reading() as db:
            return {row.workspace: row.guess for row in db.execute(query)}

    def mark_seen(self, room: Room) -> None:
        """Record that its presenter looks at an open room."""
        r = schema.rooms.c
        # A time that is yet to come was written before the clock of this machine was set back.
        if room.is_open and not 0 <= room.now - room.seen_at <= SEEN_SECONDS:
            with self._database.writing() as db:
                db.execute(update(schema.rooms).where(r.id == room.id).values(seen_at=Now()))

    def retire(self, *, now: float | None = None) -> int:
        """Delete the rooms that ended more than a day ago: closed, or unseen for a day before that.

        With them go the nicknames. Returns how many. now: by default, the present.
        """
        r = schema.rooms.c
        ended = func.coalesce(r.closed_at, r.seen_at + ROOM_SECONDS)
        long_ended = ended < (Now() if now is None else now) - KEPT_SECONDS
        with self._database.reading() as db:
            old = list(db.execute(select(r.id).where(long_ended)).scalars())
        if old:
            with self._database.writing() as db:
                for table in schema.ROOM_TABLES:
                    db.execute(delete(table).where(table.c.room.in_(old)))
                db.execute(delete(schema.rooms).where(r.id.in_(old)))
        return len(old)

    def _update(self, member: Member, **values: Any) -> None:
        m = schema.room_members.c
        theirs = (m.room == member.room) & (m.workspace == member.workspace)
        with self._database.writing() as db:
            db.execute(update(schema.room_members).where(theirs).values(**values))


def normalized_code(code: str) -> str:
    """A code as it is stored: people also type small letters, spaces and hyphens."""
    return "".join(c for c in code.upper() if c.isalnum())[: CODE_LENGTH + 1]


def distinct_nickname(nickname: str, others: list[Member]) -> str:
    """A short nickname on one line that none of the others has: Ada, Ada 2, Ada 3 ..."""
    name = names.short_name(nickname, MAX_NICKNAME_LENGTH)
    taken = {member.nickname.casefold() for member in others}
    distinct, count = name, 1
    while distinct.casefold() in taken:
        count += 1
        distinct = f"{name} {count}"
    return distinct


def rename(db: Connection, member: Member, nickname: str) -> None:
    """Give a member another nickname, also in the moments that are kept of them."""
    members, moments = schema.room_members, schema.room_moments
    for table, number in ((members, members.c.number), (moments, moments.c.member)):
        theirs = (table.c.room == member.room) & (number == member.number)
        db.execute(update(table).where(theirs).values(nickname=nickname))


def forget(db: Connection, member: Member) -> None:
    """Delete what a room has of a member: the place in it, and the guesses."""
    for table in (schema.room_members, schema.room_guesses):
        theirs = (table.c.room == member.room) & (table.c.workspace == member.workspace)
        db.execute(delete(table).where(theirs))


def _next_number(db: Connection, room_id: str) -> int:
    """The number of the next member: that of nobody in the room, nor in its moments."""
    members, moments = schema.room_members.c, schema.room_moments.c
    taken = [
        db.execute(select(func.max(members.number)).where(members.room == room_id)).scalar(),
        db.execute(select(func.max(moments.member)).where(moments.room == room_id)).scalar(),
    ]
    return 1 + max(number or 0 for number in taken)


def sharing_evenly(db: Connection) -> set[str]:
    """The workspaces in open rooms: each trains one run at a time, so that all get as much."""
    return set(db.execute(_IN_OPEN_ROOMS).scalars())


def find_room(db: Connection, room_id: str) -> Room:
    """Raises KeyError."""
    row = db.execute(select(*ROOM_COLUMNS).where(schema.rooms.c.id == room_id)).first()
    if row is None:
        raise KeyError(room_id)
    return room_from_row(row)


def members_of(db: Connection, room_id: str) -> list[Member]:
    """The members of a room, in the order in which they joined."""
    m = schema.room_members.c
    query = select(schema.room_members).where(m.room == room_id).order_by(m.number)
    return [member_from_row(row) for row in db.execute(query)]


def room_from_row(row: Row[Any]) -> Room:
    """The Room of a row of ROOM_COLUMNS."""
    values = row._asdict()
    values["clock_difference"] = values.pop("now") - time.time()
    values["start"] = Start.from_dict(row.start)
    for name, kind in (("lead", Place), ("question", Question), ("challenge", RoomChallenge)):
        values[name] = kind(**values[name]) if values[name] else None
    return Room(**values)


def member_from_row(row: Row[Any]) -> Member:
    """The Member of a row of schema.room_members."""
    chosen = Start.from_dict(row.chosen) if row.chosen else None
    return Member(**row._asdict() | {"chosen": chosen})
