"""A room: with thirty people, and with a hundred, how fast are the pages and how old is the wall?

Everybody has a page and a run; all are started at once, and now and then they pause, resume or move
the learning rate. The presenter's page shows the wall. All talk to the server over real WebSockets
on the same cores, and their own share is left out of what training could have.
"""

import asyncio
import contextlib
import http.client
import itertools
import json
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

from charrnn.runs.config import RunConfig
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.room_records import Start
from charrnn.runs.store.store import Store
from charrnn.runs.texts import library
from charrnn.ui.shared.room.changes import PEOPLE_PER_SECOND
from tests.benchmarks.load import Usage, click_on, print_log_errors, print_seconds, print_usage
from tests.benchmarks.visitor import Visitor
from tests.support.server import Server

ROOMS = (30, 100)  # people
JOINING_SECONDS = 0.2  # between two people
SETTLING_SECONDS = 25.0  # workers start, and pages of new runs refresh more often
MEASURED_SECONDS = 40.0
START_SECONDS = 60.0  # until everybody's run has to be there
WALL_SECONDS = 3.0  # the aim
SHARED_SECONDS = 0.6  # pages share what one of them has read, see ui/shared/room/presence.py


def main() -> None:
    for people in ROOMS:
        with tempfile.TemporaryDirectory() as folder:
            server = Server(Path(folder) / "store", Path(folder) / "server.log")
            try:
                asyncio.run(_measure(server, Path(folder) / "store", people))
            finally:
                server.stop()
            print_log_errors(server.log)


async def _measure(server: Server, folder: Path, people: int) -> None:
    async with Visitor(server.url):
        pass  # the first page creates the store
    store = Store(f"sqlite:///{folder}/charrnn.sqlite")
    corpus = store.corpora.add("story", library.load(library.available()[0].key))
    key = secrets.token_urlsafe(24)
    room = Presenter.open_room(store, key, Start(corpus.sha256, corpus.name, RunConfig()))
    async with contextlib.AsyncExitStack() as stack:
        wall = await stack.enter_async_context(
            Visitor(server.url, "show=Tiles", key=key, page="room")
        )
        visitors = []
        for number in range(people):
            own = secrets.token_urlsafe(24)
            store.rooms.join(room, own, f"Person {number + 1}")
            visitors.append(await stack.enter_async_context(Visitor(server.url, key=own)))
            await asyncio.sleep(JOINING_SECONDS)
        began = time.perf_counter()
        await wall.press("Start everybody")
        await _until_all_have_runs(store, room.id)
        print(
            f"\n{people} people: all have a run {time.perf_counter() - began:.1f} s after a click"
        )
        await asyncio.sleep(SETTLING_SECONDS)
        asked: list[float] = []
        watching = asyncio.create_task(_watch(server.url, visitors, asked))
        responses: list[float] = []
        timeouts: list[str] = []
        clicking = [asyncio.create_task(click_on(v, responses, timeouts)) for v in visitors]
        wall.pictures.clear()
        before = Usage.now(server, store, [])
        await asyncio.sleep(MEASURED_SECONDS)
        usage = Usage.now(server, store, []).since(before)
        for task in (*clicking, watching):
            task.cancel()
        await asyncio.gather(*clicking, watching, return_exceptions=True)
        print_usage(f"a room of {people}, each with a page, and one wall", usage)
        print_seconds("click until the page is updated", responses)
        print_seconds("a question whether the room has changed", asked)
        _print_wall(wall.pictures, store, room.id)
        pages = [wall, *visitors]
        print(f"  lost clicks: {len(timeouts) or 'none'}")
        print(f"  errors on pages: {[error for v in pages for error in v.errors] or 'none'}")


async def _until_all_have_runs(store: Store, room_id: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not all(member.run for member in store.rooms.people(room_id)[1]):
        assert time.monotonic() < deadline, "not everybody was started"
        await asyncio.sleep(0.1)


async def _watch(url: str, visitors: list[Visitor], seconds: list[float]) -> None:
    """Ask for changes as every browser does, in turn, each once a second or less often."""
    wait = max(1.0, len(visitors) / PEOPLE_PER_SECOND) / len(visitors)
    host = urlparse(url)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=20)

    def ask(address: str) -> None:
        connection.request("GET", address)
        answer = json.loads(connection.getresponse().read())
        assert answer["version"], "a page was no longer in the room"

    while True:
        for visitor in visitors:
            started = time.perf_counter()
            await asyncio.to_thread(ask, visitor.watches)
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(max(0.0, wait - seconds[-1]))


def _print_wall(pictures: list[float], store: Store, room_id: str) -> None:
    """pictures: when the wall arrived, in seconds. Until the next one it grows older."""
    started = time.perf_counter()
    store.walls.read(room_id)
    read = time.perf_counter() - started
    gaps = [after - before for before, after in itertools.pairwise(pictures)]
    # What arrives was read at most SHARED_SECONDS before it was drawn.
    oldest = max(gaps) + SHARED_SECONDS + read
    print(f"  the wall: drawn {len(pictures)} times, read in {1000 * read:.0f} ms, ", end="")
    print(f"at most {oldest:.1f} s old (aim {WALL_SECONDS:g} s)")
