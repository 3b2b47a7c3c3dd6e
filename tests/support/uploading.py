"""Sending a file to a page as a browser does."""

import random
import urllib.error
import urllib.request
from collections.abc import Mapping
from ssl import SSLContext

from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string


def upload(
    url: str,
    session: str,
    content: bytes,
    *,
    cookies: Mapping[str, str] | None = None,
    ssl: SSLContext | None = None,
) -> int:
    """Send a file to the page of a session; returns the status of the answer, 204 if it is taken.

    cookies: those that the browser has, besides the one of Streamlit. ssl: for a server at https.
    """
    token, boundary = generate_xsrf_token_string(), "boundary"
    sent = "; ".join(f"{k}={v}" for k, v in {"_streamlit_xsrf": token, **(cookies or {})}.items())
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    request = urllib.request.Request(
        f"{url}/_stcore/upload_file/{session}/{random.getrandbits(64):x}",
        head.encode() + content + f"\r\n--{boundary}--\r\n".encode(),
        {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "X-Xsrftoken": token,
            "Cookie": sent,
        },
        method="PUT",
    )
    try:
        with urllib.request.urlopen(request, context=ssl) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
