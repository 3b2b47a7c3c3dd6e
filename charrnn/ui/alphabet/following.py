"""Panels 3 and 4 follow a run while it trains: three fragments, each with a timer of its own.

Words are cheap to draw, so they come often, and notice what the timers depend on. Charts are not:
drawing takes time that training could use. In a crowd all come more rarely, see crowd.py.
"""

import math
from typing import NamedTuple

import streamlit as st

from charrnn.runs.records import Run
from charrnn.ui import services
from charrnn.ui.alphabet import learned, why
from charrnn.ui.alphabet.reading import Subject
from charrnn.ui.dialogs import rerun_page
from charrnn.ui.plain import plain
from charrnn.ui.trouble import told

WORDS_SECONDS = 2.0


class Pace(NamedTuple):
    """Seconds between two drawings of a run that has trained for less than `until` seconds.

    Most happens in the beginning; later the columns change ever more slowly.
    """

    until: float
    seconds: float


PACES = (Pace(20.0, 3.0), Pace(60.0, 6.0), Pace(math.inf, 10.0))


def draw_run(subject: Subject) -> None:
    """Panels 3 and 4 of a run; they keep themselves up to date while it trains."""
    run = subject.run
    pace = _pace(run)
    st.fragment(_draw_why, run_every=pace)(subject)
    learned.draw_heading()
    # It ticks at rest as well: somebody may set the run going on another page.
    st.fragment(_draw_words, run_every=_words_pace())(run.id, _phase(run))
    # A moment of the past does not change.
    st.fragment(_draw_charts, run_every=None if learned.looks_back(run) else pace)(subject)


def _pace(run: Run) -> float | None:
    if not run.moving:
        return None
    seconds = next(pace.seconds for pace in PACES if run.seconds < pace.until)
    return seconds * services.crowd_factor()


def _words_pace() -> float:
    return WORDS_SECONDS * services.crowd_factor()


def _phase(run: Run) -> tuple:
    """What the timers depend on: a fragment cannot change those."""
    looks_back = learned.looks_back(run)
    return run.moving, run.status, run.deleted_at, _words_pace(), _pace(run), looks_back


@told()
def _draw_words(run_id: str, phase: tuple) -> None:
    run = services.store().run(run_id)
    services.store().look([run_id])
    services.look_again_in(_words_pace())
    if _phase(run) != phase:
        rerun_page()
    if run.status == "failed":
        st.error(plain(run.message), icon=":material/error:")
    elif run.message and not run.active:
        st.warning(plain(run.message), icon=":material/pause_circle:")
    if pace := _pace(run):
        follows = f"Pictures and numbers here follow every {pace:.0f} seconds."
        if learned.looks_back(run):
            follows = "The pictures stand still until the slider is at its right end again."
        st.text(f"Training has come to iteration {run.iteration:,}. {follows}")


@told()
def _draw_why(subject: Subject) -> None:
    why.draw(subject, subject.newest_moment())


@told()
def _draw_charts(subject: Subject) -> None:
    learned.draw(subject, services.store().run(subject.run.id))
