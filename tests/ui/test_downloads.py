"""A file that a page asks for stays until its browser has fetched it, and not much longer."""

import pytest
from anyio.from_thread import start_blocking_portal
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from charrnn.ui import services
from charrnn.ui._compat.downloads import Downloads


class Server:
    """Streamlit's own manager of files, for the page "dontcare"."""

    def __init__(self) -> None:
        self.media_file_mgr = MediaFileManager(MemoryMediaFileStorage("/media"))

    def draw(self, content: bytes = b"loss") -> str:
        """Draw the page, with one download button; returns what a click on it sends."""
        self.media_file_mgr.clear_session_refs()
        return self.draw_button(content)

    def draw_button(self, content: bytes) -> str:
        return self.media_file_mgr.add_deferred(lambda: content, "text/csv", "0.0", "curve.csv")

    def end_of_script(self) -> None:
        """What every script run does at its end, on whatever page."""
        self.media_file_mgr.remove_orphaned_files()

    def fetch(self, url: str) -> bytes | None:
        """What the browser is answered; None for 404."""
        file = self.media_file_mgr.read_file(url.removeprefix("/media/").removesuffix(".csv"))
        return file.content if file else None


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def downloads(server) -> Downloads:
    return Downloads(server.media_file_mgr)


def test_a_file_is_there_however_many_pages_are_drawn_before_it_is_fetched(server, downloads):
    url = server.media_file_mgr.execute_deferred(server.draw())
    for _ in range(30):
        server.end_of_script()
    assert server.fetch(url) == b"loss"
    downloads.drop_unused()
    assert server.fetch(url) == b"loss"
    downloads.drop_unused()
    assert server.fetch(url) is None


def test_a_file_that_is_asked_for_again_stays_as_long_again(server, downloads):
    button = server.draw()
    for _ in range(3):
        url = server.media_file_mgr.execute_deferred(button)
        downloads.drop_unused()
    assert server.fetch(url) == b"loss"


def test_a_button_works_until_the_browser_has_the_one_that_is_drawn_in_its_place(server, downloads):
    shown = server.draw(b"before")
    drawn = server.draw_button(b"after")
    server.end_of_script()
    downloads.drop_unused()
    assert server.fetch(server.media_file_mgr.execute_deferred(shown)) == b"before"
    downloads.drop_unused()
    with pytest.raises(MediaFileStorageError):
        server.media_file_mgr.execute_deferred(shown)
    assert server.fetch(server.media_file_mgr.execute_deferred(drawn)) == b"after"


def test_many_files_cannot_fill_the_memory(server, downloads, monkeypatch):
    monkeypatch.setattr("charrnn.ui._compat.downloads.MAX_DOWNLOAD_BYTES", 10)
    make = server.media_file_mgr.execute_deferred
    first, second = make(server.draw(b"first")), make(server.draw(b"secnd"))
    assert (server.fetch(first), server.fetch(second)) == (b"first", b"secnd")
    assert make(server.draw(b"first")) == first  # by now the newest
    third = make(server.draw(b"third"))
    assert [server.fetch(url) for url in (first, second, third)] == [b"first", None, b"third"]
    large = make(server.draw(b"larger than all of them"))
    assert [server.fetch(url) for url in (first, third)] == [None, None]
    assert server.fetch(large) == b"larger than all of them"


def test_while_a_server_runs_it_drops_what_nobody_uses(server, monkeypatch, eventually):
    monkeypatch.setattr(services, "DOWNLOAD_SECONDS", 0.01)
    monkeypatch.setattr(services, "media_files", lambda: server.media_file_mgr)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(services.frees_memory()),
    ):
        url = server.media_file_mgr.execute_deferred(server.draw())
        eventually(lambda: server.fetch(url) is None)
