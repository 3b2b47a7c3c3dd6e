"""The view "Surprisal": which characters the network expects, and what it has learned since."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.engine.analysis.reading import read_passage
from charrnn.engine.corpus import training_length
from charrnn.ui import session
from charrnn.ui.inside import passage, pictures
from charrnn.ui.inside.live import View
from charrnn.ui.inside.passage import Passage
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Snapshot

LENGTH = 400  # characters
MOST_BITS = 8.0  # the surprisal that has the full color
MOST_DIFFERENCE = 4.0


def draw(view: View) -> None:
    """Draw the passage twice: colored by its surprisal, and by what was learned."""
    if passage.reads_text(view):
        read = passage.choose_from_text(view, LENGTH, held_out=True)
    else:
        read = passage.choose(view, LENGTH)
    if len(read.ids) < 2:
        st.markdown("Type at least two characters: the first is only read, not predicted.")
        return
    now = _bits(view.snapshot, read)
    with view.controls:
        earlier = _choose_earlier(view)
    with st.container(horizontal=True, key="halves_surprisal"):
        with st.container():
            st.markdown(f"## Surprisal at iteration {view.snapshot.iteration:,}")
            pictures.colored_text(
                view.subject.vocabulary,
                read.ids,
                now,
                most=MOST_BITS,
                unit="bits",
                label="The passage, colored by the surprisal of each character",
                key="surprisal_now",
                signed=False,
                hint="The stronger the color, the less expected. Point at a character.",
            )
            st.caption(f"{np.nanmean(now):.2f} bits per character. {_which_text(view, read)}")
        with st.container():
            if earlier is None:
                st.markdown("## What training taught")
                st.text("There is no earlier snapshot to compare with.")
                return
            snapshot = view.subject.snapshot(earlier)
            before = _bits(snapshot, passage.again(view.subject, snapshot, read))
            _draw_difference(view, read, now - before, earlier)
    tables.table(
        "The surprisal as a table",
        "surprisal",
        lambda: pd.DataFrame(
            {
                "character": [
                    character_info.symbol(view.subject.vocabulary.characters[i]) for i in read.ids
                ],
                f"bits at iteration {earlier:,}": before,
                f"bits at iteration {view.snapshot.iteration:,}": now,
                "difference": now - before,
            }
        ),
    )


def _bits(snapshot: Snapshot, read: Passage) -> np.ndarray:
    """The surprisal of each character in bits, (T,); nan for the first."""
    return np.append(np.nan, read_passage(snapshot.weights, read.ids, read.hidden).bits)


def _which_text(view: View, read: Passage) -> str:
    if read.start is None:
        return f"This is {read.where}."
    n = len(view.subject.ids)
    if training_length(n, view.subject.config.held_out) < n:
        return "This is held-out text: the network has never been trained on it."
    return "This run holds nothing out, so the network has been trained on this text."


def _choose_earlier(view: View) -> int | None:
    """The earlier snapshot to compare with; None if there is none."""
    options = [n for n in view.kept if n < view.snapshot.iteration]
    if not options:
        return None
    key = f"{session.SURPRISAL_BEFORE}_{view.run.id}"
    if st.session_state.get(key) not in options:
        # The one before the last stretch of training: at about half of the iterations.
        half = view.snapshot.iteration / 2
        st.session_state[key] = min(options, key=lambda n: abs(n - half))
    earlier: int = st.select_slider(
        "Compared with iteration",
        options,
        format_func=lambda n: f"{n:,}",
        key=key,
        persist_state="session",
        disabled=len(options) == 1,
    )
    return earlier


def _draw_difference(view: View, read: Passage, difference: np.ndarray, earlier: int) -> None:
    st.markdown(f"## What it learned since iteration {earlier:,}")
    pictures.colored_text(
        view.subject.vocabulary,
        read.ids,
        difference,
        most=MOST_DIFFERENCE,
        unit="bits",
        label="The passage, colored by how much less surprising each character has become",
        key="surprisal_difference",
        hint="Blue: expected better than before. Orange: worse. Point at a character.",
    )
    mean = np.nanmean(difference)
    better, worse = int((difference < -0.1).sum()), int((difference > 0.1).sum())
    st.caption(
        f"{abs(mean):.2f} bits per character {'less' if mean < 0 else 'more'} than at iteration "
        f"{earlier:,}: "
        f"{better:,} characters are expected better by more than 0.1 bits, {worse:,} worse."
    )
