"""The challenges on a page: what they ask for, who has met them, and with which settings."""

import streamlit as st

from charrnn.engine.analysis.brackets import closed_share
from charrnn.engine.corpus import training_length
from charrnn.runs.challenges import CHALLENGES, Attempt, Challenge, attempt
from charrnn.runs.recipes import TITLES
from charrnn.runs.store.records import Run
from charrnn.runs.texts import library
from charrnn.ui import navigation, selection, services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import settings, settings_input, wording
from charrnn.ui.shared.chosen_text import choose_corpus, shipped_sha256
from charrnn.ui.shared.snapshots import Snapshot, Subject

SHOWN = 3  # attempts at each
# What a result names, beside the recipe.
NAMED = ("hidden_size", "seq_length", "learning_rate", "streams", "seed")
PREDICTED = 8_000  # held-out characters that are read to count closed brackets


def offer() -> None:
    """Draw an expander with all challenges, which are only drawn once it is opened."""
    expander = st.expander(
        "Challenges: reach a goal within a budget of characters",
        icon=":material/flag:",
        key=session.CHALLENGES,
        on_change="rerun",
    )
    with expander:
        if expander.open:
            st.markdown(
                "The budget is in characters read, so a fast machine wins nothing. Every run of "
                "yours on the text takes part."
            )
            draw()


def draw() -> None:
    """Draw all challenges, each with the visitor's best attempts."""
    runs = services.workspace().runs()
    for challenge in CHALLENGES:
        if challenge.text in {offer.key for offer in library.available()}:
            with st.container(border=True, key=f"challenge_{challenge.key}"):
                _draw(challenge, runs)


@shows_errors()
def _draw(challenge: Challenge, runs: list[Run]) -> None:
    sha256 = shipped_sha256(challenge.text)
    attempts = ranked([_attempt(challenge, run) for run in runs if run.sha256 == sha256])
    met = [each for each in attempts if each.met_at is not None]
    st.markdown(f"### {':material/check_circle: ' if met else ''}{challenge.title}")
    for each in attempts[:SHOWN]:
        st.markdown(_in_words(challenge, each))
    if not met:
        st.caption(challenge.hint)
    if st.button("Try it", key=f"try_{challenge.key}", icon=":material/flag:"):
        _take_on(challenge)


def progress_in_words(run: Run) -> str:
    """How far a run has come with the challenge that the visitor has taken on; "" without one."""
    key = st.session_state.get(session.TAKEN_CHALLENGE)
    challenge = next((each for each in CHALLENGES if each.key == key), None)
    if challenge is None or run.sha256 != shipped_sha256(challenge.text):
        return ""
    found = _attempt(challenge, run)
    if found.met_at is not None:
        figure = _figure(challenge, found.best)
        return f"Challenge met after {found.met_at:,} characters: {figure}."
    read = f"{min(found.read, challenge.characters):,} of {challenge.characters:,} characters read"
    return f"Challenge: {challenge.title}. {read}, {_figure(challenge, found.best)}."


def ranked(attempts: list[Attempt]) -> list[Attempt]:
    """The attempts with a figure: first those that met it, after the fewest characters."""
    begun = [each for each in attempts if each.best is not None]
    return sorted(begun, key=lambda each: (each.met_at is None, each.met_at or 0, -each.read))


def _attempt(challenge: Challenge, run: Run) -> Attempt:
    if challenge.bits is not None:
        return attempt(challenge, run, services.store().history.evaluations(run.id))
    return attempt(challenge, run, _closed(challenge, run))


def _closed(challenge: Challenge, run: Run) -> list[tuple[int, float]]:
    """(iteration, share of closed lines) at the snapshots within the budget."""
    store, last = services.store(), challenge.characters // run.config.characters_per_iteration
    kept = [n for n in store.snapshots.iterations(run.id) if n <= last]
    newest = store.snapshots.checkpoint_iteration(run.id)
    if newest is not None and newest <= last and not run.moving:
        kept.append(newest)
    shares = [(n, _share(services.url(), run.id, n, run)) for n in sorted(set(kept))]
    return [(n, share) for n, share in shares if share is not None]


@st.cache_data(show_spinner=False, max_entries=500)
def _share(url: str, run_id: str, iteration: int, _run: Run) -> float | None:
    """The share of held-out lines that are closed; None if nothing is held out."""
    subject = Subject.of_run(_run)
    snapshot = _snapshot(subject, iteration)
    ids = subject.ids
    start = training_length(len(ids), _run.config.held_out)
    if snapshot.iteration != iteration or start == len(ids):
        return None  # a run that trains meanwhile has left that iteration
    text = subject.vocabulary.decode(ids[start : start + PREDICTED])
    return closed_share(snapshot.weights, subject.vocabulary, text, snapshot.hidden)


def _snapshot(subject: Subject, iteration: int) -> Snapshot:
    try:
        return subject.snapshot(iteration)
    except KeyError:  # the newest one is a checkpoint only
        return subject.newest_snapshot()


def _in_words(challenge: Challenge, found: Attempt) -> str:
    run = found.run
    title = escape_markdown(run.title)
    config = wording.values_in_words(run.config, list(NAMED))
    how = f"{TITLES[run.config.recipe]} · {config}"
    figure = _figure(challenge, found.best)
    if found.met_at is not None:
        return f"**{title}** met it after {found.met_at:,} characters ({figure}): {how}"
    if found.is_over(challenge):
        return f"**{title}** did not: {figure} within the budget. {how}"
    left = challenge.characters - found.read
    return f"**{title}** has {left:,} characters left: {figure} so far. {how}"


def _figure(challenge: Challenge, value: float | None) -> str:
    if value is None:
        return "nothing measured"
    if challenge.bits is not None:
        return f"at best {value:.2f} bits on held-out text"
    return f"at best {value:.0%} closed"


def _take_on(challenge: Challenge) -> None:
    """Go to Train with the text, and with iterations for the budget; the rest is the visitor's."""
    st.session_state[session.TAKEN_CHALLENGE] = challenge.key
    selection.select_run(None)
    choose_corpus(shipped_sha256(challenge.text))
    settings.set_defaults()
    iterations = challenge.characters // settings.current().characters_per_iteration
    settings_input.put({"iterations": iterations})
    navigation.go("Train")
