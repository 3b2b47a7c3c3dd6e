"""A simulated visitor: talks to a page over its websocket as a browser does, but draws nothing.

It does everything that causes work for the server: it sends clicks and slider moves, runs the
timers that the page asks for, and lists the messages it has cached. Since it draws nothing, thirty
of them need little CPU time themselves.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from ssl import SSLContext

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.util import calc_hash
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from charrnn.ui import workspace_key

RESPONSE_SECONDS = 20.0  # a page that takes longer has failed: TimeoutError
_FULL_RUN_FINISHED = ForwardMsg.FINISHED_SUCCESSFULLY  # not a fragment, and not interrupted
CACHED_RUNS = 2  # a browser caches a large message for this many script runs


class Visitor:
    """One open page. `async with Visitor(url) as visitor:` opens and closes it."""

    def __init__(
        self,
        url: str,
        query: str = "",
        *,
        key: str = "",
        page: str = "",
        patience: float = RESPONSE_SECONDS,
        cookies: Mapping[str, str] | None = None,
        ssl: SSLContext | None = None,
    ):
        """url: of the server, http://127.0.0.1:port. query: the query string of the page.

        key: of the visitor's workspace, in the cookie; "" for a new visitor. page: its path; "" is
        the Train page. patience: seconds until an answer that does not come is a TimeoutError.
        cookies: others that the browser has. ssl: for a server at https.
        """
        self._url, self.query, self._patience, self._ssl = url, query, patience, ssl
        self.buttons: dict[str, str] = {}  # label -> id, as of the last full run
        self.sliders: dict[str, str] = {}
        self.switches: dict[str, str] = {}
        self.menus: dict[str, tuple[str, list[str]]] = {}  # label -> (id, options)
        self.errors: list[str] = []  # types and texts of the errors that the page has shown
        self.ticks = 0  # fragment runs that a timer has caused
        self.bytes = 0
        self.session = ""  # its id
        self.pictures: list[float] = []  # when tiles of a room arrived, as time.perf_counter()
        self.watches = ""  # where it asks for changes of its room, if it is in one
        known = ({workspace_key.COOKIE: key} if key else {}) | dict(cookies or {})
        self._cookies = "; ".join(f"{name}={value}" for name, value in known.items())
        self._page = calc_hash(page) if page else ""
        self._drawing: dict[str, str] = {}
        self._timers: dict[str, tuple[float, asyncio.Task]] = {}
        self._cached: dict[str, int] = {}  # hash of a message -> the last script run with it
        self._runs = 0
        self._finished = asyncio.Event()  # the full run of the script
        self._socket: ClientConnection
        self._listening: asyncio.Task

    async def __aenter__(self) -> "Visitor":
        self._socket = await connect(
            self._url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self._url,
            subprotocols=["streamlit"],
            additional_headers={"Cookie": self._cookies} if self._cookies else None,
            ssl=self._ssl,
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=RESPONSE_SECONDS,
        )
        self._listening = asyncio.create_task(self._listen())
        await self._rerun()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_timers()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await self._socket.close()

    async def reload(self) -> float:
        """Run the whole page again; returns the seconds that takes."""
        return await self._rerun()

    async def press(self, label: str) -> float:
        """Press a button; returns the seconds until the whole page has been updated."""
        return await self._rerun(WidgetState(id=self.buttons[label], trigger_value=True))

    async def slide(self, label: str, value: str) -> float:
        """Move a slider to a value, given as it is displayed; returns seconds like press()."""
        state = WidgetState(id=self.sliders[label])
        state.string_array_value.data.append(value)
        return await self._rerun(state)

    async def switch_on(self, label: str) -> float:
        """Switch a toggle on; returns seconds like press()."""
        return await self._rerun(WidgetState(id=self.switches[label], bool_value=True))

    async def pick(self, menu: str, option: str) -> float:
        """Pick the option of a menu that ends with `option`; returns seconds like press()."""
        widget, options = self.menus[menu]
        state = WidgetState(id=widget)
        state.string_trigger_value.data = next(name for name in options if name.endswith(option))
        return await self._rerun(state)

    async def _rerun(self, widget: WidgetState | None = None) -> float:
        self._finished.clear()
        started = time.perf_counter()
        await self._send(self._request([widget] if widget else []))
        async with asyncio.timeout(self._patience):
            await self._finished.wait()
        return time.perf_counter() - started

    def _request(self, widgets: list[WidgetState], fragment: str = "") -> BackMsg:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash = self.query, self._page
        rerun.widget_states.widgets.extend(widgets)
        rerun.cached_message_hashes.extend(self._cached)
        rerun.context_info.timezone = "Europe/Berlin"
        rerun.context_info.locale = "en"
        rerun.context_info.url = f"{self._url}/"
        if fragment:
            rerun.fragment_id, rerun.is_auto_rerun = fragment, True
        return message

    async def _send(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            async for data in self._socket:
                self.bytes += len(data)
                self._handle(ForwardMsg.FromString(data))

    def _handle(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._cached[message.hash] = self._runs
        if kind == "delta":
            self._handle_delta(message.delta)
        elif kind == "new_session":
            self._page = message.new_session.page_script_hash
            self.session = message.new_session.initialize.session_id
            if fragments := len(message.metadata.run.fragment_ids):
                self.ticks += fragments
            else:
                self._stop_timers()
                self._drawing = {}
        elif kind == "script_finished" and message.script_finished == _FULL_RUN_FINISHED:
            self._finish_run()
        elif kind == "auto_rerun":
            self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "ref_hash":
            self._cached[message.ref_hash] = self._runs

    def _handle_delta(self, delta: Delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        if kind == "button":
            self._drawing[delta.new_element.button.label] = delta.new_element.button.id
        elif kind == "slider":
            self.sliders[delta.new_element.slider.label] = delta.new_element.slider.id
        elif kind == "checkbox":
            self.switches[delta.new_element.checkbox.label] = delta.new_element.checkbox.id
        elif kind == "menu_button":
            menu = delta.new_element.menu_button
            self.menus[menu.label] = menu.id, list(menu.options)
        elif kind == "bidi_component":
            self._handle_component(delta.new_element.bidi_component)
        elif kind == "exception":
            self.errors.append(delta.new_element.exception.type)
        elif kind == "alert" and delta.new_element.alert.format == delta.new_element.alert.ERROR:
            self.errors.append(delta.new_element.alert.body)

    def _handle_component(self, component: BidiComponent) -> None:
        if component.component_name.endswith("charrnn_tiles"):
            self.pictures.append(time.perf_counter())
        elif component.component_name.endswith("charrnn_room_watch"):
            self.watches = json.loads(component.json)["address"]

    def _finish_run(self) -> None:
        self._runs += 1
        self.buttons = self._drawing
        self._cached = {
            key: run for key, run in self._cached.items() if run >= self._runs - CACHED_RUNS
        }
        self._finished.set()

    def _start_timer(self, fragment: str, interval: float) -> None:
        if fragment in self._timers and self._timers[fragment][0] == interval:
            return
        self._stop_timer(fragment)
        self._timers[fragment] = interval, asyncio.create_task(self._tick(fragment, interval))

    async def _tick(self, fragment: str, interval: float) -> None:
        """Request runs of a fragment at an interval in seconds, without waiting for them."""
        due = time.perf_counter()
        with suppress(ConnectionClosed):
            while True:
                due += interval
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await self._send(self._request([], fragment))

    def _stop_timer(self, fragment: str) -> None:
        if fragment in self._timers:
            self._timers.pop(fragment)[1].cancel()

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)
