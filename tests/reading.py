"""What can be read on the Train page, and what can be pressed, without a browser."""

from charrnn.runs.config import RunConfig
from charrnn.ui.settings_panel import CHOICES

NUMBERS = {
    "seed": "random seed",
    "sample_length": "sample length",
    "sample_interval": "sample interval",
}

FROM_HERE = ("Write as at", "Branch from")  # beside every sample that is looked back on


def buttons(page) -> set[str]:
    able = {button.label for button in page.button if not button.disabled}
    return {label for label in able if not label.startswith(FROM_HERE)}


def click(page, label: str):
    next(button for button in page.button if button.label == label).click()
    page.run()
    assert not page.exception


def words(page) -> str:
    """Everything that can be read, in one piece."""
    elements = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.code]
    html = [block.proto.body for block in page.get("html")]
    bars = [bar.proto.text for bar in page.get("progress")]
    return "\n".join([element.value for element in elements] + html + bars)


def lines(page, phrase: str) -> list[str]:
    return [line for line in words(page).splitlines() if phrase in line]


def settings(page) -> RunConfig:
    """What the controls stand at; the dtype has none."""
    sliders = {name: page.select_slider(key=name).value for name in CHOICES}
    return RunConfig(**sliders, **{name: page.number_input(key=name).value for name in NUMBERS})
