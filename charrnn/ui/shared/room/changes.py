"""What the browsers of people in a room ask for now and then: whether their pages have to change.

A hundred pages that asked by running their script would take the machine from training. An answer
here takes a fraction of that, and a page runs only when there is something new for it.
"""

import hashlib
from urllib.parse import parse_qs, quote, urlencode, urlparse

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from charrnn.runs.errors import StoreError
from charrnn.ui import navigation, services
from charrnn.ui.shared.room import countdown, presence
from charrnn.ui.shared.room.presence import Presence

_PATH = "/room-changes/"
PEOPLE_PER_SECOND = 30  # how many browsers of a room ask within a second
_GONE = {"version": ""}  # the room has ended, or the member has left it

Change = dict[str, str | float | None]


class RoomChanges:
    """Middleware that answers the questions of watch.js."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a question; all else passes unchanged."""
        if scope["type"] != "http" or _PATH not in scope["path"]:
            await self._app(scope, receive, send)
            return
        room_id, _, key = scope["path"].rpartition(_PATH)[2].partition("/")
        query = parse_qs(scope["query_string"].decode("ascii", "replace"))
        run_id = query.get("run", [""])[0]
        answer = await run_in_threadpool(_answer, room_id, key, run_id, "alone" in query)
        response = JSONResponse(answer, headers={"Cache-Control": "no-store"})
        await response(scope, receive, send)


def address(present: Presence, *, run_id: str, alone: bool) -> str:
    """Where the browser of a member asks. run_id, alone: as in of()."""
    key = present.member.key if present.member else ""
    query = {"run": run_id} | ({"alone": "1"} if alone else {})
    path = urlparse(navigation.address()).path
    return f"{path}{_PATH}{quote(present.room.id)}/{quote(key)}?{urlencode(query)}"


def _answer(room_id: str, key: str, run_id: str, alone: bool) -> Change:
    """The answer to one question. Both keys are random, and what they give away is little."""
    try:
        found = presence.people(room_id)
    except StoreError:
        return {}  # the page itself says what is wrong with the store
    if found is None or not found[0].is_open:
        return dict(_GONE)
    room, members = found
    member = next((each for each in members.values() if each.key == key), None)
    if member is None:
        return dict(_GONE)
    change = of(Presence(room, member), run_id=run_id, alone=alone)
    return change | {"wait": max(1.0, len(members) / PEOPLE_PER_SECOND)}


def of(present: Presence, *, run_id: str, alone: bool) -> Change:
    """What a page may have to change, and what its browser shows meanwhile.

    run_id: of the run that the page shows. alone: whether it does not follow the presenter.
    """
    return {
        "version": version(present, alone=alone),
        "share": share_in_words(run_id),
        "begins": present.room.begins_at,
        "seconds": countdown.seconds_left(present.room),
    }


def version(present: Presence, *, alone: bool = False) -> str:
    """Another text whenever the whole page has to run again."""
    room, member = present.room, present.member
    seen: tuple[object, ...]
    if member:
        lead = None if alone else room.lead
        question = room.question
        seen = (room.start.number, member.run, lead, bool(room.lead), member.nickname, question)
    else:  # the presenter's page has buttons that depend on these
        counts_down = countdown.seconds_left(room) is not None
        seen = (bool(room.lead), counts_down, room.start.number)
    return hashlib.blake2b(repr(seen).encode("utf-8", "replace"), digest_size=8).hexdigest()


def share_in_words(run_id: str) -> str:
    """How the machine is shared at the moment, and where in the queue a run is."""
    supervisor = services.supervisor()
    load, position = supervisor.load, supervisor.queue_position(run_id)
    if position:
        return f"your run is queued: position {position}, with {load.training} training"
    if not load.training:
        return "no run is training"
    runs = f"{load.training} run{'s' * (load.training > 1)}"
    if supervisor.trains(run_id):
        if load.training == 1:
            return "your run is the only one training"
        return f"yours is 1 of {runs} that share the machine evenly"
    return f"{runs} {'are' if load.training > 1 else 'is'} training"
