"""The browser's history: one visit to a page, or one choice on it, adds one entry.

Streamlit cannot change the URL without adding an entry. So a small script decides which changes
get one. It is part of the HTML page, because Streamlit changes the URL before a script that a page
of the dashboard adds would run.
"""

import json
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charrnn.ui import session

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_NAMES = json.dumps(session.WITHOUT_HISTORY_ENTRY)
ELEMENT = f"<script>{_SCRIPT.replace('WITHOUT_ENTRY', _NAMES)}</script>".encode()
# What would have the server answer with compressed HTML, or the browser use HTML it has cached.
_NOT_FOR_HTML = (b"accept-encoding", b"if-none-match", b"if-modified-since")


class BrowserHistory:
    """Middleware that adds the script to every HTML page."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; all that is not HTML passes unchanged."""
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            headers = [header for header in scope["headers"] if header[0] not in _NOT_FOR_HTML]
            scope, send = {**scope, "headers": headers}, _AddScript(send)
        await self._app(scope, receive, send)


class _AddScript:
    """The rest of one answer: passed on, with the script at the beginning of its head."""

    def __init__(self, send: Send):
        self._send = send
        self._start: Message | None = None  # kept until the body shows whether its length changes

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            head, tag, rest = message.get("body", b"").partition(b"<head>")
            headers = MutableHeaders(scope=start)
            if tag and headers.get("content-type", "").startswith("text/html"):
                message = {**message, "body": head + tag + ELEMENT + rest}
                if "content-length" in headers:
                    length = int(headers["content-length"]) + len(ELEMENT)
                    headers["content-length"] = str(length)
                for name in ("etag", "last-modified"):  # of the file without the script
                    del headers[name]
            await self._send(start)
        await self._send(message)
