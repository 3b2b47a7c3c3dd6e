"""Panel 3: one-hot times Wxh is a column of Wxh, on this run's own numbers."""

import html

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine import alphabet
from charrnn.ui.alphabet import behind
from charrnn.ui.alphabet.one_hot import seen_index
from charrnn.ui.alphabet.reading import Moment, Subject

SHOWN_UNITS = 6


def draw(subject: Subject, moment: Moment) -> None:
    st.markdown("### 3 · Why one-hot")
    st.markdown(
        "Wxh is a table of the network's weights, with a column for each character. In its product "
        "with a one-hot vector every column is taken 0 times, except one, which is taken once: so "
        "the network need not multiply, it looks that column up. Each character owns its column, "
        "and learning can shape it without touching any other."
    )
    i = seen_index(subject)
    product, column = both_ways(moment.weights.Wxh, i)
    with st.container(key="product_and_lookup"):
        st.html(_side_by_side(subject, moment, i, product, column))
    equal = int((product == column).sum())
    when = f"iteration {moment.iteration:,}" if subject.run else "before the first update"
    st.text(f"{equal:,} of {len(column):,} numbers are equal, to the last bit · {when}")
    behind.table(
        "All the numbers",
        "product_and_lookup",
        lambda: pd.DataFrame(
            {"hidden unit": range(len(column)), "product": product, "look-up": column}
        ),
    )


def both_ways(Wxh: np.ndarray, i: int) -> tuple[np.ndarray, np.ndarray]:
    """(Wxh times the one-hot of i, column i of Wxh): (H,) each. Wxh: (H, V)."""
    x = np.zeros(Wxh.shape[1], Wxh.dtype)
    x[i] = 1
    return Wxh @ x, Wxh[:, i]


def _side_by_side(
    subject: Subject, moment: Moment, i: int, product: np.ndarray, column: np.ndarray
) -> str:
    symbol = html.escape(alphabet.symbol(subject.vocabulary.characters[i]))
    Wxh, V = moment.weights.Wxh, len(subject.vocabulary)
    others = [j for j in (0, V - 1) if j != i]
    rows = []
    for unit in range(min(SHOWN_UNITS, len(column))):
        terms = {j: f'<span class="zero">0 × {_number(Wxh[unit, j])}</span>' for j in others}
        terms[i] = f"<em>1 × {_number(Wxh[unit, i])}</em>"
        total = "<span> + ⋯ + </span>".join(terms[j] for j in sorted(terms))
        rows.append(
            f"<tr><td>{total}</td><td>=</td><td><b>{_number(product[unit])}</b></td><td>=</td>"
            f"<td><b>{_number(column[unit])}</b></td><td><span>Wxh[{unit}, {i}]</span></td></tr>"
        )
    if len(column) > SHOWN_UNITS:
        rows.append(
            "<tr><td><span>⋮</span></td><td></td><td>⋮</td><td></td><td>⋮</td><td></td></tr>"
        )
    return (
        '<div class="why" tabindex="0"><table><thead><tr>'
        f'<th colspan="3">Wxh × one-hot of <bdi>{symbol}</bdi>: {V:,} products each</th><td></td>'
        f'<th colspan="2">column {i} of Wxh: a look-up</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _number(value: float) -> str:
    """Four digits, and a real minus sign that keeps numbers under one another."""
    return f"{value:+.4f}".replace("-", "−")
