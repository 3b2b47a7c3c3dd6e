"""Tells what a visitor has changed from what the browser has not heard of yet.

A browser sends the values of all controls with everything it asks for, the refreshes of the live
parts included. So after the page has set a control, a message may still arrive that was sent before
and has the old value. That is no change of the visitor's, and must not undo what the page set.

Therefore the page numbers what it draws. A hidden control shows the number of the drawing, and the
browser sends it back with the other values. The visitor has changed a control if its value is
neither the one in that very drawing nor the one that the browser sent last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_DRAWINGS = 100  # that are kept: a browser that is further behind has to be told everything


@dataclass(frozen=True)
class _Drawing:
    """The values that the browser shows once it has this drawing, and those that the page set."""

    values: dict[str, Any]
    set_by_page: dict[str, Any]


class DrawnControls:
    """The drawings of a session that its browser may show. All values are by key of the control."""

    def __init__(self) -> None:
        self._drawings: dict[int, _Drawing] = {}  # number -> drawing, the oldest first
        self._sent: dict[str, Any] = {}
        self._on_their_way: dict[str, Any] = {}

    def receive(self, number: object, sent: Mapping[str, Any]) -> set[str]:
        """Take the values that the browser sent; returns the keys that the visitor has changed.

        number: of the drawing that the browser shows. If there was no such drawing, as in a new
        session, the visitor has changed nothing.
        """
        self._sent = dict(sent)
        shown = next((n for n in self._drawings if n == number), 0)
        values = self._drawings[shown].values if shown else self._sent
        changed = {key for key in values.keys() & sent.keys() if sent[key] != values[key]}
        self._on_their_way = {}
        for n, drawing in self._drawings.items():
            if n > shown:
                self._on_their_way |= drawing.set_by_page
            if n >= shown:  # what the page does not set stays as the visitor has it
                drawing.values.update({k: sent[k] for k in sent.keys() - self._on_their_way.keys()})
        return changed

    def superseded(self, values: Mapping[str, Any]) -> set[str]:
        """The keys of what is on its way to the browser and has another value by now.

        They have to be set once more, even if the browser sent the value that they have now.
        """
        return {
            key
            for key, value in self._on_their_way.items()
            if key in values and values[key] != value
        }

    def draw(self, values: Mapping[str, Any]) -> int | None:
        """Note what the page shows; returns the new number to show, or None if nothing was set."""
        superseded = self.superseded(values)
        set_by_page = {
            key: value
            for key, value in values.items()
            if key in superseded or key not in self._sent or self._sent[key] != value
        }
        if self._drawings and not set_by_page:
            return None
        number = max(self._drawings, default=0) + 1
        self._drawings[number] = _Drawing(dict(values), set_by_page)
        self._drawings.pop(number - MOST_DRAWINGS, None)
        return number
