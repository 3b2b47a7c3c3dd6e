"""Simulated visitors (see tests/benchmarks/visitor.py) in tests without an event loop."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

from tests.benchmarks.visitor import Visitor


class Visit:
    """An open page. buttons: the labels of its buttons. query: the query string of its address.

    session: the id of its session.
    """

    def __init__(self, portal: BlockingPortal, visitor: Visitor):
        self._portal, self._visitor = portal, visitor

    def press(self, label: str) -> None:
        self._portal.call(self._visitor.press, label)

    def reload(self) -> None:
        self._portal.call(self._visitor.reload)

    @property
    def buttons(self) -> set[str]:
        return set(self._visitor.buttons)

    @property
    def session(self) -> str:
        return self._visitor.session

    @property
    def query(self) -> str:
        return self._visitor.query


@contextmanager
def visit(url: str, query: str = "", **options: Any) -> Iterator[Visit]:
    """Open a page of the server at `url`, and close it at the end. options: as for Visitor."""
    # Not asyncio.run(): an event loop of Playwright may be running in this thread.
    with start_blocking_portal() as portal:
        visitor = Visitor(url, query, **options)
        with portal.wrap_async_context_manager(visitor):
            yield Visit(portal, visitor)
