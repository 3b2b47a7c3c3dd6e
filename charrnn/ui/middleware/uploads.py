"""How much uploaded files may take in the server's memory.

Streamlit holds every uploaded file in memory until its page is closed, however many there are. So
this middleware looks at an upload before it is received.
"""

import re
import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from charrnn.runs.limits import MEGABYTE, Limits
from charrnn.ui._compat.uploads import drop_upload, max_upload_bytes, uploaded_files

_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+/?")
KEPT_OF_PAGE = 1  # besides the one that arrives: a page has two uploaders, for a text and a run
ARRIVING_OF_PAGE = 2
MIN_KEPT_SECONDS = 60.0  # a file is not dropped for others before its page has had time to read it


class UploadLimit:
    """Middleware that bounds what uploaded files take, for one page and for the server."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._arriving: list[tuple[str, int]] = []  # (session, bytes) of each

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; all that is not an upload passes unchanged."""
        uploaded = _UPLOAD.search(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] != "PUT" or not uploaded:
            await self._app(scope, receive, send)
            return
        session, size = uploaded[1], _size(scope)
        if problem := self._make_room(session, size):
            await _discard(receive)
            await PlainTextResponse(problem, status_code=503)(scope, receive, send)
            return
        arriving = (session, size)
        self._arriving.append(arriving)
        try:
            await self._app(scope, receive, send)
        finally:
            self._arriving.remove(arriving)

    def _make_room(self, session: str, size: int) -> str:
        """Make room for a file. Returns why there is none, as a sentence, or ""."""
        files = uploaded_files()
        of_page = [file for file in files if file.session == session]
        for file in of_page[: max(0, len(of_page) - KEPT_OF_PAGE)]:
            drop_upload(file)
        if sum(arriving == session for arriving, _ in self._arriving) >= ARRIVING_OF_PAGE:
            return "This page is uploading two files already: wait until they have arrived."
        allowed = Limits.from_environment().upload_megabytes * MEGABYTE
        arriving_bytes = size + sum(size for _, size in self._arriving)
        files = uploaded_files()  # the oldest first
        held = sum(file.size for file in files)
        for file in files:
            if held + arriving_bytes <= allowed or time.time() < file.since + MIN_KEPT_SECONDS:
                break
            drop_upload(file)
            held -= file.size
        if held + arriving_bytes > allowed:
            return "Too many files are being uploaded just now: try again in a minute."
        return ""


def _size(scope: Scope) -> int:
    """The size that an upload states in bytes, or else the largest that Streamlit receives."""
    stated = dict(scope["headers"]).get(b"content-length", b"")
    return int(stated) if stated.isdigit() else max_upload_bytes()


async def _discard(receive: Receive) -> None:
    """Receive the rest of a request: a browser reads no answer before it has sent all of it."""
    received = 0
    while received <= max_upload_bytes():
        message = await receive()
        received += len(message.get("body", b""))
        if not message.get("more_body"):
            break
