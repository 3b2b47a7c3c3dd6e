"""Texts in the cards: samples side by side, marks in a sample, characters colored by cost."""

import html

import numpy as np
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.ui.learn.result import Result
from charrnn.ui.shared import samples

SAMPLE_HEIGHT = 150  # pixels
MOST_BITS = 10.0  # the cost that has the full color


def newest_samples(result: Result) -> None:
    """The newest sample of each run, side by side."""
    with st.container(key="learn_samples"):
        for outcome in result.outcomes:
            newest = outcome.history.newest_sample
            with st.container():
                st.markdown(f"**{outcome.label}**")
                if newest is None:
                    samples.draw_empty(height=SAMPLE_HEIGHT)
                else:
                    # The line below it changes its height: not while the next sample is written.
                    source = samples.readable(outcome.run) if result.finished else None
                    samples.draw(newest[1], source, height=SAMPLE_HEIGHT)


def written(before: str, after: str) -> str:
    """A text with a mark where its second part begins, as HTML."""
    mark = '<span class="learn-mark" title="here"></span>'
    first, second = (html.escape(part).replace("\n", "&#10;") for part in (before, after))
    return f'<pre class="written" tabindex="0"><code>{first}{mark}{second}</code></pre>'


def marked_lines(text: str, known: set[str], *, height: int) -> str:
    """A sample in which the lines that are among `known` are marked, as HTML. height: in pixels."""
    lines = [
        f"<mark>{html.escape(line)}</mark>" if line and line in known else html.escape(line)
        for line in text.split("\n")
    ]
    return (
        f'<pre class="written" tabindex="0" style="height: {height}px">'
        f"<code>{'&#10;'.join(lines)}</code></pre>"
    )


def by_cost(text: str, bits: np.ndarray) -> str:
    """A text with a stronger color behind a character the more bits it cost, (T,), as HTML."""
    spans = "".join(
        f'<span title="{html.escape(character_info.name(c))}: {cost:.1f} bits" '
        f'style="background: color-mix(in srgb, var(--accent) {_percent(cost)}%, transparent)">'
        f"{html.escape(character_info.symbol(c))}</span>"
        for c, cost in zip(text, bits.tolist(), strict=True)
    )
    return f'<p class="passage learn-cost">{spans}</p>'


def _percent(bits: float) -> int:
    return round(60 * min(1.0, bits / MOST_BITS))
