"""Reading and clicking the Train page in an AppTest, without a browser."""

from html import unescape

from streamlit.testing.v1 import AppTest

from charrnn.runs.config import RunConfig
from charrnn.runs.recipes import RECIPES
from charrnn.ui.shared.settings import TYPED

SETTINGS_ACTIONS = ("Suggest settings", "As in the notebook")  # in the sidebar
SNAPSHOT_ACTIONS = ("Play", "Write from", "Branch from")  # below the slider of earlier samples
OTHER_ACTIONS = SETTINGS_ACTIONS + SNAPSHOT_ACTIONS


def buttons(page: AppTest) -> set[str]:
    """The labels of the enabled buttons, except those of settings and of earlier snapshots."""
    return {label for label in all_buttons(page) if not label.startswith(OTHER_ACTIONS)}


def all_buttons(page: AppTest) -> set[str]:
    """The labels of all enabled buttons."""
    return {button.label for button in page.button if not button.disabled}


def click(page: AppTest, label: str) -> None:
    """Click a button and rerun the page; there must be no exception."""
    next(button for button in page.button if button.label == label).click()
    page.run()
    assert not page.exception


def as_read(markdown: str) -> str:
    """Escaped Markdown as a person reads it."""
    return unescape(markdown).replace("\u2060", "")


def words(page: AppTest) -> str:
    """All the text on the page."""
    elements = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.code]
    html = [block.proto.body for block in page.get("html")]
    bars = [bar.proto.text for bar in page.get("progress")]
    return "\n".join([as_read(element.value) for element in elements] + html + bars)


def lines(page: AppTest, phrase: str) -> list[str]:
    """The lines of text on the page that contain a phrase."""
    return [line for line in words(page).splitlines() if phrase in line]


def settings(page: AppTest) -> RunConfig:
    """The settings that the controls show, of a recipe; the dtype has no control."""
    numbers = {name: page.number_input(key=name).value for name in TYPED}
    whole = {name: int(number) for name, number in numbers.items() if RunConfig.is_whole(name)}
    recipe = RECIPES[page.button_group(key="recipe").value]
    held_out = page.select_slider(key="held_out").value
    return RunConfig(**recipe.settings | numbers | whole, held_out=held_out)
