"""The cookie in which a browser keeps the key of its workspace, out of the reach of scripts.

A page of Streamlit can set a cookie by a script only, and what a script can set, a script can read.
So the page's cookie is a note to the server: with the next page that the browser loads, the server
moves the key into a cookie of its own. The page still finds it under the name of the note.
"""

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charrnn.ui import workspace_key

KEPT = "charrnn_key"
_SECONDS = 365 * 24 * 3600


class WorkspaceCookie:
    """Middleware that moves the key into a cookie that scripts cannot read."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a page, or connect one; all else passes unchanged."""
        kind = scope["type"]
        if kind == "websocket":
            scope = _with_kept_key(scope)
        elif kind == "http" and "text/html" in Headers(scope=scope).get("accept", ""):
            send = _keeping(HTTPConnection(scope).cookies.get(workspace_key.COOKIE), send)
        await self._app(scope, receive, send)


def _with_kept_key(scope: Scope) -> Scope:
    cookies = HTTPConnection(scope).cookies
    if KEPT not in cookies or workspace_key.COOKIE in cookies:
        return scope
    cookie = f"{workspace_key.COOKIE}={cookies[KEPT]}".encode("latin-1", "replace")
    return {**scope, "headers": [*scope["headers"], (b"cookie", cookie)]}


def _keeping(key: str | None, send: Send) -> Send:
    if not key:
        return send
    cookies = Response()
    cookies.set_cookie(KEPT, key, max_age=_SECONDS, httponly=True, samesite="strict")
    cookies.delete_cookie(workspace_key.COOKIE, samesite="strict")
    added = [header for header in cookies.raw_headers if header[0] == b"set-cookie"]

    async def send_with_cookies(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return send_with_cookies
