"""The page /learn without a browser: from the guess to what happened."""

import html
import re
from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Experiment
from charrnn.ui.learn import card_view, experiment_runs
from charrnn.ui.learn.all_cards import CARDS
from charrnn.ui.shared.guess import Choice, in_words
from tests.support.store import TEXT
from tests.support.train_page import as_read

SMALL = {"hidden_size": 8, "iterations": 300, "sample_interval": 100}


@pytest.fixture
def quick(monkeypatch):
    """quick(card): let the runs of a card be small."""

    def quick(card):
        plans = card.plans

        def small(corpus):
            return [plan._replace(config=replace(plan.config, **SMALL)) for plan in plans(corpus)]

        monkeypatch.setitem(CARDS, card.key, replace(card, plans=small))

    return quick


def words(page) -> str:
    bodies = [element.proto.body for element in page.get("html")]
    shown = [*page.markdown, *page.caption, *page.success, *page.error, *page.warning]
    return "\n".join([*bodies, *(element.value for element in shown)])


def press(page, label):
    [button] = [b for b in page.button if b.label == label]
    button.click().run()
    assert not page.exception
    return page


def a_guess(card) -> str:
    """One of the guesses that a card takes, as Experiment.guess has it."""
    guess = card.guess
    return next(iter(guess.answers)) if isinstance(guess, Choice) else f"{guess.low:g}"


def guess_and_start(page, card):
    field = page.radio if page.radio else page.number_input
    guess = a_guess(card) if page.radio else card.guess.low
    field(key=f"guess_{card.key}").set_value(guess).run()
    return press(page, "See what happens")


def beside_each_other(page) -> list[str]:
    """What the page says was guessed, and what happened."""
    return [html.unescape(answer) for answer in re.findall("<dd>(.*?)</dd>", words(page))]


def test_the_page_lists_every_question(open_page):
    page = open_page("learn")
    labels = [button.label for button in page.button]
    for number, card in enumerate(CARDS.values(), start=1):
        assert f"{number} · {card.question}" in labels
        assert card.teaser in words(page)


def test_a_question_is_opened_by_a_click_or_by_its_link_and_left_again(open_page):
    card = CARDS["good-loss"]
    for page in (
        open_page("learn", question=card.key),
        press(open_page("learn"), f"{list(CARDS).index(card.key) + 1} · {card.question}"),
    ):
        assert f"# {card.question}" in words(page)
        assert page.query_params["question"] == card.key
        page = press(page, "All questions")
        assert "question" not in page.query_params
        assert "# Learn" in words(page)
    assert "# Learn" in words(open_page("learn", question="unknown"))


@pytest.mark.parametrize("key", CARDS)
def test_each_card_goes_from_the_guess_to_what_happened(
    open_page, store, workspace, work, quick, key
):
    card = CARDS[key]
    quick(card)
    page = open_page("learn", question=key)
    assert [b.disabled for b in page.button if b.label == "See what happens"] == [True]
    assert ", which takes about twenty seconds if nothing else is training." in words(page)
    page = guess_and_start(page, card)
    runs = workspace.runs()
    assert {run.experiment.question for run in runs} == {key}
    assert len({run.experiment.group for run in runs}) == 1
    assert all(run.title.startswith(card.title) for run in runs)
    guess = in_words(card.guess, a_guess(card))
    assert beside_each_other(page) == [guess, "…"]

    for run in runs:
        work(run)
    page = open_page("learn", question=key)  # as after a reload
    trained = [workspace.run(run.id) for run in runs[::-1]]
    verdict = card.verdict(experiment_runs.result_of(trained))
    assert not page.exception
    assert not page.error or key == "through-time"
    assert beside_each_other(page) == [guess, in_words(card.guess, verdict.answer)]
    assert verdict.sentence in [element.value for element in page.markdown]

    [status] = [c.value for c in open_page("learn").caption if "you guessed" in c.value]
    assert status == f":primary[Answered] · you guessed: {guess}"  # whether it was right or wrong

    page = press(page, "Start over")
    assert workspace.runs() == []
    assert len(workspace.deleted()) == len(runs)
    assert "See what happens" in [b.label for b in page.button]


def test_the_runs_of_an_experiment_can_be_compared_and_are_marked_there(
    open_page, workspace, work, quick
):
    card = CARDS["hidden-state"]
    quick(card)
    page = guess_and_start(open_page("learn", question=card.key), card)
    for run in workspace.runs():
        work(run)
    page = press(open_page("learn", question=card.key), "Compare them")
    runs = sorted(workspace.runs(), key=lambda run: run.number)
    assert page.query_params["compare"] == ",".join(run.id for run in runs)
    assert words(page).count("experiment of the page Learn") == 2


def test_a_second_click_starts_nothing(open_page, workspace, corpus, quick):
    card = CARDS["good-loss"]
    quick(card)
    pages = [open_page("learn", question=card.key) for _ in range(2)]
    for page in pages:
        page.radio(key="guess_good-loss").set_value("none").run()
    for page in pages:
        press(page, "See what happens")
    assert len(workspace.runs()) == 1


def test_the_text_that_was_chosen_may_be_read_if_it_is_long_enough(
    open_page, store, workspace, quick
):
    quick(CARDS["good-loss"])
    own = workspace.add_text("my diary", 2 * TEXT)
    page = open_page("learn", question="good-loss", text=own.sha256)
    key = "learn_text_good-loss"
    assert page.radio(key=key).value == own.sha256
    guess_and_start(page, CARDS["good-loss"])
    assert workspace.runs()[0].sha256 == own.sha256
    short = workspace.add_text("a haiku", TEXT[:1000])
    page = open_page("learn", question="good-loss", text=short.sha256)
    page = press(page, "Start over")
    assert "your text has 1,000 characters" in words(page)


def test_a_text_of_a_single_character_has_no_spike(open_page, workspace, work, quick):
    card = CARDS["spikes"]
    quick(card)
    own = workspace.add_text("aaa", 6000 * "a")
    guess_and_start(open_page("learn", question=card.key, text=own.sha256), card)
    [run] = workspace.runs()
    work(run)
    page = open_page("learn", question=card.key)
    assert not page.exception
    assert run.sha256 == own.sha256
    assert beside_each_other(page)[1] == "nothing"
    assert "in a text of a single character, no window costs anything" in words(page)
    assert "nan" not in words(page)


def test_a_paused_experiment_can_be_resumed_and_is_live_again(
    open_page, workspace, quick, monkeypatch
):
    card = CARDS["good-loss"]
    quick(card)
    guess_and_start(open_page("learn", question=card.key), card)
    [run] = workspace.runs()
    workspace.request(run.id, desired="paused")
    press(open_page("learn", question=card.key), "Resume")
    assert workspace.run(run.id).desired == "running"

    # The click has drawn the live part alone, which has no timer yet: the page has to be drawn.
    drawn = []
    monkeypatch.setattr(card_view, "rerun_page", lambda: drawn.append("page"))
    monkeypatch.setattr(card_view, "_draw_actions", lambda *_: None)
    card_view._draw_result(card, None)
    assert drawn == ["page"]
    card_view._draw_result(card, 1.0)
    assert drawn == ["page"]


@pytest.mark.parametrize("key", ["good-loss", "clipping", "spikes"])
def test_an_experiment_whose_run_cannot_be_started_says_why_and_has_no_verdict(
    open_page, store, workspace, work, quick, key
):
    card = CARDS[key]
    quick(card)
    guess_and_start(open_page("learn", question=key), card)
    *others, run = sorted(workspace.runs(), key=lambda run: run.number)
    for other in others:
        work(other)
    store.leases.fail(run.id, "This run cannot be started: it is *broken*.")
    page = open_page("learn", question=key)
    assert not page.exception
    assert [as_read(error.value) for error in page.error] == [
        "This run cannot be started: it is *broken*."
    ]
    assert beside_each_other(page)[1] == "…"
    assert not page.get("vega_lite_chart")

    press(page, "Resume")  # gives it another try
    assert workspace.run(run.id).active
    work(run)
    page = open_page("learn", question=key)
    assert not page.error
    assert beside_each_other(page)[1] != "…"


@pytest.mark.parametrize(
    ("training", "queued", "said"),
    [
        (1, 0, "Training"),
        (3, 0, "Training 3 networks"),
        (1, 2, "Training 1 network · 2 queued"),
        (2, 1, "Training 2 networks · 1 queued"),
        (0, 1, "Queued"),
        (0, 3, "3 networks queued"),
    ],
)
def test_a_queued_network_is_not_said_to_train(training, queued, said):
    assert card_view.progress_in_words(training, queued) == said


def test_an_experiment_that_lost_a_run_says_so(open_page, workspace, quick):
    card = CARDS["hidden-state"]
    quick(card)
    guess_and_start(open_page("learn", question=card.key), card)
    workspace.delete(workspace.runs()[0].id)
    assert "is missing: start over" in words(open_page("learn", question=card.key))


def test_a_copy_or_a_branch_of_an_experiment_is_an_ordinary_run(store, workspace, corpus, work):
    mark = Experiment("good-loss", "group", "", "none")
    config = RunConfig(**SMALL)
    run = work(workspace.create(corpus, config, experiment=mark))
    assert workspace.run(run.id).experiment == mark
    assert workspace.branch(run, None).experiment is None


def test_below_the_questions_are_a_game_and_challenges(open_page, cats):
    page = open_page("learn")
    page.session_state["beat_game_expander"] = page.session_state["challenges"] = True
    page.run()
    assert not page.exception
    said = words(page)
    assert f"the network of **{cats.title}**" in said
    assert "Every run of yours on the text takes part." in said
