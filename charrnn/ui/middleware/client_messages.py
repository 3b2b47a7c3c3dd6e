"""What a browser may ask of the server over its WebSocket.

Streamlit also understands messages that act on all visitors or on the server itself: one clears
everybody's caches, another describes the server's Git repository. They are meant for a developer
at work on the page. Nothing on the page sends them, so whoever does is no visitor.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charrnn.ui._compat.server import message_kind

ALLOWED = {
    "rerun_script",
    "stop_script",  # only the sender's own
    "app_heartbeat",
    "file_urls_request",
    "deferred_file",
    "dataframe_chunk",
}


class ClientMessages:
    """Middleware that drops every message of a kind that is not in ALLOWED."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection; all that is not a WebSocket passes unchanged."""

        async def receive_allowed() -> Message:
            while True:
                message = await receive()
                if _is_allowed(message):
                    return message

        is_websocket = scope["type"] == "websocket"
        await self._app(scope, receive_allowed if is_websocket else receive, send)


def _is_allowed(message: Message) -> bool:
    is_data = message["type"] == "websocket.receive"
    return not is_data or message_kind(message.get("bytes") or b"") in ALLOWED
