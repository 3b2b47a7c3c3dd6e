"""Which room the visitor is in, and in what part."""

from dataclasses import dataclass

from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.room_records import Member, Room, Wall
from charrnn.ui import services, workspace_key
from charrnn.ui.shared.room.recent import Recent

# So many seconds old may be what a page shows of a room. Thirty pages then cost the store no more
# than one or two.
_PRESENCES: "Recent[Presence | None]" = Recent(0.5)
_PEOPLE: "Recent[tuple[Room, dict[str, Member]] | None]" = Recent(0.5)
_WALLS: "Recent[Wall | None]" = Recent(0.6)


@dataclass(frozen=True)
class Presence:
    """The room that the visitor is in. member: None for its presenter."""

    room: Room
    member: Member | None

    @property
    def is_presenter(self) -> bool:
        return self.member is None


def current() -> Presence | None:
    """The open room that the visitor presents or has joined; None if there is none."""
    workspace = workspace_key.current()

    def find() -> Presence | None:
        rooms = services.store().rooms
        room = rooms.presented(workspace)
        if room and room.is_open:
            return Presence(room, None)
        joined = rooms.joined(workspace)
        return Presence(*joined) if joined else None

    return _PRESENCES.get((services.url(), workspace), find)


def refreshed(presence: Presence) -> Presence | None:
    """The same presence as it is now; None if the room is closed, or the member no longer in it.

    What has been read for one page serves all pages of the room.
    """
    found = people(presence.room.id)
    if found is None or not found[0].is_open:
        return None
    room, members = found
    if presence.member is None:
        return Presence(room, None)
    member = members.get(presence.member.workspace)
    return Presence(room, member) if member else None


def people(room_id: str) -> tuple[Room, dict[str, Member]] | None:
    """A room, and its members by their workspaces; None if there is no such room."""

    def read() -> tuple[Room, dict[str, Member]] | None:
        if "\0" in room_id:
            return None  # PostgreSQL fails on it
        try:
            room, members = services.store().rooms.people(room_id)
        except KeyError:
            return None
        return room, {member.workspace: member for member in members}

    return _PEOPLE.get((services.url(), room_id), read)


def wall(room: Room) -> Wall | None:
    """The wall of a room; None if the room has been deleted."""

    def read() -> Wall | None:
        try:
            return services.store().walls.read(room.id)
        except KeyError:
            return None

    return _WALLS.get((services.url(), room.id), read)


def presenter(room: Room) -> Presenter:
    """The powers over a room, for what its presenter clicks."""
    return Presenter(services.store(), workspace_key.current(), room.id)


def forget() -> None:
    """See the visitor's own change at once."""
    for shared in (_PRESENCES, _PEOPLE, _WALLS):
        shared.forget()
