"""The wall as a file: escaped, whole, and without requests to anywhere."""

import csv
import io
import re
from dataclasses import replace

import pytest

from charrnn.runs.store.workspace import Workspace
from charrnn.ui.room import saved_wall
from tests.support.store import SMALL
from tests.ui.room.conftest import ADA, BEN, PRESENTER


@pytest.fixture
def read(store, room, corpus, work):
    """read(): the wall with a person who has trained, and one who has not."""

    def read():
        store.rooms.join(room, ADA, "<script>x</script>")
        store.rooms.join(room, BEN, "=HYPERLINK(1)")
        work(Workspace(store, ADA).create(corpus, SMALL))
        return store.walls.read(room.id)

    return read


def test_the_page_escapes_names_and_loads_nothing(read):
    page = saved_wall.as_html(read()).decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script" not in page
    assert not re.search(r"(src|href)=|url\(|@import|http", page.replace("http-equiv", ""))
    assert page.count("<article>") == 2
    assert page.count("<polyline") == 1


def test_the_table_has_a_row_for_each_person_and_no_formula(read):
    text = saved_wall.as_csv(read()).decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert first["who"] == "<script>x</script>"
    assert float(first["bits per character"]) > 0
    assert second["who"] == "'=HYPERLINK(1)"


def test_hidden_names_are_not_saved(read, presenter, store, room):
    read()
    presenter.hide_names(True)
    wall = store.walls.read(room.id)
    for file in (saved_wall.as_html(wall), saved_wall.as_csv(wall)):
        assert b"script" not in file
        assert b"HYPERLINK" not in file
    assert b"closed" not in saved_wall.as_html(wall)
    presenter.close()
    page = saved_wall.as_html(store.walls.read(room.id)).decode()
    assert re.search(r"<h1>Room \w{6}, closed [-\d]{10} \d\d:\d\d UTC</h1>", page)
    assert "after the room was closed are shown as they were when this page was saved" in page


def test_each_run_is_saved_with_the_name_of_its_own_text(read, presenter, store, room, corpus):
    read()  # a run on the text of the start
    private = store.corpora.add("a diary", "dear diary\n" * 100)
    Workspace(store, BEN).create(private, SMALL)
    mine = Workspace(store, PRESENTER)
    mine.add_text("cats", store.corpora.text(corpus.sha256))
    later = mine.add_text("sent later", "one two three\n" * 100)
    presenter.send(replace(room.start, sha256=later.sha256, text_name=later.name))
    wall = store.walls.read(room.id)
    page = saved_wall.as_html(wall).decode()
    rows = list(csv.DictReader(io.StringIO(saved_wall.as_csv(wall).decode("utf-8-sig"))))
    assert sorted(row["text"] for row in rows) == ["a text of their own", "cats"]
    for name in ("a text of their own", "cats"):
        assert f"<bdi>{name}</bdi>, iteration" in page
    assert "diary" not in page
    assert "sent later" not in page
