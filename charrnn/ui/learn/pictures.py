"""Samples side by side, and what a network writes after a mark, for several cards."""

import html

import streamlit as st

from charrnn.ui import services
from charrnn.ui.learn.result import Result
from charrnn.ui.shared import samples

SAMPLE_HEIGHT = 150  # pixels


def newest_samples(result: Result, names: dict[str, str]) -> None:
    """The newest sample of each run, side by side. names: label of a run -> what it is called."""
    with st.container(key="learn_samples"):
        for outcome in result.outcomes:
            newest = outcome.history.newest_sample
            with st.container():
                st.markdown(f"**{names.get(outcome.label, outcome.label)}**")
                if newest is None:
                    samples.draw_empty(height=SAMPLE_HEIGHT)
                else:
                    source = services.text_of(outcome.run)
                    samples.draw(newest[1], source, height=SAMPLE_HEIGHT)


def written(before: str, after: str) -> str:
    """A text with a mark where its second part begins, as HTML."""
    mark = '<span class="learn-mark" title="here"></span>'
    first, second = (html.escape(part).replace("\n", "&#10;") for part in (before, after))
    return f'<pre class="written" tabindex="0"><code>{first}{mark}{second}</code></pre>'
