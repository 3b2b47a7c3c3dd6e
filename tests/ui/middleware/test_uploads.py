"""Uploaded files take a bounded part of the server's memory, whatever a page sends."""

import tomllib
import weakref
from types import SimpleNamespace

import pytest
from anyio.from_thread import start_blocking_portal
from streamlit import config
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from charrnn.runs.limits import Limits
from charrnn.ui._compat import server
from charrnn.ui._compat import uploads as compat
from charrnn.ui.middleware import uploads
from tests.support.server import ROOT

MEGABYTE = 2**20


def serve(app, scope, receive, send) -> None:
    """Serve one request in an event loop of its own: Playwright's may be running."""
    with start_blocking_portal() as portal:
        portal.call(app, scope, receive, send)


@pytest.fixture
def manager(monkeypatch):
    """Streamlit's manager of uploaded files."""
    manager = MemoryUploadedFileManager("/upload")
    monkeypatch.setattr(compat, "_uploads", lambda: manager)
    monkeypatch.setattr(compat, "_first_seen", {})
    monkeypatch.setenv("CHARRNN_UPLOAD_MEGABYTES", "10")
    return manager


@pytest.fixture
def clock(monkeypatch):
    """The time, in seconds: clock.now."""
    clock = SimpleNamespace(now=1000.0)
    fake = SimpleNamespace(time=lambda: clock.now)
    monkeypatch.setattr(compat, "time", fake)
    monkeypatch.setattr(uploads, "time", fake)
    return clock


@pytest.fixture
def upload(manager):
    """upload(session, file, megabytes): send a file; returns the status and text of the answer.

    meanwhile: called while it arrives. stated: whether it states its size.
    """

    def upload(session, file, megabytes, *, meanwhile=None, stated=True):
        answer = {"status": 204, "text": ""}

        async def receive_file(scope, receive, send):
            if meanwhile:
                meanwhile(middleware)
            record = UploadedFileRec(file, file, "text/plain", bytes(int(megabytes * MEGABYTE)))
            manager.add_file(session, record)

        async def send(message):
            answer["status"] = message.get("status", answer["status"])
            answer["text"] += message.get("body", b"").decode()

        parts = [b"a", b"", b"b"]

        async def receive():
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        size = str(int(megabytes * MEGABYTE)).encode()
        scope = {
            "type": "http",
            "method": "PUT",
            "path": f"/base/_stcore/upload_file/{session}/{file}",
            "headers": [(b"content-length", size)] if stated else [],
        }
        middleware = uploads.UploadLimit(receive_file)
        serve(middleware, scope, receive, send)
        assert not parts or answer["status"] == 204  # a refused file is received all the same
        return answer["status"], answer["text"]

    return upload


def held(manager):
    return {file.file_id for file in compat.uploaded_files()}


@pytest.mark.usefixtures("clock")
def test_a_page_that_uploads_without_end_keeps_two_files(upload, manager):
    for n in range(30):
        assert upload("page", f"file{n}", 4) == (204, "")
    assert held(manager) == {"file28", "file29"}


def test_many_pages_cannot_fill_the_memory(upload, manager, clock):
    for n in range(5):
        assert upload(f"page{n}", f"file{n}", 2) == (204, "")
        clock.now += 1
    status, text = upload("another", "file", 2)
    assert (status, text) == (
        503,
        "Too many files are being uploaded just now: try again in a minute.",
    )
    assert len(held(manager)) == 5
    clock.now += uploads.MIN_KEPT_SECONDS
    assert upload("another", "file", 3) == (204, "")  # the oldest have been read long ago
    assert held(manager) == {"file2", "file3", "file4", "file"}


def test_files_that_are_still_arriving_count(upload, manager):
    def meanwhile(middleware):
        assert middleware._make_room("other", 8 * MEGABYTE).startswith("Too many files")
        assert middleware._make_room("other", 3 * MEGABYTE) == ""
        middleware._arriving.append(("page", 1))
        assert middleware._make_room("page", 1).startswith("This page is uploading two files")
        middleware._arriving.pop()

    assert upload("page", "file", 6, meanwhile=meanwhile) == (204, "")


def test_a_file_that_does_not_state_its_size_counts_as_the_largest(upload, manager):
    assert upload("page", "file", 1, stated=False)[0] == 503
    assert upload("page", "file", 1)[0] == 204


def test_everything_else_passes():
    passed = []

    async def app(scope, receive, send):
        passed.append(scope["path"])

    for method, path in (("GET", "/"), ("DELETE", "/_stcore/upload_file/a/b"), ("PUT", "/other")):
        scope = {"type": "http", "method": method, "path": path, "headers": []}
        serve(uploads.UploadLimit(app), scope, None, None)
    websocket = {"type": "websocket", "path": "/_stcore/stream"}
    serve(uploads.UploadLimit(app), websocket, None, None)
    assert len(passed) == 4


class Page:
    """Stands in for Streamlit's session of a page."""

    id = "page"


def test_what_a_closed_page_held_is_freed_though_no_visitor_comes(monkeypatch, eventually):
    storage = MemorySessionStorage(ttl_seconds=0.05)
    running = SimpleNamespace(_session_mgr=WebsocketSessionManager(storage, None, None, None))
    monkeypatch.setattr(server.runtime, "get_instance", lambda: running)
    page = Page()
    storage.save(SimpleNamespace(session=page))
    closed = weakref.ref(page)
    del page

    def forgotten():
        server.forget_closed_pages()
        return closed() is None

    eventually(forgotten)


# --- The size of one file -----------------------------------------------------------------------


def test_the_largest_file_that_can_be_uploaded_follows_the_limits(monkeypatch):
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] == Limits().run_file_megabytes + 1
    before = config.get_option("server.maxUploadSize")
    try:
        monkeypatch.setenv("CHARRNN_TEXT_MEGABYTES", "100")
        compat.allow_uploads(Limits.from_environment().run_file_megabytes + 1)
        assert compat.max_upload_bytes() == (100 - 25 + 270) * MEGABYTE
        compat.allow_uploads(10)  # never less than Streamlit's own settings allow
        assert compat.max_upload_bytes() == (100 - 25 + 270) * MEGABYTE
    finally:
        config.set_option("server.maxUploadSize", before)


def test_any_network_and_text_that_the_limits_allow_fit_into_a_file():
    limits = Limits(weights=5_000_000, text_megabytes=40)
    assert limits.run_file_megabytes * MEGABYTE > 5_000_000 * 24 + 40 * MEGABYTE
    assert Limits(weights=1e9).run_file_megabytes == 512  # what a file may have at most
