"""The headers that tell a browser what a page of this server may do.

The Content Security Policy lets a page run the scripts of this server and nothing else. Markup in
a visitor's text is escaped already; if that ever failed, it still could not act, load or send.
"""

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charrnn.ui._compat.server import index_html
from charrnn.ui.middleware import browser_history

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _content_security_policy() -> str:
    inline = [*_INLINE_SCRIPT.findall(index_html()), browser_history.SCRIPT]
    sources = {
        "default-src": "'none'",
        # A component's script reaches the browser as a string, which Streamlit loads as a blob.
        "script-src": " ".join(["'self'", "blob:", *map(_hash, inline)]),
        "style-src": "'self' 'unsafe-inline'",  # Streamlit's style sheets are written by script
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",  # includes the WebSocket
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())


HEADERS = {
    "Content-Security-Policy": _content_security_policy(),
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
    ),
    "Referrer-Policy": "no-referrer",  # an address may hold a key
    "X-Content-Type-Options": "nosniff",
}


class ResponseHeaders:
    """Middleware that adds HEADERS to every response, and Secure to its cookies over TLS."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP passes unchanged."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        proxied = Headers(scope=scope).get("x-forwarded-proto")
        over_tls = "https" in (scope["scheme"], proxied)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
                if over_tls:
                    message["headers"] = [_secure(*header) for header in message["headers"]]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_open_cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_open_cookie else value
