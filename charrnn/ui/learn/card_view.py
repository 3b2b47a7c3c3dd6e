"""One card: the question and a guess; then the progress, and the guess beside what happened."""

import html
import math

import streamlit as st

from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import comparison, navigation, selection, services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.learn import experiment, texts
from charrnn.ui.learn.card import Card, Choice, Verdict
from charrnn.ui.learn.result import Result
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared.dialogs import rerun_page

REFRESH_SECONDS = 1.0  # while the runs train; longer when many pages are live, see ui/refresh.py
NEAR = 0.02  # a number this share away from the answer counts as right


def draw(card: Card) -> None:
    """Draw the card, with its experiment once that was started."""
    runs = experiment.runs_of(card)
    services.show_runs(runs)
    if not runs:
        _draw_guess(card)
        return
    trains = experiment.result_of(runs).trains
    seconds = REFRESH_SECONDS * services.refresh_factor() if trains else None
    st.fragment(_draw_result, run_every=seconds)(card, seconds)


# --- Before: what one needs to know, and the guess ----------------------------------------------


def _draw_guess(card: Card) -> None:
    with st.container(key="learn_before"):
        with st.container():
            corpus = texts.choose(card)
            st.markdown(card.idea(corpus))
        with st.container(border=True, key="learn_guess"):
            guess = _choose_guess(card)
            _draw_start(card, corpus, guess)


def _draw_start(card: Card, corpus: Corpus, guess: str | None) -> None:
    if st.button(
        "See what happens",
        type="primary",
        icon=":material/play_arrow:",
        disabled=guess is None,
        help="Choose an answer first." if guess is None else None,
    ):
        with shows_errors():
            experiment.start(card, corpus, guess or "")
            st.rerun()
    n = len(card.plans(corpus))
    networks = "one network" if n == 1 else f"{n} networks"
    st.caption(
        f"This trains {networks} on {escape_markdown(corpus.name)}, which takes about twenty "
        "seconds if nothing else is training."
    )


def _choose_guess(card: Card) -> str | None:
    """The guess as Experiment.guess has it; None before there is one."""
    key, guess = f"{session.GUESS}_{card.key}", card.guess
    if isinstance(guess, Choice):
        return st.radio(
            f"**{guess.prompt}**",
            list(guess.answers),
            index=None,
            format_func=guess.answers.__getitem__,
            key=key,
        )
    number = st.number_input(
        f"**{guess.prompt}**", guess.low, guess.high, None, key=key, width=320, format="%g"
    )
    return None if number is None else f"{number:g}"


# --- After: the progress, the picture, the verdict ----------------------------------------------


@shows_errors()
def _draw_result(card: Card, seconds: float | None) -> None:
    """Draw the experiment as it is now. seconds: until this is drawn again; None if it is not."""
    runs = experiment.runs_of(card)
    if not runs:
        rerun_page()
        return
    result = experiment.result_of(runs)
    if seconds is not None:
        services.note_refresh(seconds)
    if result.trains != (seconds is not None):
        rerun_page()  # the timer has to start, or to stop
    corpus = result.outcomes[0].subject.corpus
    plans = card.plans(corpus)
    whole = [outcome.label for outcome in result.outcomes] == [plan.label for plan in plans]
    verdict = card.verdict(result) if whole and result.finished else None
    st.html(_guess_beside_answer(card, result, verdict))
    with st.container(key="learn_result"):
        with st.container(key="learn_words"):
            _draw_words(card, corpus, result, verdict)
        with st.container(key="learn_picture"):
            if whole:
                card.picture(result)
            else:
                st.markdown("A run of this experiment is missing: start over to see all of it.")
    _draw_actions(card, result)


def _draw_words(card: Card, corpus: Corpus, result: Result, verdict: Verdict | None) -> None:
    """The idea while the networks train, then what has happened."""
    if verdict is None:
        _draw_progress(result)
        st.markdown(card.idea(corpus))
        return
    st.markdown(verdict.sentence)
    with st.expander("The question again", icon=":material/help:", type="compact"):
        st.markdown(card.idea(corpus))


def _guess_beside_answer(card: Card, result: Result, verdict: Verdict | None) -> str:
    guessed = html.escape(in_words(card, result.guess))
    if verdict is None:
        happened, kind = "…", ""
    else:
        happened = html.escape(in_words(card, verdict.answer))
        kind = "right" if is_right(card, result.guess, verdict.answer) else "wrong"
    mark = {"right": "<b>✓ as you guessed</b>", "wrong": "", "": ""}[kind]
    return (
        f'<dl class="guess"><div><dt>You guessed</dt><dd>{guessed}</dd></div>'
        f'<div class="{kind}"><dt>What happened{mark}</dt><dd>{happened}</dd></div></dl>'
    )


def is_right(card: Card, guess: str, answer: str) -> bool:
    """Whether a guess is the answer, or a number near enough."""
    if isinstance(card.guess, Choice):
        return guess == answer
    return math.isclose(float(guess), float(answer), rel_tol=NEAR)


def in_words(card: Card, answer: str) -> str:
    """A guess, or the answer, as the page writes it."""
    if isinstance(card.guess, Choice):
        return card.guess.answers.get(answer, answer)
    return f"{answer} {card.guess.unit}"


def _draw_progress(result: Result) -> None:
    for outcome in result.outcomes:
        run = outcome.run
        if run.message and not run.active and run.status != "failed":
            st.warning(escape_markdown(run.message), icon=":material/pause_circle:")
            break
    if result.trains:
        queued = sum(_is_queued(outcome.run) for outcome in result.outcomes)
        n = sum(outcome.run.moving for outcome in result.outcomes)
        words = "Training" if n == 1 else f"Training {n} networks"
        if queued:
            words += f" · {queued} of them {'waits' if queued == 1 else 'wait'} for a place"
        st.progress(result.progress, text=words)


def _is_queued(run: Run) -> bool:
    return run.active and not run.leased and bool(services.supervisor().queue_position(run.id))


def _draw_actions(card: Card, result: Result) -> None:
    """What can be done with the runs, as with any others."""
    runs = [outcome.run for outcome in result.outcomes]
    with st.container(horizontal=True, vertical_alignment="center", key="learn_actions"):
        if not result.trains and not result.finished:
            st.button("Resume", icon=":material/play_arrow:", on_click=_resume, args=(runs,))
        for outcome in result.outcomes:
            label = f"Open {outcome.label}" if outcome.label else "Open the run"
            navigation.link("Train", label, query=selection.link_to(outcome.run.id))
        if card.look:
            navigation.link(
                card.look.page,
                card.look.label,
                query=card.look.query | selection.link_to(runs[-1].id),
            )
        if len(runs) > 1 and st.button("Compare them", icon=":material/compare_arrows:"):
            comparison.select([run.id for run in runs])
            navigation.go("Compare")
        st.button(
            "Start over",
            icon=":material/replay:",
            on_click=_start_over,
            args=(runs,),
            help="Deletes the runs of this experiment. Compare can restore them for a day.",
        )


@shows_errors()
def _resume(runs: list[Run]) -> None:
    experiment.resume(runs)


@shows_errors()
def _start_over(runs: list[Run]) -> None:
    experiment.delete(runs)
