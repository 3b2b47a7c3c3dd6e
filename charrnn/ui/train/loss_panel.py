"""The loss chart on the page: its unit and axis, the chart, a caption, an explanation."""

from functools import partial

import streamlit as st

from charrnn.ui import session
from charrnn.ui.shared.charts import options
from charrnn.ui.train.loss_chart import loss_spec
from charrnn.ui.train.loss_rows import loss_rows
from charrnn.ui.train.loss_summary import loss_in_words
from charrnn.ui.train.run_view import RunView

EXPLANATION = """
Some windows of text are easier to predict than others: common
words in one, an unusual name in the next. The *faint* line is the loss of each single window. The
**bold** line is the *smooth loss*, their running average (each new window counts for one
part in a thousand), and that is the one to watch. It lags behind: after a thousand windows it
still includes the first guesses. The figure above the chart is therefore the mean of the last 200
windows alone. The dashed blue line, *held-out*, is the loss on text that the network never trains
on. It starts out below the bold line, because the average still contains the first thousand
windows.

**What is a bit?** The network gives each possible next character a probability. A loss of 1 bit
per character is as uncertain as a choice between 2 equally probable characters, 2 bits between 4,
3 bits between 8: that number of effective choices is the perplexity. The dotted lines are
baselines, which simple counting reaches, counted on the training text and scored on the held-out
text as the network is: *guessing* (all characters are equally
probable), *unigrams* (how often each character occurs), *bigrams* (knowing the previous character)
and *trigrams* (knowing the last two characters).

Click a dot to see the sample that was written there. Hold Ctrl and scroll to
zoom, drag to pan, double-click to see everything again.
"""


def choose_axes() -> tuple[str, str]:
    """Draw the options above the chart; returns the unit and the horizontal axis."""
    with st.container(horizontal=True, vertical_alignment="center"):
        return options.choose_unit(), options.choose_axis()


def draw_loss(view: RunView, unit: str, axis: str) -> None:
    """Draw the chart, and its summary as a caption."""
    key = f"loss_{unit}_{axis}"
    st.vega_lite_chart(
        loss_rows(view, unit, axis),
        loss_spec(unit, axis),
        key=key,
        on_select=partial(_note_clicked_sample, key),
        selection_mode=["zoom", "pick"],
        # The same at every refresh: another text would rebuild the chart.
        alt="Loss over time; the sentence below the chart summarizes it",
    )
    st.caption(loss_in_words(view))


def explain_loss() -> None:
    """Draw an expander below the chart, which it must not cover."""
    with st.expander("Why does it go up and down?", icon=":material/help:", type="compact"):
        st.markdown(EXPLANATION)


def _note_clicked_sample(key: str) -> None:
    """Let the sample panel show the clicked sample.

    There has to be a callback in any case: without one a chart loses its zoom at every refresh.
    """
    clicked = st.session_state[key].selection.get("pick")
    if clicked:
        st.session_state[session.CLICKED_SAMPLE] = int(clicked[0]["iteration"])
