"""A visitor without a screen: speaks to a page as a browser does, over its websocket.

It does all that costs the server something: it sends what is clicked and moved, keeps the timers
that the page asks for, and says which messages it still has. It draws nothing, so that thirty of
them cost little.
"""

import asyncio
import time
from contextlib import suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ANSWER_SECONDS = 20.0  # after which a page that does not answer has failed: TimeoutError
_WHOLE = ForwardMsg.FINISHED_SUCCESSFULLY  # the other ways are of parts, or of runs cut short
KEPT_RUNS = 2  # of the page, for which a browser keeps a large message


class Visitor:
    """One open page. `async with Visitor(url) as visitor:` opens and closes it."""

    def __init__(self, url: str, query: str = ""):
        """url: of the server, http://127.0.0.1:port. query: what stands after the question mark."""
        self._url, self.query = url, query
        self.buttons: dict[str, str] = {}  # label -> id, of the last whole page
        self.sliders: dict[str, str] = {}
        self.menus: dict[str, tuple[str, list[str]]] = {}  # label -> (id, options)
        self.errors: list[str] = []  # what the page said in red
        self.ticks = 0  # parts of the page that were drawn anew by a timer
        self.bytes = 0
        self._page = ""
        self._drawing: dict[str, str] = {}
        self._timers: dict[str, tuple[float, asyncio.Task]] = {}
        self._kept: dict[str, int] = {}  # hash of a message -> the page's run that brought it
        self._runs = 0
        self._whole = asyncio.Event()  # the whole page has been drawn
        self._asked = 0.0
        self._socket: ClientConnection
        self._listening: asyncio.Task

    async def __aenter__(self) -> "Visitor":
        self._socket = await connect(
            self._url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self._url,
            subprotocols=["streamlit"],
            compression=None,
            max_size=None,
            ping_interval=None,
            open_timeout=ANSWER_SECONDS,
        )
        self._listening = asyncio.create_task(self._listen())
        await self._ask()
        return self

    async def __aexit__(self, *_) -> None:
        self._stop_timers()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await self._socket.close()

    async def reload(self) -> float:
        """Ask for the whole page again; returns the seconds until it is there."""
        return await self._ask()

    async def press(self, label: str) -> float:
        """Press a button; returns the seconds until the whole page has answered."""
        return await self._ask(WidgetState(id=self.buttons[label], trigger_value=True))

    async def slide(self, label: str, value: str) -> float:
        """Move a slider to the value that reads so; returns the seconds until the answer."""
        state = WidgetState(id=self.sliders[label])
        state.string_array_value.data.append(value)
        return await self._ask(state)

    async def pick(self, menu: str, option: str) -> float:
        """Pick from a menu what ends with `option`; returns the seconds until the answer."""
        widget, options = self.menus[menu]
        state = WidgetState(id=widget)
        state.string_trigger_value.data = next(name for name in options if name.endswith(option))
        return await self._ask(state)

    async def _ask(self, widget: WidgetState | None = None) -> float:
        self._whole.clear()
        started = time.perf_counter()
        await self._send(self._request([widget] if widget else []))
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._whole.wait()
        return time.perf_counter() - started

    def _request(self, widgets: list[WidgetState], fragment: str = "") -> BackMsg:
        message = BackMsg()
        wanted = message.rerun_script
        wanted.query_string, wanted.page_script_hash = self.query, self._page
        wanted.widget_states.widgets.extend(widgets)
        wanted.cached_message_hashes.extend(self._kept)
        wanted.context_info.timezone = "Europe/Berlin"
        wanted.context_info.locale = "en"
        wanted.context_info.url = f"{self._url}/"
        if fragment:
            wanted.fragment_id, wanted.is_auto_rerun = fragment, True
        return message

    async def _send(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            async for data in self._socket:
                self.bytes += len(data)
                self._take(ForwardMsg.FromString(data))

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._kept[message.hash] = self._runs
        if kind == "delta":
            self._take_delta(message.delta)
        elif kind == "new_session":
            self._page = message.new_session.page_script_hash
            if parts := len(message.metadata.run.fragment_ids):
                self.ticks += parts
            else:
                self._stop_timers()
                self._drawing = {}
        elif kind == "script_finished" and message.script_finished == _WHOLE:
            self._finish()
        elif kind == "auto_rerun":
            self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "ref_hash":
            self._kept[message.ref_hash] = self._runs

    def _take_delta(self, delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        if kind == "button":
            self._drawing[delta.new_element.button.label] = delta.new_element.button.id
        elif kind == "slider":
            self.sliders[delta.new_element.slider.label] = delta.new_element.slider.id
        elif kind == "menu_button":
            menu = delta.new_element.menu_button
            self.menus[menu.label] = menu.id, list(menu.options)
        elif kind == "exception":
            self.errors.append(delta.new_element.exception.type)
        elif kind == "alert" and delta.new_element.alert.format == delta.new_element.alert.ERROR:
            self.errors.append(delta.new_element.alert.body)

    def _finish(self) -> None:
        self._runs += 1
        self.buttons = self._drawing
        self._kept = {h: run for h, run in self._kept.items() if run >= self._runs - KEPT_RUNS}
        self._whole.set()

    def _start_timer(self, fragment: str, interval: float) -> None:
        if fragment in self._timers and self._timers[fragment][0] == interval:
            return
        self._stop_timer(fragment)
        self._timers[fragment] = interval, asyncio.create_task(self._tick(fragment, interval))

    async def _tick(self, fragment: str, interval: float) -> None:
        """Ask for a part of the page again and again, without waiting for answers."""
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
