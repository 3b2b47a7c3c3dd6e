"""What people start with: taken from the presenter's page, and put into those of the others."""

from dataclasses import replace

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import TextNotFound
from charrnn.runs.store.presenter import own_start
from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.room_records import Member, Room, Start
from charrnn.ui import selection, services
from charrnn.ui.shared import settings
from charrnn.ui.shared.chosen_text import choose_corpus, chosen_corpus
from charrnn.ui.shared.room import presence


def from_page() -> Start:
    """A start with the text and the settings that stand on the visitor's Train page."""
    settings.set_defaults()
    corpus = chosen_corpus()
    return Start(corpus.sha256, corpus.name, settings.current())


def of_member(room: Room, member: Member) -> Start:
    """What a member's page would train: what they have chosen, or else the start of the room."""
    return member.chosen or own_start(room.start, member)


def put_on_page(start: Start) -> bool:
    """Put a start into the controls of the Train page; returns False if its text is gone."""
    try:
        services.corpus(start.sha256)
    except TextNotFound:
        return False
    settings.set_defaults()
    settings.put(start.config.to_dict())
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


def show_toast(number: int) -> None:
    """Say that the presenter has sent a start."""
    new = "a new start" if number > 1 else "a start"
    st.toast(
        f"The presenter has sent {new}: text and settings are in place. Your earlier runs are kept."
    )


def seed_note(start: Start) -> str:
    """How the random seeds of a start are chosen, in a few words."""
    return "a random seed for each" if start.own_seeds else f"random seed {start.config.seed}"
