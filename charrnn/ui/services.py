"""What all sessions of one server share: the store, the supervisor, and the refresh rate."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import cache

import streamlit as st

from charrnn.runs.errors import RunNotFound, StoreError
from charrnn.runs.events import drop_tracebacks, log_event, log_to_stderr
from charrnn.runs.limits import Limits
from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import URL_VARIABLE, default_url
from charrnn.runs.store.workspace import Workspace, keys_to_view
from charrnn.runs.suggestions.search import Searches
from charrnn.runs.workers.cluster import CLUSTER_VARIABLE, ClusterLauncher
from charrnn.runs.workers.supervisor import Supervisor
from charrnn.ui import client_address, session, workspace_key
from charrnn.ui._compat.downloads import Downloads, media_files
from charrnn.ui._compat.script_runs import let_no_live_part_change_the_page, session_id
from charrnn.ui._compat.server import (
    end_quietly_on_interrupt,
    forget_closed_pages,
    keep_out_of_the_log,
)
from charrnn.ui._compat.uploads import allow_uploads
from charrnn.ui.errors import shows_errors
from charrnn.ui.refresh import LivePages

UNSHARED_TEXT = "a text that is not shared"  # in place of its name
FORGET_SECONDS = 30.0  # how often the memory of closed pages is freed
DOWNLOAD_SECONDS = 10.0  # in which a browser fetches a file it has asked for; kept up to twice that


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Start the supervisor with the server, and stop the workers when the server stops."""
    log_to_stderr()
    drop_tracebacks()
    keep_out_of_the_log()
    let_no_live_part_change_the_page()
    end_quietly_on_interrupt()
    try:
        allow_uploads(Limits.from_environment().run_file_megabytes + 1)  # so the page can say why
        supervisor()
    except StoreError as error:  # every page shows it, too, until the store can be opened
        log_event("store_failed", reason=str(error))
    async with frees_memory():
        yield
    with suppress(StoreError):
        searches().close()
        await asyncio.to_thread(supervisor().close)


@asynccontextmanager
async def frees_memory() -> AsyncIterator[None]:
    """Free what pages that were closed, and files that were downloaded, hold in memory."""
    tasks = [asyncio.create_task(_repeat(forget_closed_pages, FORGET_SECONDS))]
    if files := media_files():
        drop_unused = Downloads(files).drop_unused
        tasks.append(asyncio.create_task(_repeat(drop_unused, DOWNLOAD_SECONDS)))
    yield
    for task in tasks:
        task.cancel()


async def _repeat(action: Callable[[], None], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        action()


def url() -> str:
    """The database URL of the store."""
    return _url(os.environ.get(URL_VARIABLE))


@cache
def _url(_variable: str | None) -> str:
    # Resolved once for each value of the environment variable, not at every refresh of a page.
    return default_url()


def store() -> Store:
    """The store of this server. Raises StoreError if it cannot be opened."""
    return _store_at(url())


@cache
def _store_at(url: str) -> Store:
    return Store(url)


def supervisor() -> Supervisor:
    """The supervisor of this server's workers, started on first use. Raises StoreError."""
    return _supervisor_at(url())


@cache
def _supervisor_at(url: str) -> Supervisor:
    supervisor = Supervisor(_store_at(url), launcher=cluster())
    supervisor.watch()
    return supervisor


def cluster() -> ClusterLauncher | None:
    """The cluster on which runs train; None if they train here. Raises BadCluster."""
    return _cluster_at(address) if (address := os.environ.get(CLUSTER_VARIABLE)) else None


@cache
def _cluster_at(address: str) -> ClusterLauncher:
    return ClusterLauncher(address)


def searches() -> Searches:
    """The searches of this server, which suggest settings. Raises StoreError."""
    return _searches_at(url())


@cache
def _searches_at(url: str) -> Searches:
    return Searches(_store_at(url))


def workspace() -> Workspace:
    """The visitor's own runs."""
    return Workspace(store(), workspace_key.current(), address=client_address.current())


def owned(run: Run) -> bool:
    """Whether the visitor owns a run and may control it, not only view it."""
    return run.workspace == workspace_key.current()


def parent(run: Run) -> Run | None:
    """The run that this one was copied or branched from, whoever owns it; None if it is gone."""
    with suppress(KeyError):
        return store().runs.get(run.parent) if run.parent else None
    return None


def check_view(run: Run) -> None:
    """Raises RunNotFound if the link to another visitor's run was withdrawn meanwhile."""
    if not owned(run) and session.run_id() not in keys_to_view(run):
        raise RunNotFound(run.id)


def may_read_text(run: Run) -> bool:
    """Whether the visitor may read the text of a run that may be viewed, and train on it."""
    return workspace().may_read_text(run)


def text_of(run: Run) -> Corpus:
    """The description of a run's text, under a name that the visitor may see."""
    name = library_titles().get(run.sha256)
    if name is None:
        name = run.text_name if may_read_text(run) else UNSHARED_TEXT
    return replace(corpus(run.sha256), name=name)


def corpus(sha256: str) -> Corpus:
    """A text's description, without a name. Cached: it never changes. Raises TextNotFound."""
    return _corpus_at(url(), sha256)


@st.cache_data(show_spinner=False, max_entries=200)
def _corpus_at(url: str, sha256: str) -> Corpus:
    return _store_at(url).corpora.get(sha256)


def refresh_factor() -> int:
    """What a live page multiplies its refresh intervals by, so that training keeps the CPU."""
    return _live_pages().factor


def show_runs(runs: Iterable[Run]) -> None:
    """Count these runs as viewed, now and at every refresh of the page.

    Every page that shows runs calls this, so that none is paused as unseen, or pruned, meanwhile.
    """
    session.note_shown_runs(run.id for run in runs)
    _mark_viewed()


def note_refresh(seconds: float) -> None:
    """Count this page as live, and its runs as viewed; it will refresh again in `seconds`."""
    _mark_viewed()
    page = session_id()
    if page:
        _live_pages().record_refresh(page, seconds)


def _mark_viewed() -> None:
    with shows_errors():  # a full disk is no reason to show nothing
        store().runs.mark_viewed(session.shown_runs())


@cache
def _live_pages() -> LivePages:
    return LivePages()
