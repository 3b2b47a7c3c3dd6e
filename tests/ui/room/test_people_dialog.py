"""The dialog "People": each action hits the person that it shows."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.train_page import all_buttons, click
from tests.support.visitor import enter
from tests.ui.conftest import sent
from tests.ui.room.conftest import ADA, BEN, PRESENTER


def the_dialog():
    """The dialog, drawn on every rerun: a click would open it for one only."""
    from charrnn.ui import selection, services, workspace_key
    from charrnn.ui.room import people_dialog

    selection.read_url("Room")
    people_dialog.draw(services.store().rooms.presented(workspace_key.current()))


@pytest.fixture
def dialog(store, room):
    """The dialog of a room of two, which shows the second."""
    store.rooms.join(room, ADA, "Ada")
    store.rooms.join(room, BEN, "Ben")
    page = enter(AppTest.from_function(the_dialog, default_timeout=60), key=PRESENTER).run()
    choice = page.selectbox(key="person")
    choice.select_index(1)
    page.run()
    assert not page.exception
    return page


def test_after_a_new_name_the_same_person_is_removed(dialog, people):
    field = next(each for each in dialog.text_input if each.label == "New nickname")
    field.set_value("Benny")
    click(dialog, "Rename")
    assert [member.nickname for member in people()] == ["Ada", "Benny"]
    assert dialog.selectbox(key="person").value == people()[1].key
    assert "person" in sent(dialog)  # the browser knows the person by the new label now
    click(dialog, "Remove from the room")
    assert [member.nickname for member in people()] == ["Ada"]


def test_a_click_hits_who_was_shown_though_the_label_has_changed(dialog, store, room, people):
    store.rooms.join(room, BEN, "Benny")
    store.rooms.join(room, "c" * 32, "Cleo")
    click(dialog, "Remove from the room")
    assert [member.nickname for member in people()] == ["Ada", "Cleo"]
    assert "Remove from the room" not in all_buttons(dialog)  # a second click hits nobody


def test_a_click_on_who_has_left_hits_nobody_else(dialog, store, people):
    store.rooms.leave(people()[1])
    click(dialog, "Remove from the room")
    assert [member.nickname for member in people()] == ["Ada"]
