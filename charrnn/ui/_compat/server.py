"""The web server: its page, messages, connections, logs and end."""

import logging
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import streamlit as st
from google.protobuf.message import DecodeError
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager


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


def forget_closed_pages() -> None:
    """Free what Streamlit still holds of pages that were closed more than two minutes ago.

    By itself it does so only when the next visitor comes. Call it in the thread of the server.
    """
    manager = runtime.get_instance()._session_mgr
    if isinstance(manager, WebsocketSessionManager):
        storage: Any = manager._session_storage
        storage._cache.expire()
