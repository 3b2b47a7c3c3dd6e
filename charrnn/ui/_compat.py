"""The parts of Streamlit, and of its web server, that have no public API yet.

No other module uses their internals, which change without notice: look here first
after an upgrade of Streamlit.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

import streamlit as st
from google.protobuf.message import DecodeError
from streamlit import config, runtime
from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import RunLocation, ThreadState
from streamlit.runtime.uploaded_file_manager import UploadedFile as UploadedFile
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager


def draw_from_the_top() -> None:
    """Draw what comes next into the page itself, whatever container was drawn into before.

    Streamlit leaves the container around a fragment open when the fragment has run. A run of the
    whole page that the same thread begins then, for a click that came at the end of the fragment's,
    would be drawn into that container, and the browser goes blank at the next refresh.
    """
    context_dg_stack.set(get_default_dg_stack_value())


_run_script = ScriptRunner._run_script
_request_rerun = ScriptRequests._request_rerun_locked


def let_no_live_part_change_the_page() -> None:
    """Draw no page again that its visitor has just left.

    A refresh of a live part, or a click in it, names the page that the browser shows when it is
    sent. Behind a click on a link, or when the script has sent its visitor to another page, that is
    the page before, and Streamlit would go back to it: the browser drops the new page, and goes
    blank when that refreshes. Here the live part is drawn on the page that the visitor has gone to
    or, if that does not have it, not at all.
    """
    cast("Any", ScriptRunner)._run_script = _run_on_this_page
    cast("Any", ScriptRequests)._request_rerun_locked = _request_on_next_page


def _run_on_this_page(runner: ScriptRunner, request: RerunData) -> None:
    fragments, page = request.fragment_id_queue, runner._pages_manager.current_page_script_hash
    if fragments and not any(map(runner._fragment_storage.contains, fragments)):
        return
    if fragments and request.page_script_hash != page:
        with runner._session_state.query_params() as parameters:
            query = urlencode(parameters._query_params, doseq=True)
        request = replace(request, page_script_hash=page, page_name="", query_string=query)
    _run_script(runner, request)


def _request_on_next_page(requests: ScriptRequests, request: RerunData) -> bool:
    """Take a request, which may be joined with one that waits for the script."""
    waiting = requests._rerun_data
    joined = requests._state is ScriptRequestType.RERUN and not waiting.fragment_id_queue
    if request.fragment_id and joined:
        request = replace(
            request,
            page_script_hash=waiting.page_script_hash,
            page_name=waiting.page_name,
            query_string=waiting.query_string,
        )
    return _request_rerun(requests, request)


def session_id() -> str | None:
    """The id of the browser session this script runs for; None outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else None


def in_callback() -> bool:
    """Whether a callback of a control is running: what it draws has no place on the page."""
    return ThreadState.get().run_location is RunLocation.CALLBACK


def index_html() -> str:
    """Streamlit's own HTML page, as it is before any middleware."""
    page = Path(st.__file__).parent / "static" / "index.html"
    return page.read_text(encoding="utf-8")


def message_kind(data: bytes) -> str | None:
    """What a browser's message asks for; None if it asks for nothing or cannot be read."""
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload")
    return kind


def peer_address() -> str | None:
    """The address of this session's connection; None outside of a server.

    If that is this machine's, as with a proxy on it, Uvicorn takes it from X-Forwarded-For.
    """
    return st.context.ip_address if runtime.exists() else None


def forwarded_for() -> str:
    """The header X-Forwarded-For of this session's connection; "" without one."""
    headers = st.context.headers.get_all("X-Forwarded-For") if runtime.exists() else []
    return ", ".join(headers)


def is_history_navigation() -> bool:
    """Whether this rerun was caused by the browser's Back or Forward button."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


# Their warnings quote what a client has sent, and it may send anything: lines of a log, too.
_QUOTING_LOGGERS = (
    "streamlit.web.server.starlette.starlette_websocket",
    "streamlit.runtime.app_session",
    "streamlit.runtime.scriptrunner.script_runner",
)


def keep_out_of_the_log() -> None:
    """Let nothing but the app log an error of a page, and nothing log what clients write.

    That includes addresses, which hold keys: Streamlit logs them once .streamlit/config.toml has
    changed while it was running.
    """
    for name in _QUOTING_LOGGERS:
        logging.getLogger(name).addFilter(lambda record: record.levelno > logging.WARNING)
    script_errors = logging.getLogger("streamlit.error_util")
    script_errors.addFilter(lambda record: record.msg != "Uncaught app execution")
    logging.getLogger("uvicorn.access").addFilter(lambda _: False)


def end_quietly_on_interrupt() -> None:
    """Let Ctrl-C end the server like any other program that is done.

    Uvicorn raises the signal once more when it has shut down, and Streamlit then prints "Aborted!".
    Does nothing without Uvicorn, and outside of the main thread, where no signals arrive.
    """
    server: Any = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    if not hasattr(server, "should_exit"):
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.force_exit = server.should_exit  # a second Ctrl-C waits for nothing
        server.should_exit = True

    signal.signal(signal.SIGINT, stop)


def uploaded_file(key: str) -> UploadedFile | None:
    """The file of an uploader, for a callback; None until it has arrived completely."""
    file = st.session_state.get(key)
    return file if isinstance(file, UploadedFile) else None


def finish(change: Callable[[], None]) -> None:
    """Make a change to the session that a rerun must not cut in half; the rerun comes afterwards.

    Every access to the session is a point where a second click ends the function that handles the
    first. change: may be called again from its beginning.
    """
    interruption = None
    while True:
        try:
            change()
            break
        except RerunException as rerun:
            interruption = rerun
    if interruption:
        raise interruption


class HeldUpload(NamedTuple):
    """An uploaded file in memory. since: when it was first seen, in seconds since 1970."""

    session: str
    file_id: str
    size: int
    since: float


_first_seen: dict[str, float] = {}  # file id -> see HeldUpload


def uploaded_files() -> list[HeldUpload]:
    """All uploaded files that are in memory, the oldest first."""
    files = _uploads().file_storage
    now = time.time()
    held = [
        HeldUpload(session, file_id, len(record.data), _first_seen.setdefault(file_id, now))
        for session, records in list(files.items())
        for file_id, record in list(records.items())
    ]
    for gone in _first_seen.keys() - {file.file_id for file in held}:
        del _first_seen[gone]
    return sorted(held, key=lambda file: file.since)


def drop_upload(file: HeldUpload) -> None:
    """Free the memory of an uploaded file. Its uploader is empty from then on."""
    _uploads().remove_file(file.session, file.file_id)


def drop_uploaded(file: UploadedFile) -> None:
    """Free the memory of a file of this session that has been read."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def max_upload_bytes() -> int:
    """The largest file that Streamlit receives."""
    return int(config.get_option("server.maxUploadSize")) * 2**20


def allow_uploads(megabytes: int) -> None:
    """Let Streamlit receive files of this size, unless its own settings allow larger ones."""
    if megabytes > config.get_option("server.maxUploadSize"):
        config.set_option("server.maxUploadSize", megabytes)


def forget_closed_pages() -> None:
    """Free what Streamlit still holds of pages that were closed more than two minutes ago.

    By itself it does so only when the next visitor comes. Call it in the thread of the server.
    """
    manager = runtime.get_instance()._session_mgr
    if isinstance(manager, WebsocketSessionManager):
        storage: Any = manager._session_storage
        storage._cache.expire()


def _uploads() -> MemoryUploadedFileManager:
    manager = runtime.get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return manager


MAX_DOWNLOAD_BYTES = 256 * 2**20  # of all files that were made; a single one may be larger


class Downloads:
    """The files that download buttons make, and the functions that make them.

    Streamlit drops such a file after two script runs, on whatever pages, and such a function when
    its page is drawn anew. If many pages are live, that is before a browser has fetched the file,
    or has heard of the new function, and the download fails. With this, both stay until
    drop_unused() has found them unused twice.
    """

    def __init__(self, manager: MediaFileManager):
        self._manager = cast("Any", manager)  # three of its methods are replaced
        self._make = manager.execute_deferred
        self._drop_unused = manager.remove_orphaned_files
        self._unused: set[str] = set()  # functions, as of the last call of drop_unused()
        self._making = threading.Lock()  # making a file may take several times its size
        self._manager.execute_deferred = self._make_within_bounds
        self._manager.remove_orphaned_files = lambda: None  # called after each script run
        self._manager._remove_orphaned_deferred_callables = self._drop_unused_functions

    def drop_unused(self) -> None:
        """Drop the files and functions that no page has used since before the last call."""
        self._drop_unused()

    def _drop_unused_functions(self) -> None:
        pages = self._manager._files_by_session_and_coord.values()
        used = {file_id for files in pages for file_id in files.values()}
        unused = self._manager._deferred_callables.keys() - used
        for function in unused & self._unused:
            self._manager._drop_deferred_id(function)
        self._unused = unused

    def _make_within_bounds(self, function: str) -> str:
        """Make the file of a button that was clicked; returns its URL."""
        with self._making:
            url = self._make(function)
            self._drop_oldest(newest=Path(url).stem)
        return url

    def _drop_oldest(self, newest: str) -> None:
        """Drop files until all of them fit into MAX_DOWNLOAD_BYTES. newest: stays in any case."""
        with self._manager._lock:
            files = self._manager._file_metadata
            files[newest] = files.pop(newest)  # the last, even if it was made before, too
            sizes = {
                file: self._manager._storage.get_file(file).content_size
                for file, metadata in files.items()
                if metadata.kind == MediaFileKind.DOWNLOADABLE
            }
            for file in [*sizes][:-1]:
                if sum(sizes.values()) <= MAX_DOWNLOAD_BYTES:
                    break
                self._manager._delete_file(file)
                del sizes[file]


def media_files() -> MediaFileManager | None:
    """Streamlit's manager of the files that pages show and offer; None outside of a server."""
    return runtime.get_instance().media_file_mgr if runtime.exists() else None
