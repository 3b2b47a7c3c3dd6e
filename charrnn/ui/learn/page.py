"""The page /learn: ten questions about the network, each answered by an experiment."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui import selection, services, session
from charrnn.ui.learn import card_view
from charrnn.ui.learn.all_cards import CARDS
from charrnn.ui.learn.card import Card
from charrnn.ui.shared import challenges, experiments, guess, settings
from charrnn.ui.shared.beat import panel as beat


def show() -> None:
    """Draw all questions, or the one that was chosen."""
    settings.set_defaults()
    card = _chosen()
    if card is None:
        _draw_all()
        return
    with st.container(key="learn_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            _button("All questions", "", icon=":material/arrow_back:")
            st.caption(f"Question {list(CARDS).index(card.key) + 1} of {len(CARDS)}")
        st.markdown(f"# {card.question}")
        with st.container():  # whatever is in it: nothing below it may move
            card_view.draw(card)
        _draw_next(card)


def _chosen() -> Card | None:
    """The card that was chosen, which is also in the URL; None for all of them."""
    key, linked = selection.question(), st.query_params.get(session.QUESTION, "")
    card = CARDS.get(key)
    if card and linked != key:
        st.query_params[session.QUESTION] = key
    elif linked and card is None:
        del st.query_params[session.QUESTION]
    return card


def _draw_all() -> None:
    st.markdown("# Learn")
    st.markdown(
        "Ten questions that people ask about this network. Each has an experiment of about "
        "twenty seconds. Guess first, then see what happens: that is how it sticks."
    )
    started = experiments.newest_by_question(services.workspace().runs())
    services.show_runs([run for runs in started.values() for run in runs])
    with st.container(key="learn_cards"):
        for number, card in enumerate(CARDS.values(), start=1):
            with st.container(border=True, key=f"learn_card_{card.key}"):
                _button(f"{number} · {card.question}", card.key)
                st.caption(_status(card, started.get(card.key, [])) or card.teaser)
    _draw_games()


def _draw_games() -> None:
    """What has no answer to guess first: playing against a network, and reaching a goal."""
    st.markdown("## Your turn")
    runs = services.workspace().runs()
    if runs:
        beat.offer(next((run for run in runs if not run.moving), runs[0]))
    challenges.offer()


def _status(card: Card, runs: list[Run]) -> str:
    """What the visitor has done with a card so far; "" before the first time."""
    mark = runs[0].experiment if runs else None
    if mark is None:
        return ""
    training = " · training" if any(run.moving for run in runs) else ""
    guessed = guess.in_words(card.guess, mark.guess)
    return f":primary[Answered] · you guessed: {guessed}{training}"


def _draw_next(card: Card) -> None:
    cards = list(CARDS.values())
    following = cards[(cards.index(card) + 1) % len(cards)]
    label = f"Next question: {following.question}"
    _button(label, following.key, icon=":material/arrow_forward:")


def _button(label: str, key: str, *, icon: str | None = None) -> None:
    """A button to a card, or with the key "" to all of them."""
    st.button(
        label,
        key=f"question_{key}",
        type="tertiary",
        icon=icon,
        on_click=lambda: st.session_state.update({session.QUESTION: key}),
    )
