"""What people start with: taken from the presenter's page, and put into those of the others."""

from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import TextNotFound
from charrnn.runs.store.presenter import start_chosen
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.room_records import Member, Question, Room, Start
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import selection, services
from charrnn.ui.shared import experiments, settings, settings_input
from charrnn.ui.shared.chosen_text import choose_corpus, chosen_corpus
from charrnn.ui.shared.room import presence, questions


class SharedExperiment(NamedTuple):
    """The experiment that everybody in the visitor's room begins with."""

    corpus: Corpus  # that it reads
    since: float  # runs that were created earlier belong to another start
    seed: int  # added to the random seeds of its runs
    member: Member  # the visitor
    question: Question | None  # as long as it can be guessed at, before everybody is started


def from_page(experiment: str = "") -> Start:
    """A start with the text and the settings on the visitor's Train page.

    experiment: the key of one, which has settings of its own; it reads that text if it can.
    """
    settings.set_defaults()
    corpus = chosen_corpus()
    if setup := experiments.find(experiment):
        corpus = experiments.text_for(setup, corpus)
    return Start(corpus.sha256, corpus.name, settings.current(), experiment=experiment)


def shared_experiment(key: str) -> SharedExperiment | None:
    """The experiment with this key, if it is what the visitor's room begins with."""
    present = presence.current()
    if present is None or present.member is None or present.room.start.experiment != key:
        return None
    start, question = present.room.start, present.room.question
    asked = question if question and question.open and question.experiment == key else None
    corpus = replace(services.corpus(start.sha256), name=start.text_name)
    return SharedExperiment(
        corpus, start.sent_at, _seed(start, present.member), present.member, asked
    )


def start_run(workspace: Workspace, room: Room, member: Member) -> Run:
    """Start a member with everybody: the experiment of the room, or the settings on their page.

    Returns the run that their page goes to. Needs no session: a thread of its own calls it.
    """
    setup, question = experiments.find(room.start.experiment), room.question
    if setup is None:
        return start_chosen(workspace, room, member)
    asked = question and question.experiment == setup.key
    guess = questions.answer_of(workspace.store, member, question) if question and asked else ""
    corpus = workspace.store.corpora.get(room.start.sha256, room.start.text_name)
    seed = _seed(room.start, member)
    return experiments.start(setup, workspace, corpus, guess, seed=seed)[0]


def _seed(start: Start, member: Member) -> int:
    return member.number if start.own_seeds else 0


def of_member(room: Room, member: Member) -> Start:
    """What a member's page would train: what they have chosen, or else the start of the room."""
    return member.chosen or room.start.of(member)


def put_on_page(start: Start) -> bool:
    """Put a start into the controls of the Train page; returns False if its text is gone."""
    try:
        services.corpus(start.sha256)
    except TextNotFound:
        return False
    settings.set_defaults()
    settings_input.put(start.config.to_dict())
    choose_corpus(start.sha256, start.text_name)
    selection.show_only(start.controls)
    selection.select_run(None)
    return True


def note_choice(run: Run | None, corpus: Corpus, config: RunConfig) -> None:
    """Tell the room what this page would train, for when everybody is started at once.

    run: the one on the page; the settings of another visitor's run are not this one's choice.
    config: fitted to the text.
    """
    present = presence.current()
    if present is None or present.member is None or (run and not services.owned(run)):
        return
    member = present.member
    known = of_member(present.room, member)
    if (known.sha256, known.config.fitted(corpus.characters)) != (corpus.sha256, config):
        chosen = replace(known, sha256=corpus.sha256, text_name=corpus.name, config=config)
        services.store().rooms.choose(member, chosen)
        presence.forget()


def show_toast(start: Start) -> None:
    """Say that the presenter has sent a start."""
    new = "a new start" if start.number > 1 else "a start"
    if start.experiment:
        new = "an experiment"
    what = "guess first" if start.experiment else "text and settings are in place"
    st.toast(f"The presenter has sent {new}: {what}. Your earlier runs are kept.")


def seed_note(start: Start) -> str:
    """How the random seeds of a start are chosen, in a few words."""
    return "a random seed for each" if start.own_seeds else "the same random seed for everybody"
