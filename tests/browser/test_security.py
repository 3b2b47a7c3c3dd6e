"""What a page lets others do to it, attacked with a real browser and a real WebSocket client."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from charrnn.runs.config import RunConfig
from tests.support.browser import button
from tests.support.store import TEXT

ANSWER_SECONDS = 20


def headers_of(url: str | urllib.request.Request):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.headers
    except urllib.error.HTTPError as refused:
        return refused.headers


class Client:
    """Speaks Streamlit's protocol, and is free to send what no page sends."""

    def __init__(self, socket: ClientConnection, query: str):
        self._socket, self._query = socket, query

    def send(self, message: bytes | str | BackMsg):
        is_message = isinstance(message, BackMsg)
        self._socket.send(message.SerializeToString() if is_message else message)

    def draw_the_page(self):
        message = BackMsg()
        message.rerun_script.query_string = self._query
        self.send(message)
        self.wait_for("script_finished")

    def kinds_answered(self) -> list[str]:
        """The kinds of all answers up to that to a heartbeat, which is sent last."""
        self.send(BackMsg(app_heartbeat=True))
        return self.wait_for("heartbeat_ack")

    def wait_for(self, kind: str) -> list[str]:
        kinds = [""]
        while kinds[-1] != kind:
            message = ForwardMsg.FromString(self._socket.recv(ANSWER_SECONDS))
            kinds.append(message.WhichOneof("type"))
        return kinds


@contextmanager
def client(server, query: str = "", *, origin: str | None = None) -> Iterator[Client]:
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(address, origin=origin or server.url, subprotocols=["streamlit"]) as socket:
        yield Client(socket, query)


def lookups(server) -> dict[str, int]:
    """How often the cache of texts has answered: {"hit": …, "miss": …}."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics?families=cache_lookups") as answer:
        lines = answer.read().decode()
    found = re.findall(r'_corpus_at".*result="(\w+)"} (\d+)', lines)
    return {result: int(count) for result, count in found}


@pytest.mark.parametrize(
    "path", ["/", "/compare", "/_stcore/health", "/media/none", "/_stcore/host-config"]
)
def test_every_answer_says_what_a_page_may_do(server, path):
    headers = headers_of(server.url + path)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "'unsafe-inline'" not in re.search(r"script-src ([^;]*)", policy)[1]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_cookies_are_secure_if_the_proxy_speaks_tls(server):
    health = f"{server.url}/_stcore/health"
    assert "Secure" not in headers_of(health)["Set-Cookie"]
    over_tls = urllib.request.Request(health, headers={"X-Forwarded-Proto": "https"})
    assert headers_of(over_tls)["Set-Cookie"].endswith("; Secure")


def test_markup_that_got_into_a_page_could_neither_act_nor_load_nor_send(browser, server):
    page = browser.new_page()
    page.goto(server.url)
    expect(page.get_by_role("button", name="Step")).to_be_visible()
    blocked = page.evaluate(
        """async () => {
            const blocked = [];
            document.addEventListener("securitypolicyviolation", (event) =>
                blocked.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.acted = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend",
                '<img src="x" onerror="window.acted = true">' +
                '<img src="https://127.0.0.1:1/key"><iframe src="https://127.0.0.1:1/"></iframe>');
            await fetch("https://127.0.0.1:1/key").catch(() => {});
            for (let frame = 0; blocked.length < 5 && frame < 300; frame++)
                await new Promise(requestAnimationFrame);
            return [blocked.sort().join(" "), window.acted];
        }"""
    )
    page.close()
    expected = "connect-src frame-src img-src script-src-attr script-src-elem"
    assert blocked == [expected, None]


def test_another_site_cannot_show_a_page_in_a_frame(browser, server):
    page = browser.new_page()
    with page.expect_event("framenavigated", lambda frame: frame.parent_frame is not None):
        page.set_content(f'<iframe src="{server.url}/"></iframe>')
    assert page.frames[1].url.startswith("chrome-error:")
    page.close()


def test_a_script_cannot_read_the_key_of_the_workspace_after_the_first_visit(
    open_page, server, store, eventually
):
    page = open_page()
    eventually(lambda: "charrnn_workspace=" in page.evaluate("document.cookie"))
    button(page, "Step").click()
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    page.goto(server.url)
    expect(page.get_by_role("button", name="Back to Run 1")).to_be_visible()
    assert "charrnn" not in page.evaluate("document.cookie")
    (cookie,) = [c for c in page.context.cookies() if c["name"].startswith("charrnn")]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert cookie["expires"] > time.time() + 364 * 24 * 3600
    page.goto(server.url)  # by now the server alone knows the key
    expect(page.get_by_role("button", name="Back to Run 1")).to_be_visible()


def test_no_client_can_clear_the_caches_of_all(server, store, workspace):
    run = workspace.create(store.corpora.add("cats", TEXT), RunConfig())
    store.runs.request(run.id, desired="paused")
    with client(server, f"w={workspace.key}&run={run.id}") as visitor, client(server) as attacker:
        visitor.draw_the_page()
        before = lookups(server)
        attacker.send(BackMsg(clear_cache=True))
        attacker.send(BackMsg(clear_cache=True).SerializeToString() * 2)
        attacker.kinds_answered()
        visitor.draw_the_page()
        after = lookups(server)
    assert after["hit"] > before["hit"]
    assert after["miss"] == before["miss"]


@pytest.mark.parametrize(
    "message",
    [
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(backend_operation_request={"install_skills": {}}),
        BackMsg(backend_operation_request={"dismiss_skills_nudge": {}}),
        BackMsg(),
        b"\xff not a message",
        "text",
    ],
    ids=lambda message: str(message).partition(":")[0].split("\n")[0],
)
def test_messages_for_developers_are_neither_answered_nor_logged(server, message):
    before = server.log.read_text()
    with client(server) as attacker:
        attacker.send(message)
        assert attacker.kinds_answered() == ["", "heartbeat_ack"]
    logged = server.log.read_text().removeprefix(before).splitlines()
    assert [line for line in logged if '"run": ' not in line] == []  # runs may end meanwhile


def test_a_client_cannot_write_into_the_log(server, store, workspace):
    secret = '\n{"event": "forged"}'
    page = BackMsg()
    page.rerun_script.query_string = f"w={workspace.key}&run={secret}&prompt={secret}"
    page.rerun_script.widget_states.widgets.add(id=secret, string_value=secret)
    fragment = BackMsg(rerun_script={"fragment_id": secret})
    file = BackMsg(
        backend_operation_request={"session_id": secret, "deferred_file": {"file_id": secret}}
    )
    with pytest.raises(InvalidStatus):
        client(server, origin="http://forged.example").__enter__()
    with client(server) as attacker:
        attacker.send(page)
        attacker.wait_for("script_finished")
        attacker.send(fragment)
        attacker.send(file)
        attacker.wait_for("backend_operation_response")
    log = server.log.read_text()
    assert "forged" not in log
    assert workspace.key not in log
