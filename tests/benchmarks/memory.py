"""The worst that visitors can do to the server's memory, and whether it stays below its bounds.

One after another: pages that upload files without end, and runs of long texts: their samples are
compared with the text, their text is counted, and the network is looked into. The table in
README.md says what bounds each.
"""

import asyncio
import tempfile
from pathlib import Path

import numpy as np

from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits
from charrnn.runs.store.records import Progress
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.shared import memory_cache
from tests.benchmarks import processes
from tests.benchmarks.load import print_log_errors
from tests.benchmarks.visitor import Visitor
from tests.support.server import Server
from tests.support.uploading import upload

PAGES, FILES_OF_PAGE, FILE_MEGABYTES = 8, 3, 100
TEXTS, TEXT_MEGABYTES = 3, 25
PATIENCE = 240.0  # seconds
START_MEGABYTES = 240  # what the server takes with a few pages open
BUILD_SHARE = 28  # the memory for indexing a text, in terms of the text
COUNT_MEGABYTES = 290  # the memory for counting a text


def main() -> None:
    limits, kept = Limits(), memory_cache.MAX_BYTES / processes.MEGABYTE
    building = BUILD_SHARE * TEXT_MEGABYTES
    bound = START_MEGABYTES + limits.upload_megabytes + 3 * kept + building + COUNT_MEGABYTES
    with tempfile.TemporaryDirectory() as folder:
        location = Path(folder) / "store"
        links = _add_runs(location)
        server = Server(location, Path(folder) / "server.log")
        print(f"\nThe server's memory may reach {bound:,.0f} MB")
        print("                                          now MB    most MB", flush=True)
        try:
            asyncio.run(_worst(server, links))
        finally:
            server.stop()
        print_log_errors(server.log)


def _add_runs(location: Path) -> list[str]:
    """A paused run with a sample for each of a few long texts of random words; their links."""
    store = Store(f"sqlite:///{location / 'charrnn.sqlite'}")
    rng, links = np.random.default_rng(0), []
    for n in range(TEXTS):
        letters = rng.integers(ord("a"), ord("z"), (TEXT_MEGABYTES * 2**20 // 6, 6), np.uint8)
        letters[:, -1] = ord(" ")
        text = letters.tobytes().decode()
        workspace = Workspace(store, f"{n}" * 32)
        corpus = store.corpora.add(f"text {n}", text)
        run = workspace.create(corpus, RunConfig(hidden_size=8), pause_at=1)
        store.leases.claim(run.id, "here")
        samples = [{"iteration": 0, "text": text[100:300]}]
        state = {"status": "paused", "iteration": 1}
        store.leases.publish(run.id, "here", state, Progress(samples=samples))
        store.leases.release(run.id, "here")
        links.append(f"w={workspace.key}&run={run.id}")
    return links


def _report(server: Server, what: str) -> None:
    pid = server.process.pid
    print(f"  {what:38}{processes.resident(pid):8.0f}{processes.peak(pid):11.0f}", flush=True)


async def _worst(server: Server, links: list[str]) -> None:
    async with Visitor(server.url, patience=PATIENCE):
        _report(server, "at first, with one page")
    await _upload_without_end(server)
    for n, link in enumerate(links, start=1):
        async with Visitor(server.url, link, patience=PATIENCE) as visitor:
            _report(server, f"text {n} of {TEXT_MEGABYTES} MB compared")
            await visitor.switch_on("Compare with counting")
            _report(server, f"text {n} counted")
        async with Visitor(server.url, link, page="inside", patience=PATIENCE):
            _report(server, f"network {n} looked into")
    for page in ("alphabet", "learn", "room"):
        async with Visitor(server.url, links[-1], page=page, patience=PATIENCE):
            _report(server, f"the page {page.title()}")


async def _upload_without_end(server: Server) -> None:
    pages = [Visitor(server.url, patience=PATIENCE) for _ in range(PAGES)]
    file = bytes(FILE_MEGABYTES * 2**20)
    taken = refused = 0
    for page in pages:
        await page.__aenter__()
    for _ in range(FILES_OF_PAGE):
        for page in pages:
            status = await asyncio.to_thread(upload, server.url, page.session, file)
            taken, refused = taken + (status == 204), refused + (status == 503)
    _report(server, f"{taken} files of {FILE_MEGABYTES} MB, {refused} refused")
    for page in pages:
        await page.__aexit__()
