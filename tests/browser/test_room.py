"""A workshop in real browsers: a presenter and three people, from the code to the end."""

import re

from playwright.sync_api import Locator, Page, expect

from charrnn.runs.config import RunConfig
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.room_records import Start, Tile
from charrnn.runs.store.workspace import Workspace
from charrnn.ui.shared.room.strip import code_in_words
from tests.support.browser import button, downloaded, violations

NAMES = ("Ada", "Ben <i>", "Cleo")
# Note every number of the countdown: on a busy machine a look at four pages takes too long.
NOTE_NUMBERS = """() => {
    window.numbers = [];
    new MutationObserver(() => {
        const number = document.querySelector(".countdown-number")?.textContent;
        if (number) window.numbers.push(number);
    }).observe(document.body, {childList: true, characterData: true, subtree: true});
}"""

# A sample as long as any, in many short lines.
LINES = "\n\n".join(["a short line", "said the cat on the mat, " * 6, "the end"])
CUT = "sample => sample.scrollHeight > sample.clientHeight + 1"


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def stacked(page: Page, above: str, below: str) -> bool:
    """Whether one element is below another, and both are as wide as a phone."""
    upper, lower = (page.locator(selector).bounding_box() for selector in (above, below))
    bottom = upper["y"] + upper["height"]
    return upper["width"] == lower["width"] > 300 and bottom <= lower["y"]


def tile(page: Page, name: str):
    return page.locator(".tile").filter(has_text=name)


def expect_to_be_read_as_a_whole(tile: Locator) -> None:
    """A button or a label would hide the sample from a screen reader."""
    expect(tile).to_have_role("group")
    assert tile.get_attribute("aria-label") is None
    assert tile.get_attribute("tabindex") == "-1"


def test_a_workshop(open_page, store, eventually):
    presenter = open_page("/room", heading="Room")
    button(presenter, "Open a room").click()
    code = presenter.locator(".room-code").inner_text().replace(" ", "")
    square = presenter.locator(".room-qr").bounding_box()
    assert square["width"] > 400  # the back row can scan it
    assert square["width"] == square["height"]
    assert violations(presenter) == []

    # Three people join: two with the link, and one, who types the code, on a phone.
    people = []
    for name in NAMES:
        on_phone = name == "Cleo"
        options = {"viewport": {"width": 390, "height": 844}} if on_phone else {}
        path = "/room" if on_phone else f"/room?join={code}"
        page = open_page(path, heading="Room" if on_phone else "Join a room", **options)
        if on_phone:
            eventually(lambda page=page: stacked(page, ".st-key-join_form", ".st-key-open_form"))
            page.get_by_label("Code", exact=True).fill(code.lower())
            assert violations(page) == []
        page.get_by_label("Nickname").fill(name)
        button(page, "Join").click()
        expect(page.get_by_text("you are")).to_be_visible()
        expect(page.locator(".st-key-room_line").get_by_text(name)).to_be_visible()
        expect(button(page, "Train")).to_be_visible()
        people.append(page)
    expect(presenter.locator(".room-people li")).to_have_text(NAMES[::-1])  # the newest first

    # All start at once, and the wall is live.
    room = store.rooms.find(code)
    view(presenter, "Tiles")
    expect(presenter.locator(".tile")).to_have_count(3)
    expect(button(presenter, "Ada, no run yet")).to_be_visible()
    for page in (presenter, *people):
        page.evaluate(NOTE_NUMBERS)
    button(presenter, "Start everybody").click()
    for page in (presenter, *people):
        eventually(lambda page=page: {*"123"} & {*page.evaluate("window.numbers")})
    for page in people:
        expect(button(page, "Pause")).to_be_visible()
        expect(page.get_by_text(re.compile("yours is 1 of 3 runs"))).to_be_visible()
    expect(presenter.locator(".tile-state").filter(has_text="characters/s")).to_have_count(3)
    curve = tile(presenter, "Ada").locator("path")
    drawn = eventually(lambda: curve.get_attribute("d"))
    expect(curve).not_to_have_attribute("d", drawn)
    assert violations(presenter) == []
    configs = [each.run.config for each in store.walls.read(room.id).tiles]
    assert len({config.seed for config in configs}) == 3

    # One tile on the big screen, kept as a moment; then names are hidden.
    tile(presenter, NAMES[1]).click()
    expect(presenter.locator(".tile")).to_have_count(1)
    expect(presenter.locator(".tile-name")).to_have_text(NAMES[1])
    expect_to_be_read_as_a_whole(presenter.locator(".tile"))
    presenter.locator(".tile").click()  # does nothing
    button(presenter, "Keep this moment").click()
    expect(presenter.get_by_text("Kept: it is in the view Moments.")).to_be_visible()
    presenter.keyboard.press("Escape")  # though the button has the focus
    expect(presenter.locator(".tile")).to_have_count(3)
    presenter.locator(".st-key-names_hidden label").click()
    expect(tile(presenter, "Ada")).to_have_count(0)
    names = presenter.locator(".tile-name")
    eventually(lambda: sorted(names.all_inner_texts()) == ["1", "2", "3"])
    view(presenter, "Curves")
    expect(presenter.get_by_test_id("stVegaLiteChart")).to_be_visible()
    view(presenter, "Moments")
    expect(presenter.locator(".tile-name")).to_have_text(re.compile("^[123]$"))

    # The presenter leads: everybody looks into a network, until one looks around.
    mine = Workspace(store, room.presenter)
    corpus = store.corpora.get(room.start.sha256, room.start.text_name)
    run = mine.create(corpus, RunConfig(hidden_size=12, iterations=300))
    eventually(lambda: mine.run(run.id).iteration == 300)
    presenter.get_by_role("link", name="Inside").first.click()
    expect(presenter.get_by_role("heading", name="Inside the network")).to_be_visible()
    button(presenter, "Lead").click()
    for page in people:
        expect(page.get_by_role("heading", name="Inside the network")).to_be_visible()
        expect(page).to_have_url(re.compile(rf"/inside\?.*run={run.view_key}"))
    presenter.get_by_role("radio", name="Memory").or_(
        presenter.get_by_role("button", name="Memory")
    ).first.click()
    expect(people[0]).to_have_url(re.compile("view=Memory"))
    button(people[0], "Look around on your own").click()
    people[0].get_by_role("link", name="Alphabet").first.click()
    expect(people[0]).to_have_url(re.compile("/alphabet"))
    button(presenter, "Stop leading").click()
    expect(people[1]).to_have_url(re.compile(r"/\?.*run="))
    expect(button(people[1], "Pause").or_(button(people[1], "Resume"))).to_be_visible()

    # The end: the code opens nothing, and everybody keeps their run.
    presenter.get_by_role("link", name="The wall").click()
    button(presenter, "Close the room").click()
    button(presenter, "Close it").click()
    expect(presenter.get_by_text("is closed")).to_be_visible()
    expect(presenter.locator(".stSidebar")).to_be_hidden()
    saved = downloaded(presenter.get_by_role("button", name="Wall as HTML")).path().read_text()
    assert saved.count("<polyline") == 3
    assert "<i>" not in saved
    for page in people:
        expect(page.get_by_text("You are no longer in the room")).to_be_visible()
    assert store.rooms.find(code) is None
    expect(button(people[1], "Pause").or_(button(people[1], "Resume"))).to_be_visible()


def test_a_whole_sample_is_on_the_big_screen(open_page, store, workspace, trained, eventually):
    run = trained(iterations=500)
    room = Presenter.open_room(store, workspace.key, Start(run.sha256, "cats", run.config))
    member = store.rooms.join(room, "a" * 32, "שם ארוך מאוד")
    moment = Tile(member, run, [(0, 5.0, 0.0), (500, 3.0, 1.0)], (500, LINES))
    Presenter(store, workspace.key, room.id).keep(moment)
    sizes = [{"width": 1920, "height": 1080}, {"width": 1024, "height": 768}]
    title = f"Room {code_in_words(room.code)}"
    page = open_page("/room?show=Moments", key=workspace.key, heading=title, viewport=sizes[0])
    expect(page.locator(".tile-name")).to_have_css("direction", "rtl")  # it is cut at its end
    expect_to_be_read_as_a_whole(page.locator(".tile"))
    sample = page.locator(".tile-sample")
    for size in (*sizes, sizes[0]):
        page.set_viewport_size(size)
        expect(sample).to_have_text(LINES)
        eventually(lambda: not sample.evaluate(CUT))
