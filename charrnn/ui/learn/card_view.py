"""One card: the question and a guess; then the progress, and the guess beside what happened."""

import streamlit as st

from charrnn.runs.store.records import Corpus, Run
from charrnn.runs.store.room_records import Question
from charrnn.ui import comparison, navigation, selection, services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.learn import experiment_runs, texts
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Result
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import experiments, guess, live_run
from charrnn.ui.shared.dialogs import rerun_page
from charrnn.ui.shared.room import questions, starts
from charrnn.ui.shared.room.starts import SharedExperiment

REFRESH_SECONDS = 1.0  # while the runs train; longer when many pages are live, see ui/refresh.py


def draw(card: Card) -> None:
    """Draw the card, with its experiment once that was started."""
    shared = starts.shared_experiment(card.key)
    since = shared.since if shared else 0.0
    runs = experiment_runs.runs_of(card, since=since)
    services.show_runs(runs)
    if not runs:
        _draw_guess(card, shared)
        return
    trains = experiment_runs.result_of(runs).trains
    seconds = REFRESH_SECONDS * services.refresh_factor() if trains else None
    st.fragment(_draw_result, run_every=seconds)(card, seconds, since)


# --- Before: what it takes to make a guess, and the guess -----------------------------------------


def _draw_guess(card: Card, shared: SharedExperiment | None) -> None:
    with st.container(key="learn_before"):
        with st.container():
            corpus = shared.corpus if shared else texts.choose(card)
            st.markdown(card.idea(corpus))
        with st.container(border=True, key="learn_guess"):
            answer = guess.control(card.guess, key=f"{session.GUESS}_{card.key}")
            if shared and shared.question:
                _draw_shared_guess(card, shared, shared.question, answer)
            else:
                _draw_start(card, corpus, answer, shared)


def _draw_start(
    card: Card, corpus: Corpus, answer: str | None, shared: SharedExperiment | None
) -> None:
    if st.button(
        "See what happens",
        type="primary",
        icon=":material/play_arrow:",
        disabled=answer is None,
        help="Choose an answer first." if answer is None else None,
    ):
        with shows_errors():
            _start(card, corpus, answer or "", shared)
            st.rerun()
    n = len(card.plans(corpus))
    networks = "one network" if n == 1 else f"{n} networks"
    how = "which takes about twenty seconds if nothing else is training"
    if shared and n > 1:
        how = "one after the other"
    st.caption(f"This trains {networks} on {escape_markdown(corpus.name)}, {how}.")


def _start(card: Card, corpus: Corpus, answer: str, shared: SharedExperiment | None) -> None:
    if experiment_runs.runs_of(card, since=shared.since if shared else 0.0):
        return  # the second click of a double click
    seed = shared.seed if shared else 0
    experiments.start(card, services.workspace(), corpus, answer, seed=seed)
    services.supervisor().reconcile()


@shows_errors()
def _draw_shared_guess(
    card: Card, shared: SharedExperiment, question: Question, answer: str | None
) -> None:
    """Take the guess of somebody in a room, where everybody is started together."""
    before = questions.answer_of(services.store(), shared.member, question)
    if answer is not None and answer != before:
        questions.send(shared.member, question, answer)
    said = answer or before
    with st.container():  # also if it is empty: nothing below it may move
        if said:
            words = escape_markdown(guess.in_words(card.guess, said))
            st.markdown(
                f"Your guess is in: **{words}**. You can change it until everybody is started."
            )
    one = len(card.plans(shared.corpus)) == 1
    train = "network trains here," if one else "networks train here, one after the other,"
    st.caption(
        f"The presenter starts everybody together. Then your {train} and your guess stands beside "
        "what happened."
    )


# --- After: the progress, the picture, the verdict ----------------------------------------------


@shows_errors()
def _draw_result(card: Card, seconds: float | None, since: float = 0.0) -> None:
    """Draw the experiment as it is now. seconds: until this is drawn again; None if it is not.

    since: runs that were created earlier belong to an earlier experiment.
    """
    runs = experiment_runs.runs_of(card, since=since)
    if not runs:
        rerun_page()
        return
    result = experiment_runs.result_of(runs)
    if seconds is not None:
        services.note_refresh(seconds)
    if result.trains != (seconds is not None):
        rerun_page()  # the timer has to start, or to stop
    corpus = result.outcomes[0].subject.corpus
    plans = card.plans(corpus)
    whole = [outcome.label for outcome in result.outcomes] == [plan.label for plan in plans]
    verdict = card.verdict(result) if whole and result.finished else None
    guess.draw_beside(card.guess, [result.guess], verdict.answer if verdict else None)
    with st.container(key="learn_result"):
        with st.container(key="learn_words"):
            _draw_words(card, corpus, result, verdict)
        with st.container(key="learn_picture"):
            if not whole:
                st.markdown("A run of this experiment is missing: start over to see all of it.")
            elif not result.broken:
                card.picture(result)
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


def _draw_progress(result: Result) -> None:
    if result.stopped:
        live_run.draw_problem(result.stopped)
    if result.trains:
        queued = sum(_is_queued(outcome.run) for outcome in result.outcomes)
        n = sum(outcome.run.moving for outcome in result.outcomes)
        st.progress(result.progress, text=progress_in_words(n - queued, queued))


def progress_in_words(training: int, queued: int) -> str:
    """What the networks that have not finished are doing; at least one."""
    if not training:
        return "Queued" if queued == 1 else f"{queued} networks queued"
    if not queued:
        return "Training" if training == 1 else f"Training {training} networks"
    return f"Training {training} network{'s' * (training > 1)} · {queued} queued"


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
    experiment_runs.resume(runs)


@shows_errors()
def _start_over(runs: list[Run]) -> None:
    experiment_runs.delete(runs)
