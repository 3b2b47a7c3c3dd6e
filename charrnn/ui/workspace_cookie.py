"""The cookie in which a browser keeps the key of its workspace.

A page of Streamlit can set a cookie by a script only, and a script cannot set one that scripts
cannot read. So the script's cookie is a note to the server, which puts the key into a cookie of its
own with the next page that the browser loads.
"""

import html

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "charrnn_key"  # hidden from scripts
_FROM_SCRIPT = "charrnn_workspace"  # newer, if there are both
_SECONDS = 365 * 24 * 3600
SCRIPT = """
document.querySelectorAll("[data-cookie]").forEach(({ dataset }) => {
  document.cookie = dataset.cookie + (location.protocol === "https:" ? "; Secure" : "");
});
"""


def read() -> str:
    """The key that the browser has sent, as it is; "" if none."""
    cookies = st.context.cookies
    return cookies.get(_FROM_SCRIPT) or cookies.get(_COOKIE) or ""


def store(key: str) -> None:
    """Let the browser keep a key for later visits; adds nothing visible to the page."""
    cookie = f"{_FROM_SCRIPT}={key}; path=/; max-age={_SECONDS}; SameSite=Strict"
    st.html(
        f'<span data-cookie="{html.escape(cookie)}"></span><script>{SCRIPT}</script>',
        unsafe_allow_javascript=True,
    )


class WorkspaceCookie:
    """Middleware that puts the key from the script's cookie into one that scripts cannot read."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; all that is not HTML passes unchanged."""
        is_page = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
        key = HTTPConnection(scope).cookies.get(_FROM_SCRIPT) if is_page else None
        if not key:
            await self._app(scope, receive, send)
            return
        cookies = Response()
        cookies.set_cookie(_COOKIE, key, max_age=_SECONDS, httponly=True, samesite="strict")
        cookies.delete_cookie(_FROM_SCRIPT, samesite="strict")
        added = [header for header in cookies.raw_headers if header[0] == b"set-cookie"]

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, send_with_cookies)
