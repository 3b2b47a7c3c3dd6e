"""The middleware that adds to HTML pages, and to nothing else; what it adds."""

import pytest
from anyio.from_thread import start_blocking_portal

from charrnn.ui.middleware.browser_history import SCRIPT
from charrnn.ui.middleware.html_page import HtmlPage
from charrnn.ui.style import DARK, LIGHT, sheet

PAGE = b"<html>\n<head><title>Streamlit</title></head>\n<body><p>\xc3\xa9</p></body></html>"
EXTENDED = (
    b"<html>\n<head><script>go()</script><title>Streamlit</title></head>\n"
    b"<body><style>p { color: red }</style><p>\xc3\xa9</p></body></html>"
)
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
        page = HtmlPage(app, script="go()", style_sheet="p { color: red }")
        portal.call(page, scope, None, send)
    return dict(sent[0]["headers"]), b"".join(m["body"] for m in sent[1:]), seen


@pytest.mark.parametrize("parts", [1, 2, 40])
def test_html_page_holds_the_script_and_the_style_sheet(parts):
    headers, body, seen = answer(PAGE, b"text/html; charset=utf-8", parts=parts)
    assert body == EXTENDED
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
    assert '["iteration", "prompt", "temperature", "seed", "length"]' in SCRIPT
    assert "WITHOUT_ENTRY" not in SCRIPT


def test_style_sheet_holds_both_themes_and_the_rules_of_every_page():
    assert f"--accent:light-dark({LIGHT.accent},{DARK.accent});" in sheet()
    for rule in (".passage {", ".one-hot", ".run-name {", ".st-key-temperatures {"):
        assert rule in sheet()
