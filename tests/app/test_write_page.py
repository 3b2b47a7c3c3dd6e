"""What the page /write shows and does, without a browser and without worker processes."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charrnn.runs.archive import state_from_bytes
from charrnn.runs.config import RunConfig
from charrnn.runs.shelf import Shelf
from charrnn.runs.transfer import export_run, import_run
from charrnn.ui.alphabet.reading import Subject
from charrnn.ui.write.bench import STRIP, Bench
from tests.conftest import WORKSPACE


def the_page():
    from charrnn.ui import session
    from charrnn.ui.write import page

    session.keep_url("Write")
    page.show()


@pytest.fixture
def open_write(store):
    def open_write(**query) -> AppTest:
        page = AppTest.from_function(the_page, default_timeout=60)
        page.query_params.update({"w": WORKSPACE} | query)
        page.run()
        assert not page.exception
        return page

    return open_write


def words(page) -> str:
    elements = [*page.markdown, *page.caption, *page.text, *page.warning]
    return "\n".join(element.value for element in elements)


def strip(run, prompt="", *, iteration=None, dice=0, length=200) -> list[str]:
    """What the strip should show."""
    subject = Subject.of_run(run)
    moment = subject.newest_moment() if iteration is None else subject.moment(iteration)
    bench = Bench(moment, subject.vocabulary, prompt)
    return [
        prompt + subject.vocabulary.decode(bench.write(dice=dice, length=length, temperature=t))
        for t in STRIP
    ]


def test_without_a_run_the_page_says_what_to_do(open_write):
    assert "There is no network yet: press Train" in words(open_write())


def test_it_writes_with_the_newest_run_and_puts_it_into_the_link(open_write, cats, written):
    page = open_write()
    assert page.query_params["run"] == cats.id
    assert written(page) == strip(cats)


def test_prompt_length_and_dice_are_followed(open_write, cats, written):
    page = open_write(run=cats.id)
    page.text_input(key="prompt").set_value("the dog").run()
    page.number_input(key="length").set_value(30).run()
    page.number_input(key="dice").set_value(7).run()
    assert not page.exception
    assert written(page) == strip(cats, "the dog", dice=7, length=30)
    assert "What may come after the prompt" in words(page)


@pytest.mark.parametrize(
    ("prompt", "named", "kept"),
    [
        ("the €cat", "it: € (euro sign)", "the cat"),
        ("ЖЖthe", "it: Ж (cyrillic capital letter zhe)", "the"),
        ("<b>$x$</b>", "them: < (less-than sign), ", ""),
        ("🎉", "it: 🎉 (party popper)", ""),
    ],
)
def test_a_stranger_in_the_prompt_is_named_and_left_out(
    open_write, cats, written, prompt, named, kept
):
    page = open_write(run=cats.id)
    page.text_input(key="prompt").set_value(prompt).run()
    assert not page.exception
    assert f"never seen {named}" in "\n".join(element.value for element in page.text)
    assert written(page) == strip(cats, kept)


def test_roll_is_another_number_on_the_dice(open_write, cats, written):
    page = open_write(run=cats.id)
    next(b for b in page.button if b.label == "Roll").click().run()
    assert page.number_input(key="dice").value == 1
    assert written(page) == strip(cats, dice=1)


def test_the_slider_goes_to_a_snapshot(open_write, cats, written):
    page = open_write(run=cats.id)
    page.select_slider(key=f"write_at_{cats.id}").set_value(100).run()
    assert written(page) == strip(cats, iteration=100)
    assert "Branch from 100" in [b.label for b in page.button]


def test_what_is_looked_at_stays_though_the_run_trains_on(
    open_write, shelf, cats, work, store, written
):
    page = open_write(run=cats.id)
    before = written(page)
    old = state_from_bytes(store.checkpoint(cats.id)[1])["weights"]
    shelf.wish(cats.id, desired="running", pause_at=None)
    trained = work(store.run(cats.id))
    assert not np.array_equal(old, state_from_bytes(store.checkpoint(cats.id)[1])["weights"])
    page.run()
    assert written(page) == before
    newer = next(b for b in page.button if b.label.endswith("take that"))
    assert newer.label == "From iteration 250. It is at 1,000 now: take that"
    newer.click().run()
    assert written(page) == strip(trained)
    assert not [b for b in page.button if b.label.endswith("take that")]


def test_of_a_run_out_of_a_file_only_what_is_kept_is_offered(open_write, cats, shelf, work):
    run = import_run(shelf, export_run(shelf.store, cats, with_text=True))
    shelf.wish(run.id, desired="running", pause_at=260)
    work(shelf.run(run.id))
    page = open_write(run=run.id)
    slider = page.select_slider(key=f"write_at_{run.id}")
    assert slider.options == ["250", "newest"]
    assert "came out of a file" in slider.help
    branch = next(b for b in page.button if b.label == "Branch from 250")
    assert branch.help == "Iteration 260 is not kept whole; 250 is the nearest that is."
    slider.set_value(250).run()
    assert next(b for b in page.button if b.label == "Branch from 250").help == ""


def the_branch():
    """The dialog, kept open: a click would open it for one drawing only."""
    from charrnn.ui import branching, services, session

    session.keep_url("Train")
    branching.branch(services.shelf().runs()[-1], 100)


def test_a_branch_goes_on_with_another_learning_rate(cats, shelf, started):
    page = AppTest.from_function(the_branch, default_timeout=60)
    page.query_params["w"] = WORKSPACE
    page.run()
    page.select_slider(key=f"branch_rate_{cats.id}_100").set_value(0.01)
    page.button[0].click().run()
    assert not page.exception
    branch = shelf.runs()[0]
    assert (branch.parent, branch.branched_at, branch.learning_rate) == (cats.id, 100, 0.01)
    assert started == [branch.id]
    assert page.query_params["run"] == branch.id


def test_a_branch_offers_the_rate_that_held_then_not_the_one_of_now(cats, shelf, work, started):
    shelf.wish(cats.id, learning_rate=0.03, desired="running", pause_at=None)
    work(shelf.run(cats.id))
    page = AppTest.from_function(the_branch, default_timeout=60)
    page.query_params["w"] = WORKSPACE
    page.run()
    assert page.select_slider[0].value == cats.config.learning_rate == 0.1
    page.button[0].click().run()
    assert not page.exception
    assert shelf.runs()[0].learning_rate == 0.1


# --- Strangers ----------------------------------------------------------------------------------


@pytest.fixture
def theirs(store, corpus, work):
    config = RunConfig(hidden_size=8, iterations=200, sample_interval=100, sample_length=40)
    return work(Shelf(store, "s" * 32).create(corpus, config))


def test_another_s_run_is_not_reached_by_its_id(open_write, theirs, cats, written):
    page = open_write(run=theirs.id)
    assert "The run in this link is not here" in page.warning[0].value
    assert page.selectbox[0].options == ["Run 1 · cats · hidden 8 · iteration 250"]
    assert written(page) == strip(cats)


def test_another_s_run_that_is_shown_can_write_and_no_more(open_write, theirs, written):
    page = open_write(run=theirs.view_key)
    assert "Somebody shows you this network" in words(page)
    assert written(page) == strip(theirs)
    assert "w" not in page.query_params
    assert len(page.selectbox) == 0  # nothing else to choose
