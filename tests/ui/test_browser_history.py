"""The middleware that adds the history script to HTML pages, and to nothing else."""

import pytest
from anyio.from_thread import start_blocking_portal

from charrnn.ui.browser_history import ELEMENT, BrowserHistory

PAGE = b"<html>\n<head><title>Streamlit</title></head>\n</html>"
BROWSER = [(b"accept", b"text/html,*/*"), (b"accept-encoding", b"gzip"), (b"if-none-match", b"x")]


def answer(body: bytes, content_type: bytes, *, accept=BROWSER, parts: int = 1):
    """(headers, body) that a browser gets, and the names of the headers that the server saw."""
    sent, seen = [], []

    async def app(scope, _, send):
        seen.extend(name for name, _ in scope["headers"])
        headers = [
            (b"content-type", content_type),
            (b"content-length", str(len(body)).encode()),
            (b"etag", b"x"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for i in range(parts):
            step = -(-len(body) // parts)
            part = body[i * step : (i + 1) * step]
            await send({"type": "http.response.body", "body": part, "more_body": i < parts - 1})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": list(accept)}
    with start_blocking_portal() as portal:  # an event loop of its own: Playwright's may be running
        portal.call(BrowserHistory(app), scope, None, send)
    return dict(sent[0]["headers"]), b"".join(m["body"] for m in sent[1:]), seen


@pytest.mark.parametrize("parts", [1, 2])
def test_html_page_begins_with_the_script(parts):
    headers, body, seen = answer(PAGE, b"text/html; charset=utf-8", parts=parts)
    assert body == PAGE.replace(b"<head>", b"<head>" + ELEMENT)
    assert headers[b"content-length"] == str(len(body)).encode()
    assert b"etag" not in headers
    assert seen == [b"accept"]  # nothing that would compress the page, or answer from a cache


@pytest.mark.parametrize(
    ("body", "content_type", "accept"),
    [
        (b"<b>no head</b>", b"text/html", BROWSER),
        (b"a text with <head>", b"text/plain", BROWSER),
        (PAGE, b"text/html", [(b"accept", b"*/*")]),
        (b"", b"text/html", BROWSER),
    ],
)
def test_everything_else_passes_unchanged(body, content_type, accept):
    headers, received, _ = answer(body, content_type, accept=accept)
    assert received == body
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"etag"] == b"x"


def test_script_names_the_parameters_that_get_no_entry():
    assert b'["iteration", "prompt", "temperature", "seed", "length"]' in ELEMENT
    assert b"WITHOUT_ENTRY" not in ELEMENT
