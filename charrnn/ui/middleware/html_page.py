"""What the HTML page holds from the beginning: a script in its head, a style sheet in its body.

What a page of the dashboard adds arrives later: a style sheet after the text that it moves, a
script after the first change of the URL.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# With these, the server would send compressed HTML, or let the browser use what it has cached.
_NOT_FOR_HTML = (b"accept-encoding", b"if-none-match", b"if-modified-since")


class HtmlPage:
    """Middleware that adds to every HTML page."""

    def __init__(self, app: ASGIApp, *, script: str, style_sheet: str):
        """The style sheet goes into the body: of two equal rules the later one is followed, and
        Streamlit adds its own to the end of the head."""
        self._app = app
        self._additions = {
            b"<head>": f"<script>{script}</script>".encode(),
            b"<body>": f"<style>{style_sheet}</style>".encode(),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; all that is not HTML passes unchanged."""
        if scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            headers = [header for header in scope["headers"] if header[0] not in _NOT_FOR_HTML]
            scope, send = {**scope, "headers": headers}, _Add(self._additions, send)
        await self._app(scope, receive, send)


class _Add:
    """The rest of one response: held back until it is complete if it is HTML, and then extended."""

    def __init__(self, additions: dict[bytes, bytes], send: Send):
        self._additions = additions
        self._send = send
        self._start: Message | None = None  # kept until the body shows whether its length changes
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            if _is_html(message):
                return
        elif self._start is not None and _is_html(self._start):
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            message = {**message, "body": self._extended(self._start)}
            await self._send(self._start)
        await self._send(message)

    def _extended(self, start: Message) -> bytes:
        body = self._body
        for tag, addition in self._additions.items():
            body = body.replace(tag, tag + addition, 1)
        if body != self._body:
            headers = MutableHeaders(scope=start)
            if "content-length" in headers:
                headers["content-length"] = str(len(body))
            for name in ("etag", "last-modified"):  # of the file as it was
                del headers[name]
        return body


def _is_html(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith("text/html")
