"""Page and browser agree in the end, and neither undoes what the other did, however late it hears.

The browser is simulated: messages in both directions arrive in order, but late.
"""

from collections import deque
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from charrnn.ui.shared.drawn_controls import DrawnControls

NUMBER = "number"


class Browser:
    """Shows what it got last, unless the visitor has changed it since."""

    def __init__(self) -> None:
        self.shows: dict[str, Any] = {}
        self.got: deque[dict[str, Any]] = deque()  # from the page, on the way
        self.sent: deque[dict[str, Any]] = deque()  # to the page, on the way

    def ask(self, **changed: Any) -> None:
        """What a visitor changes, or a refresh."""
        self.shows |= changed
        self.sent.append(dict(self.shows))

    def get(self) -> None:
        if self.got:
            self.shows |= self.got.popleft()


class Page:
    """A slider and a field that show one setting."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.drawn = DrawnControls()
        self.setting = 0
        self.draw({})

    def hear(self) -> None:
        """Take the oldest message of the browser, and draw."""
        if self.browser.sent:
            sent = self.browser.sent.popleft()
            number = sent.pop(NUMBER, None)
            changed = self.drawn.receive(number, sent)
            if changed:
                self.setting = sent["slider" if "slider" in changed else "field"]
            self.draw(sent)

    def hear_all(self) -> None:
        while self.browser.sent:
            self.hear()

    def draw(self, sent: dict[str, Any]) -> None:
        values = {"slider": self.setting, "field": self.setting}
        superseded = self.drawn.superseded(values)
        message = {
            key: value
            for key, value in values.items()
            if key in superseded or sent.get(key) != value
        }
        if (number := self.drawn.draw(values)) is not None:
            message[NUMBER] = number
        self.browser.got.append(message)


def opened() -> tuple[Browser, Page]:
    browser = Browser()
    page = Page(browser)
    browser.get()
    return browser, page


def settle(browser: Browser, page: Page) -> None:
    for _ in range(2):
        page.hear_all()
        while browser.got:
            browser.get()
        browser.ask()


def test_a_refresh_that_was_sent_before_the_field_was_set_undoes_nothing():
    browser, page = opened()
    browser.ask(slider=3)
    browser.ask()  # a refresh: the field is still at 0
    page.hear_all()
    assert page.setting == 3
    settle(browser, page)
    assert (browser.shows["slider"], browser.shows["field"]) == (3, 3)


def test_a_refresh_that_was_sent_before_another_visitors_change_arrived_undoes_nothing():
    browser, page = opened()
    browser.ask(slider=3)
    page.hear_all()
    browser.ask()  # sent with the slider at 3, and the field at 0
    page.setting = 7
    page.hear_all()
    assert page.setting == 7
    settle(browser, page)
    assert (page.setting, browser.shows["slider"], browser.shows["field"]) == (7, 7, 7)


def test_a_number_typed_after_the_slider_was_moved_counts_even_if_it_is_the_one_before():
    browser, page = opened()
    browser.ask(slider=3)
    page.hear_all()
    browser.get()
    browser.ask(field=0)
    page.hear_all()
    assert page.setting == 0


def test_what_is_on_its_way_and_no_longer_right_is_set_again():
    browser, page = opened()
    page.setting = 7
    browser.ask()
    page.hear_all()  # sets the slider to 7
    browser.ask(slider=2)  # before that has arrived
    page.hear_all()
    settle(browser, page)
    assert (page.setting, browser.shows["slider"], browser.shows["field"]) == (2, 2, 2)


def test_keys_pressed_faster_than_the_page_answers_are_never_taken_back():
    browser, page = opened()
    for position in range(1, 6):
        browser.ask(slider=position)
    shown = []
    for _ in range(5):
        page.hear()
        browser.get()
        shown.append(browser.shows["slider"])
    assert shown == [5] * 5
    settle(browser, page)
    assert (page.setting, browser.shows["field"]) == (5, 5)


EVENTS = st.one_of(
    st.tuples(st.sampled_from(["slider", "field"]), st.integers(0, 5)),
    st.sampled_from(["refresh", "hear", "get"]),
)


@given(st.lists(EVENTS, max_size=40))
def test_in_the_end_page_and_browser_show_what_the_visitor_changed_last(events):
    browser, page = opened()
    last = 0
    for event in events:
        if isinstance(event, tuple):
            control, value = event
            if browser.shows[control] == value:
                continue  # no change, and the browser sends nothing
            browser.ask(**{control: value})
            last = value
        elif event == "refresh":
            browser.ask()
        elif event == "hear":
            page.hear()
        else:
            browser.get()
    settle(browser, page)
    assert page.setting == browser.shows["slider"] == browser.shows["field"] == last
