"""The parts of Streamlit, and of its web server, that have no public API yet.

No other module uses their internals, which change without notice: look here first
after an upgrade of Streamlit.
"""

import logging
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import streamlit as st
from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile as UploadedFile


def session_id() -> str | None:
    """The id of the browser session this script runs for; None outside of one."""
    context = get_script_run_ctx()
    return context.session_id if context else None


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
