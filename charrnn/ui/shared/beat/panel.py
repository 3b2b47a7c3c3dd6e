"""The game on a page. It is played in the browser; the guesses are scored here."""

from contextlib import suppress
from functools import partial
from pathlib import Path

import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.guessing_game import Estimate
from charrnn.runs.store.games import Score
from charrnn.runs.store.records import Run
from charrnn.ui import services, session
from charrnn.ui._compat.script_runs import session_id
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared.beat import score as scores
from charrnn.ui.shared.beat.passage import LENGTH, Passage, has_room, passage
from charrnn.ui.shared.beat.score import MAX_TRIES
from charrnn.ui.shared.snapshots import Subject

KEY = "beat"
MAX_KEYS = 200  # characters that can be clicked rather than typed, the most frequent

_HERE = Path(__file__).parent
_game = st.components.v2.component(
    "charrnn_beat",
    html='<div class="beat"></div>',
    css=(_HERE / "beat.css").read_text(encoding="utf-8"),
    js=(_HERE / "beat.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
HOW = (
    "A person has no probabilities, but the number of guesses that each character took bounds them "
    "from both sides (Shannon's guessing game, 1951). Thirty characters are few, so the interval "
    "is wide: in 95 of 100 simulated games it held the true figure. A character that was not found "
    f"in {MAX_TRIES} tries counts as if the guessing had gone on from the most frequent character "
    "down. The network plays the same game, though what its probabilities cost is known exactly:"
)


def offer(run: Run) -> None:
    """Draw an expander with the game against the network of a run, drawn once it is opened."""
    expander = st.expander(
        f"Beat the network: guess {LENGTH} characters",
        icon=":material/sports_score:",
        key=session.BEAT,
        on_change="rerun",
    )
    with expander:
        if expander.open:
            st.fragment(_draw)(run.id)


@shows_errors()
def _draw(run_id: str) -> None:
    run = services.store().runs.get(run_id)
    services.check_view(run)
    title = escape_markdown(run.title)
    st.markdown(
        f"Guess {LENGTH} characters of text that the network of **{title}** was never trained on, "
        "one at a time. "
        "After each you see what the network bet. Your bits per character then stand beside its "
        "curve on the page Train, as long as the run is kept."
    )
    if not services.may_read_text(run):
        st.markdown("The link to this run does not include its text, so there is nothing to guess.")
        return
    subject = Subject.of_run(run)
    if not has_room(subject):
        st.markdown("This run holds too little text out: start one with *held out* at 10%.")
        return
    game = int(st.session_state.setdefault(session.BEAT_GAME, 0))
    key = f"{KEY}_{run.id}_{game}"
    playing = _passage_of(run, game, subject)
    _game(
        key=key,
        data=_data(subject, playing),
        on_guesses_change=partial(_finish, key, run.id, game, subject),
    )
    found = services.store().games.newest(services.workspace().key, run.sha256)
    with st.container(key="beat_score"):  # also if it is empty: nothing below it may move
        if found:
            _draw_score(found)


def _passage_of(run: Run, game: int, subject: Subject) -> Passage:
    """The passage with the bets of the newest network when the game began."""
    return _passage(services.url(), run.id, game, session_id(), subject)


@st.cache_resource(show_spinner=False, max_entries=100)
def _passage(url: str, run_id: str, game: int, visitor: str | None, _subject: Subject) -> Passage:
    return passage(_subject, _subject.newest_snapshot(), game)


def _data(subject: Subject, playing: Passage) -> dict[str, object]:
    """All that beat.js needs to play the whole game."""
    vocabulary = subject.vocabulary
    keys = subject.by_frequency[:MAX_KEYS].tolist()
    bets = [playing.top(n) for n in range(LENGTH)]
    named = {*keys, *playing.answers.tolist(), *(i for bet in bets for i, _ in bet)}
    return {
        "before": vocabulary.decode(playing.before),
        "answers": playing.answers.tolist(),
        "characters": list(vocabulary.characters),
        "symbols": {str(i): character_info.symbol(vocabulary.characters[i]) for i in named},
        "names": {str(i): character_info.name(vocabulary.characters[i]) for i in named},
        "keys": keys,
        "bets": [
            {
                "top": bet,
                "answer": float(playing.probabilities[n, playing.answers[n]]),
            }
            for n, bet in enumerate(bets)
        ],
        "tries": MAX_TRIES,
    }


@shows_errors()
def _finish(key: str, run_id: str, game: int, subject: Subject) -> None:
    guesses = st.session_state[key].get("guesses")
    if guesses is None:
        return
    run = services.store().runs.get(run_id)
    with suppress(ValueError):  # a browser may send anything
        found = scores.score(guesses, _passage_of(run, game, subject), subject.counts)
        services.store().games.add(run.id, services.workspace().key, found)


def _next() -> None:
    st.session_state[session.BEAT_GAME] = st.session_state.get(session.BEAT_GAME, 0) + 1


def _draw_score(found: Score) -> None:
    ahead = found.person.bits < found.network.bits
    verdict = "you are ahead" if ahead else "the network is ahead"
    apart = found.person.high < found.network.low or found.network.high < found.person.low
    sure = "" if apart else ", but thirty characters are too few to be sure"
    st.markdown(f"### Your last game: {verdict}{sure}")
    st.markdown(
        f"| | first guess right | bits per character | interval |\n| --- | --- | --- | --- |\n"
        f"| **You** | {found.at_once} of {LENGTH} | {_figures(found.person)} |\n"
        f"| **The network** | {found.network_at_once} of {LENGTH} | {_figures(found.network)} |"
    )
    st.button("Another thirty", icon=":material/replay:", on_click=_next)
    with st.expander("How is this computed?", icon=":material/help:", type="compact"):
        st.markdown(f"{HOW} {found.network_bits:.2f} bits per character.")


def _figures(estimate: Estimate) -> str:
    return f"**{estimate.bits:.2f}** | {estimate.low:.2f}–{estimate.high:.2f}"
