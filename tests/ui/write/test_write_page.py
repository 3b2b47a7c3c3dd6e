"""What the page /write shows, without a browser."""

import json

import numpy as np
import pytest
import streamlit as st

from charrnn.__main__ import main
from charrnn.runs.files.transfer import export_run, import_run
from charrnn.runs.serialization import state_from_bytes
from charrnn.ui.shared.snapshots import Subject
from charrnn.ui.write import controls, drafts
from charrnn.ui.write import page as write_page
from charrnn.ui.write.drafts import Budget
from charrnn.ui.write.writer import COMPARED_TEMPERATURES, SampleSettings, Writer
from tests.support.write_page import expected_samples, top_characters, words


def test_page_without_runs_says_what_to_do(open_write):
    page = open_write()
    assert "There is no network yet. Press Train" in words(page)
    assert [b.label for b in page.button] == ["Go to Train"]


def test_newest_run_is_selected_and_written_into_the_link(open_write, cats, written):
    page = open_write()
    assert page.query_params["run"] == cats.id
    assert written(page) == expected_samples(cats)


def test_samples_follow_prompt_length_and_seed(open_write, cats, written):
    page = open_write(run=cats.id)
    page.text_input(key="prompt").set_value("the dog").run()
    page.number_input(key="length").set_value(30).run()
    page.number_input(key="sample_seed").set_value(7).run()
    assert not page.exception
    assert written(page) == expected_samples(cats, "the dog", seed=7, length=30)
    assert "Probabilities of the first character after the prompt" in words(page)


@pytest.mark.parametrize(
    ("prompt", "named", "kept"),
    [
        ("the €cat", "it: € (euro sign)", "the cat"),
        ("ЖЖthe", "it: Ж (cyrillic capital letter zhe)", "the"),
        ("<b>$x$</b>", "them: < (less-than sign), ", ""),
        ("🎉", "it: 🎉 (party popper)", ""),
    ],
)
def test_unknown_characters_in_the_prompt_are_named_and_left_out(
    open_write, cats, written, prompt, named, kept
):
    page = open_write(run=cats.id)
    page.text_input(key="prompt").set_value(prompt).run()
    assert not page.exception
    assert f"never seen {named}" in "\n".join(element.value for element in page.text)
    assert written(page) == expected_samples(cats, kept)


def test_new_seed_changes_the_samples(open_write, cats, written):
    page = open_write(run=cats.id)
    next(b for b in page.button if b.label == "New seed").click().run()
    assert page.number_input(key="sample_seed").value == 1
    assert written(page) == expected_samples(cats, seed=1)


def test_slider_selects_a_snapshot(open_write, cats, written):
    page = open_write(run=cats.id)
    page.select_slider(key=f"write_at_{cats.id}").set_value(100).run()
    assert written(page) == expected_samples(cats, iteration=100)
    assert "Branch from 100" in [b.label for b in page.button]


def test_samples_stay_while_the_run_trains_on_until_the_newest_is_loaded(
    open_write, workspace, cats, work, store, written
):
    page = open_write(run=cats.id)
    before = written(page)
    old = state_from_bytes(store.snapshots.checkpoint(cats.id)[1])["weights"]
    workspace.request(cats.id, desired="running", pause_at=None)
    trained = work(store.runs.get(cats.id))
    assert not np.array_equal(
        old, state_from_bytes(store.snapshots.checkpoint(cats.id)[1])["weights"]
    )
    page.run()
    assert written(page) == before
    newer = next(b for b in page.button if b.label.startswith("Load iteration"))
    assert newer.label == "Load iteration 1,000 (this is iteration 250)"
    newer.click().run()
    assert written(page) == expected_samples(trained)
    assert not [b for b in page.button if b.label.startswith("Load iteration")]


def test_a_click_counts_although_the_run_has_trained_on(open_write, workspace, cats, work, written):
    page = open_write(run=cats.id)
    workspace.request(cats.id, desired="running", pause_at=260)
    work(workspace.run(cats.id))
    page.run()
    load = next(b for b in page.button if b.label.startswith("Load iteration 260"))
    branch = next(b for b in page.button if b.label == "Branch from 260")
    workspace.request(cats.id, desired="running", pause_at=270)
    trained = work(workspace.run(cats.id))
    load.click().run()
    assert written(page) == expected_samples(trained)
    branch.click().run()
    assert "as it is at iteration 270" in words(page)


def test_imported_run_offers_only_the_snapshots_it_has(open_write, cats, workspace, work):
    run = import_run(workspace, export_run(workspace.store, cats, with_text=True))
    workspace.request(run.id, desired="running", pause_at=260)
    work(workspace.run(run.id))
    page = open_write(run=run.id)
    slider = page.select_slider(key=f"write_at_{run.id}")
    assert slider.options == ["250", "newest"]
    assert "imported from a file" in slider.help
    assert "Branch from 260" in [b.label for b in page.button]  # the newest state, as shown
    slider.set_value(250).run()
    assert next(b for b in page.button if b.label == "Branch from 250").help == ""


def test_picking_a_first_character_keeps_the_list_of_probabilities(open_write, cats, monkeypatch):
    page = open_write(run=cats.id)
    before = top_characters(page)
    assert not any(chosen for _, chosen in before)
    position, picks = 0, {0: before[3][0]}
    page.session_state["position"], page.session_state["picks"] = position, picks
    page.run()
    after = top_characters(page)
    assert [i for i, _ in after] == [i for i, _ in before]
    assert [chosen for _, chosen in after].index(True) == 3
    assert page.text_input(key="prompt").value == ""


@pytest.mark.parametrize(
    ("typed", "prompt"),
    [("a\\nb", "a\nb"), ("\\\\n", "\\n"), ("\\t", "\\t"), ("\\", "\\"), ("", "")],
)
def test_prompt_may_hold_newlines_and_backslashes(typed, prompt):
    assert controls.with_newlines(typed) == prompt


def test_prompt_with_a_newline_is_continued_on_the_new_line(open_write, cats, written):
    page = open_write(run=cats.id, prompt="the log\\n")
    assert written(page) == expected_samples(cats, "the log\n")


def test_long_sample_is_written_to_its_end_and_the_five_temperatures_stay_short(
    open_write, cats, written, monkeypatch
):
    monkeypatch.setattr(drafts, "SECONDS", 0.001)  # the page draws it in many parts
    page = open_write(run=cats.id, length="2000", seed="3")
    assert all(len(text) == 200 for text in written(page))
    component = next(c for c in page.get("bidi_component") if '"written"' in c.proto.json)
    (at_1,) = [text for text, t in zip(written(page), COMPARED_TEMPERATURES, strict=True) if t == 1]
    text = "".join(json.loads(component.proto.json)["written"])
    assert len(text) == 2000
    assert text.startswith(at_1)
    assert "Writing:" not in words(page)


def test_only_what_changes_is_written_again(open_write, cats, monkeypatch):
    page = open_write(run=cats.id)
    writes = []
    real = Writer.write
    monkeypatch.setattr(
        Writer, "write", lambda self, *args, **kw: writes.append(args) or real(self, *args, **kw)
    )
    page.run()
    page.session_state["position"] = 5
    page.run()
    page.number_input(key="length").set_value(100).run()
    assert writes == []
    page.select_slider(key="temperature").set_value(0.65).run()
    assert len(writes) == 1
    page.number_input(key="sample_seed").set_value(1).run()
    assert len(writes) == 1 + 6


def test_only_one_sample_is_written_before_a_slow_page_answers_again(open_write, cats, monkeypatch):
    monkeypatch.setattr(drafts, "SECONDS", 0.0)
    reruns, written_before = [], []
    real = Writer.write
    monkeypatch.setattr(
        Writer, "write", lambda self, *args, **kw: reruns.append(0) or real(self, *args, **kw)
    )

    def note_rerun():
        written_before.append(len(reruns))
        st.rerun()

    monkeypatch.setattr(write_page, "rerun_page", note_rerun)
    page = open_write(run=cats.id, seed="11")
    assert written_before == [1, 2, 3, 4]  # the sample is one of the five, at temperature 1
    assert len(reruns) == 5
    assert "Not written yet" not in words(page)


def test_page_and_command_line_write_the_same(cats, store, tmp_path, capsys):
    file = tmp_path / "run.safetensors"
    file.write_bytes(export_run(store, cats, with_text=False))
    for prompt, length in (("", 200), ("the dog", 450)):
        arguments = ["--seed", "7", "--length", str(length), "--prompt", prompt]
        assert main(["sample", str(file), "--temperature", "0.8", *arguments]) == 0
        subject = Subject.of_run(cats)
        writer = Writer(subject.newest_snapshot(), subject.vocabulary, prompt)
        draft = drafts.write(writer, SampleSettings(7, length, 0.8), Budget(60), key=cats.id)
        assert capsys.readouterr().out == prompt + subject.vocabulary.decode(draft.ids) + "\n"


def test_one_click_selects_the_snapshot_that_is_best_on_held_out_text(
    open_write, store, cats, written
):
    iteration, _ = store.snapshots.best(cats.id)
    page = open_write()
    next(b for b in page.button if "Best on held-out text" in b.label).click()
    page.run()
    assert page.select_slider(key=f"write_at_{cats.id}").value == iteration
    assert written(page) == expected_samples(cats, iteration=iteration)
    assert not any("Best on held-out text" in b.label for b in page.button)
