"""What only the presenter of a room may do: send starts, start everybody, lead, rename, close."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select, update

from charrnn.runs.errors import OutOfSpace
from charrnn.runs.limits import TooLarge
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.records import Run
from charrnn.runs.store.room_records import (
    Member,
    Moment,
    Place,
    Question,
    Room,
    RoomChallenge,
    Start,
    Tile,
)
from charrnn.runs.store.rooms import (
    CODE_CHARACTERS,
    CODE_LENGTH,
    distinct_nickname,
    find_room,
    forget,
    members_of,
    rename,
)
from charrnn.runs.store.runs import new_key
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace

MAX_MOMENTS = 24
StartRun = Callable[[Workspace, Room, Member], Run]


class NotPresenter(KeyError):
    """The room is presented by another workspace, or has been closed or deleted."""


class Presenter:
    """What the presenter of one open room may do. It takes their workspace's key, not the code.

    Every method raises NotPresenter if the room is not open or not presented by this workspace,
    and StoreError if the database fails.
    """

    def __init__(self, store: Store, workspace: str, room_id: str):
        self.store, self.key, self.room_id = store, workspace, room_id

    @classmethod
    def open_room(cls, store: Store, workspace: str, start: Start) -> Room:
        """Open a room. One that the workspace presents already is closed."""
        r, now = schema.rooms.c, Now()
        mine = (r.presenter == workspace) & r.closed_at.is_(None)
        room_id = new_key()
        row = {"id": room_id, "presenter": workspace, "opened_at": now, "seen_at": now}
        row |= {"start": start.to_dict()}
        while True:
            code = "".join(secrets.choice(CODE_CHARACTERS) for _ in range(CODE_LENGTH))
            with store.database.writing() as db:
                if db.execute(select(r.id).where(r.code == code)).first() is None:
                    db.execute(update(schema.rooms).where(mine).values(closed_at=now, lead=None))
                    db.execute(schema.rooms.insert().values(row | {"code": code}))
                    return find_room(db, room_id)

    # --- The start ------------------------------------------------------------------------------

    def send(self, start: Start, *, question: str = "") -> None:
        """Give everybody a new start, now and when they join. Its number and time are set here.

        question: that of its experiment, to be guessed until everybody is started.
        """
        with self.store.database.reading() as db:
            room = find_room(db, self.room_id)
        values: dict[str, Any] = {}
        if start.experiment:
            values["question"] = _next_question(room, question, start.experiment).to_dict()
        elif room.question and room.question.experiment:
            values["question"] = _withdrawn(room.question).to_dict()
        sent = replace(start, number=room.start.number + 1, sent_at=room.now)
        self._update(start=sent.to_dict(), begins_at=None, **values)

    def count_down(self, begins_at: float | None) -> None:
        """Announce when everybody will be started; None calls it off."""
        self._update(begins_at=begins_at)

    def begin(self, begins_at: float, *, start_run: StartRun | None = None) -> list[Member]:
        """Start everybody with the settings on their page; returns those who were started.

        Does nothing unless this is the time that was announced, so that it happens once. Runs that
        they already train are paused. Members who cannot train, for example because the disk is
        full, are left out. Guessing at an experiment ends. start_run: starts something else for a
        member, and returns the run that their page goes to.
        """
        r = schema.rooms.c
        announced = self._mine() & (r.begins_at == begins_at)
        with self.store.database.writing() as db:
            claimed = update(schema.rooms).where(announced).values(begins_at=None)
            if db.execute(claimed).rowcount == 0:
                return []
        room, members = self.store.rooms.people(self.room_id)
        if room.question and room.question.open and room.question.experiment:
            self.answer(None)
        return [member for member in members if self._start(room, member, start_run)]

    def _start(self, room: Room, member: Member, start_run: StartRun | None) -> bool:
        """Start one member. Returns whether that was possible."""
        workspace = Workspace(self.store, member.workspace, address=member.address)
        with suppress(KeyError, TooLarge, OutOfSpace, ValueError):
            workspace.pause()
            run = (start_run or start_chosen)(workspace, room, member)
            m = schema.room_members.c
            theirs = (m.room == member.room) & (m.workspace == member.workspace)
            with self.store.database.writing() as db:
                db.execute(update(schema.room_members).where(theirs).values(run=run.id))
            return True
        return False

    # --- What everybody sees --------------------------------------------------------------------

    def lead(self, place: Place | None) -> None:
        """Show everybody this place; None: let them browse freely."""
        self._update(lead=place and place.to_dict())

    def hide_names(self, hidden: bool) -> None:
        """Let the wall show numbers in place of nicknames, or nicknames again."""
        self._update(names_hidden=hidden)

    def ask(self, text: str) -> None:
        """Ask everybody to guess a number. text: the question."""
        with self.store.database.reading() as db:
            room = find_room(db, self.room_id)
        self._update(question=_next_question(room, text).to_dict())

    def answer(self, answer: float | None) -> None:
        """Take no more guesses, and show the answer if there is one."""
        with self.store.database.reading() as db:
            asked = find_room(db, self.room_id).question
        if asked:
            self._update(question=replace(asked, open=False, answer=answer).to_dict())

    def withdraw_question(self) -> None:
        """No longer show the question or its guesses."""
        with self.store.database.reading() as db:
            asked = find_room(db, self.room_id).question
        if asked:
            self._update(question=_withdrawn(asked).to_dict())

    def challenge(self, characters: int | None) -> None:
        """Ask who predicts best after reading so many characters; None ends the challenge."""
        with self.store.database.reading() as db:
            now = find_room(db, self.room_id).now
        posed = RoomChallenge(characters, now).to_dict() if characters else None
        self._update(challenge=posed)

    # --- People ---------------------------------------------------------------------------------

    def rename(self, member_key: str, nickname: str) -> None:
        """Give a member another nickname."""
        with self.store.database.writing() as db:
            self._check(find_room(db, self.room_id))
            members = members_of(db, self.room_id)
            others = [member for member in members if member.key != member_key]
            for member in members:
                if member.key == member_key:
                    rename(db, member, distinct_nickname(nickname, others))

    def remove(self, member_key: str) -> None:
        """Remove a member from the room, with nickname, guesses and tile; the runs stay theirs."""
        with self.store.database.writing() as db:
            self._check(find_room(db, self.room_id))
            for member in members_of(db, self.room_id):
                if member.key == member_key:
                    forget(db, member)

    # --- Moments --------------------------------------------------------------------------------

    def keep(self, tile: Tile) -> bool:
        """Keep what a tile shows now, after the moments that are already kept.

        Returns whether it was kept: not if there is no run, or MAX_MOMENTS are kept already.
        """
        if tile.run is None:
            return False
        room = self.store.rooms.people(self.room_id)[0]
        self._check(room)
        sampled_at, sample = tile.sample or (tile.run.iteration, "")
        caption = f"iteration {tile.run.iteration:,} · {tile.run.bits:.2f} bits per character"
        if sampled_at != tile.run.iteration:
            caption += f" · sample of iteration {sampled_at:,}"
        with self.store.database.writing() as db:
            c = schema.room_moments.c
            query = select(func.count(), func.max(c.number), func.max(c.position))
            count, number, position = db.execute(query.where(c.room == self.room_id)).one()
            if count >= MAX_MOMENTS:
                return False
            row = {
                "room": self.room_id,
                "number": (number or 0) + 1,
                "position": (position or 0) + 1,
                "nickname": tile.member.nickname,
                "caption": caption,
                "sample": sample,
                "curve": [[n, bits] for n, bits, _ in tile.curve],
                "member": tile.member.number,
            }
            db.execute(schema.room_moments.insert().values(row))
        return True

    def moments(self) -> list[Moment]:
        """The moments that are kept, in the presenter's order."""
        c = schema.room_moments.c
        query = select(schema.room_moments).where(c.room == self.room_id).order_by(c.position)
        with self.store.database.reading() as db:
            rows = [row._asdict() for row in db.execute(query)]
        return [
            Moment(
                **{name: value for name, value in row.items() if name not in ("room", "curve")},
                curve=[(n, bits) for n, bits in row["curve"]],
            )
            for row in rows
        ]

    def move(self, number: int, by: int) -> None:
        """Move a moment forward (by = 1) or back (by = -1) in the order."""
        moments = self.moments()
        places = [moment.number for moment in moments]
        if number not in places:
            return
        place = places.index(number)
        other = min(max(place + by, 0), len(places) - 1)
        places[place], places[other] = places[other], places[place]
        c = schema.room_moments.c
        with self.store.database.writing() as db:
            self._check(find_room(db, self.room_id))
            for position, moved in enumerate(places, start=1):
                this = (c.room == self.room_id) & (c.number == moved)
                db.execute(update(schema.room_moments).where(this).values(position=position))

    def discard(self, number: int) -> None:
        """Remove a moment."""
        c = schema.room_moments.c
        with self.store.database.writing() as db:
            self._check(find_room(db, self.room_id))
            db.execute(
                delete(schema.room_moments).where(c.room == self.room_id, c.number == number)
            )

    # --- The end --------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the room: its code no longer opens anything. Everybody keeps their runs."""
        self._update(closed_at=Now(), lead=None, begins_at=None)

    def _mine(self) -> Any:
        r = schema.rooms.c
        return (r.id == self.room_id) & (r.presenter == self.key) & r.closed_at.is_(None)

    def _check(self, room: Room) -> None:
        if room.presenter != self.key or room.closed_at is not None:
            raise NotPresenter(self.room_id)

    def _update(self, **values: Any) -> None:
        with self.store.database.writing() as db:
            query = update(schema.rooms).where(self._mine())
            if db.execute(query.values(**values)).rowcount == 0:
                raise NotPresenter(self.room_id)


def start_chosen(workspace: Workspace, room: Room, member: Member) -> Run:
    """Create a run with the settings on the member's page."""
    chosen = member.chosen or room.start.of(member)
    corpus = workspace.store.corpora.get(chosen.sha256, chosen.text_name)
    return workspace.create(corpus, chosen.config.fitted(corpus.characters))


def _next_question(room: Room, text: str, experiment: str = "") -> Question:
    before = room.question.number if room.question else 0
    return Question(text, before + 1, experiment=experiment)


def _withdrawn(question: Question) -> Question:
    """Kept without a text: the number of the next question has to be another one."""
    return Question("", question.number, open=False)
