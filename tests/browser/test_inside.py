"""The pictures of the page Inside show the numbers they claim, in a real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from charrnn.engine.analysis.one_step import Start, one_step
from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.serialization import state_from_bytes
from tests.support.browser import PHONE, button
from tests.support.networks import plain_reading
from tests.support.store import TEXT

VOCABULARY = Vocabulary.of(TEXT)
IDS = VOCABULARY.encode(TEXT)
PIXELS = """(canvas) => {
    const { width, height } = canvas;
    return [...canvas.getContext("2d").getImageData(0, 0, width, height).data];
}"""


@pytest.fixture
def run(trained):
    return trained(iterations=400, hidden_size=12)


@pytest.fixture
def inside(open_page, run, workspace):
    """inside(view): the page at one of its views."""

    def inside(view: str, **options) -> Page:
        address = f"/inside?run={run.id}&view={view.replace(' ', '+')}"
        return open_page(address, key=workspace.key, heading="Inside the network", **options)

    return inside


@pytest.fixture
def state(run, store) -> dict[str, np.ndarray]:
    """The training state of the run."""
    return state_from_bytes(store.snapshots.checkpoint(run.id)[1])


@pytest.fixture
def weights(state) -> Parameters:
    weights = Parameters(len(VOCABULARY), 12)
    weights.unpack(state["weights"])
    return weights


def hover(canvas: Locator, *, t: int, unit: int) -> None:
    """Point at a unit at one step of the window, in a picture of all 12 units and 25 steps."""
    box = canvas.bounding_box()
    place = {"x": (t + 0.5) / 25 * box["width"], "y": (unit + 0.5) / 12 * box["height"]}
    canvas.hover(position=place)


def expect_painted(canvas: Locator, values: np.ndarray) -> None:
    """Every pixel of a heat map is as far from the color of zero as its number is from zero."""
    pixels = np.array(canvas.evaluate(PIXELS)).reshape(*values.shape, 4)
    assert (pixels[..., 3] == 255).all()
    zero, up, down = (np.array(c) for c in ((241, 237, 230), (173, 78, 27), (42, 115, 146)))
    share = np.abs(values)[..., None]
    expected = (1 - share) * zero + share * np.where(values[..., None] < 0, down, up)
    np.testing.assert_allclose(pixels[..., :3], expected, atol=2)


def signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def test_the_network_is_played_and_stepped_through_with_the_numbers_of_a_plain_loop(
    inside, weights, state
):
    page = inside("The network")
    network, cells = page.locator(".inside-network"), page.locator(".inside-network .cells i")
    expect(cells).to_have_count(12)
    states, scores = plain_reading(weights, IDS[:240], state["hidden"][0])
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)

    def expect_position(t: int) -> None:
        expect(network.locator(".place")).to_have_text(f"{t + 1} of 240")
        expect(network.locator(".strip .current")).to_have_attribute("data-position", str(t))
        expect(network.locator(".onehot .hot")).to_have_count(1)
        hot = network.locator(".onehot i").evaluate_all(
            "cells => cells.findIndex(cell => cell.className === 'hot')"
        )
        assert hot == IDS[t]
        for unit in (0, 5, 11):
            cells.nth(unit).hover()
            described = f"unit {unit}: {signed(states[t, unit])}"
            expect(network.locator(".hovered")).to_have_text(described)
        best = network.locator(".bar").first
        assert best.get_attribute("title").startswith(VOCABULARY.characters[p[t].argmax()]) or (
            not VOCABULARY.characters[p[t].argmax()].isalnum()
        )
        shown = float(re.search(r"([\d.]+)%", best.get_attribute("title"))[1])
        assert shown == pytest.approx(100 * p[t].max(), abs=0.51)

    expect_position(0)
    network.focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect_position(7)
    page.keyboard.press("ArrowLeft")
    expect_position(6)
    button(network, "Play").click()
    expect(network.locator(".place")).to_have_text(re.compile(r"^([89]|\d\d+) of 240"))
    button(network, "Pause").click()
    network.locator(".strip [data-position='40']").click()
    expect_position(40)


def test_a_unit_that_is_clicked_colors_the_text(inside, weights, state):
    page = inside("The network")
    page.locator(".inside-network .cells i").nth(7).click()
    expect(page.get_by_role("heading", name="The text as unit 7 sees it")).to_be_visible()
    states, _ = plain_reading(weights, IDS[:30], state["hidden"][0])
    text = page.locator(".inside-colors").first
    expect(text.locator("[data-position]")).to_have_count(400)
    for t in (0, 12, 29):
        text.locator(f"[data-position='{t}']").hover()
        expect(text.locator("small")).to_contain_text(signed(states[t, 7]))
    row = page.locator(".inside-ranking button").first
    row.click()
    expect(page.locator(".inside-ranking button[aria-pressed=true]").first).to_be_visible()
    expect(row).to_be_focused()
    page.get_by_text("Over the snapshots").click()
    expect(page.locator(".inside-colors .place").first).to_have_text("iteration 0")
    button(page, "Play").click()
    expect(page.locator(".inside-colors .place").first).to_have_text(re.compile("iteration [1-9]"))


def test_one_step_is_walked_with_arrow_keys_and_shows_the_arithmetic(inside, run, state):
    trainer = Trainer(IDS, len(VOCABULARY), **run.config.trainer_settings())
    trainer.restore(state)
    step = one_step(Start.of_trainer(trainer))
    page = inside("One step")
    picture = page.locator(".inside-step")
    title, arithmetic = picture.locator("h2"), picture.locator(".arithmetic")
    expect(title).to_have_text("The window")
    expect(picture.locator(".pairs > div")).to_have_count(25)
    picture.focus()
    for name in ("One-hot", "Hidden states"):
        page.keyboard.press("ArrowRight")
        expect(title).to_have_text(name)
    expect(picture.locator(".formula")).to_have_text("h_t = tanh(Wxh x_t + Whh h_{t−1} + bh)")
    expect_painted(picture.locator("canvas"), step.hidden[:, :12].T)
    hover(picture.locator("canvas"), t=12, unit=6)
    expect(arithmetic).to_contain_text("unit 6: tanh(Wxh x ")
    expect(arithmetic).to_contain_text(f"= {signed(step.hidden[12, 6])}")
    current = button(picture, "6 Loss")
    current.click()
    expect(picture.locator(".text")).to_contain_text(f"Together: {step.loss:.2f} nats")
    expect(current).to_have_attribute("aria-current", "step")
    background = current.evaluate("button => getComputedStyle(button).backgroundColor")
    expect(current).not_to_have_css("color", background)  # also below the pointer
    button(picture, "8 Back through time").click()
    hover(picture.locator("canvas").first, t=12, unit=6)
    both = step.dh_from_output[12, 6], step.dh_from_next[12, 6]
    for part in both:
        expect(arithmetic).to_contain_text(signed(part, 3))
    button(picture, "9 Weight gradients").click()
    expect(picture.locator("figcaption")).to_have_text(
        ["Wxh 12 × 14", "Whh 12 × 12", "Why 14 × 12", "bh 12", "by 14"]
    )
    button(picture, "12 New weights").click()
    expect(button(picture, "Next stage")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text("Adagrad's accumulator")
    # A switch changes the same picture.
    page.get_by_text("Clear the hidden state").click()
    button(picture, "6 Loss").click()
    expect(picture.locator(".note")).to_contain_text("The hidden state is cleared")
    expect(picture.locator(".text")).not_to_contain_text(f"Together: {step.loss:.2f} nats")


def test_silencing_another_unit_marks_other_differences(inside):
    page = inside("Hold a unit")
    held = page.locator(".written").nth(1)
    expect(held.locator("mark").first).to_be_visible()
    before = held.inner_text()
    page.locator(".inside-ranking button").nth(1).click()
    expect(page.get_by_role("heading", name=re.compile("Units .* silenced"))).to_be_visible()
    expect(held).not_to_have_text(before)


def test_on_a_phone_no_view_scrolls_sideways_and_back_returns_to_the_view_before(inside):
    page = inside("The network", **PHONE)
    drawn = {
        "The network": ".inside-network .bar",
        "One step": ".inside-step .pairs",
        "Units": ".inside-heatmap canvas",
        "Memory": ".stVegaLiteChart svg",
        "Surprisal": ".inside-colors .passage span",
    }
    for view, picture in drawn.items():
        page.get_by_role("radio", name=view, exact=True).click()
        expect(page.locator(picture).first).to_be_visible()
        expect(page).to_have_url(re.compile(re.escape(f"view={view.replace(' ', '+')}")))
        page.wait_for_function("() => document.querySelector('.stMain').scrollWidth <= innerWidth")
    page.go_back()
    expect(page.get_by_role("heading", name="The spectrum of Whh")).to_be_visible()
