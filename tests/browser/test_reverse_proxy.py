"""The dashboard behind nginx and TLS, as the README configures them."""

import http.client

import pytest
from playwright.sync_api import expect

from tests.support import nginx
from tests.support.browser import button
from tests.support.store import TEXT

KEY = "p" * 32


@pytest.fixture
def proxy(server, tmp_path):
    if program := nginx.missing():
        pytest.skip(f"{program} is not installed: no reverse proxy to test with")
    running = nginx.Nginx(tmp_path, [server.url.removeprefix("http://")])
    yield running
    running.stop()


def answer(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    return connection.getresponse()


def test_a_text_is_uploaded_and_trained_on_through_the_proxy_of_the_readme(open_page, proxy):
    page = open_page(proxy.url, ignore_https_errors=True)
    text = TEXT * (2_000_000 // len(TEXT))
    page.get_by_role("radio", name="Upload").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "long.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    expect(page.get_by_text(f"{len(text):,} characters")).to_be_visible()
    page.get_by_role("radio", name="100", exact=True).click()
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Iteration 100 of")
    headers = page.reload().all_headers()
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert set(cookies) == {"charrnn_key", "_streamlit_xsrf"}
    assert all(cookie["secure"] for cookie in cookies.values())
    redirect = answer(proxy.http_port, f"/?w={KEY}")
    assert redirect.status == 301
    assert redirect.headers["Location"] == f"https://127.0.0.1/?w={KEY}"
    assert page.request.get(f"{proxy.url}/_stcore/metrics").status == 404
    health = page.request.get(f"{proxy.url}/_stcore/health")
    assert (health.status, health.text()) == (200, "ok")
    assert KEY not in proxy.log.read_text()
