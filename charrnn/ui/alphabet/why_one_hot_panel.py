"""Panel 3: Wxh times a one-hot vector is one column of Wxh, shown with the run's own weights."""

import html

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.ui.alphabet import contents
from charrnn.ui.alphabet.one_hot_panel import inspected_index
from charrnn.ui.shared.charts import tables
from charrnn.ui.shared.snapshots import Snapshot, Subject

SHOWN_UNITS = 6


def draw(subject: Subject, snapshot: Snapshot) -> None:
    """Draw the panel: the product and the lookup side by side, for the inspected character."""
    st.markdown(f"## {contents.WHY_ONE_HOT}")
    st.markdown(
        "Wxh is a matrix of weights with one column per character. Multiplying it by a one-hot "
        "vector takes every column 0 times, except one that is taken once. So the network need "
        "not multiply at all: it looks that column up. The column is the character's *embedding*. "
        "Each character has its own, and learning can change it without touching any other."
    )
    i = inspected_index(subject)
    product, embedding = product_and_lookup(snapshot.weights.Wxh, i)
    with st.container(key="product_and_lookup"):
        st.html(_side_by_side(subject, snapshot, i, product, embedding))
    equal = int((product == embedding).sum())
    when = f"iteration {snapshot.iteration:,}" if subject.run else "before the first update"
    st.text(f"{equal:,} of {len(embedding):,} numbers are equal, to the last bit · {when}")
    tables.table(
        "All the numbers",
        "product_and_lookup",
        lambda: pd.DataFrame(
            {"hidden unit": range(len(embedding)), "product": product, "lookup": embedding}
        ),
    )


def product_and_lookup(Wxh: np.ndarray, i: int) -> tuple[np.ndarray, np.ndarray]:
    """(Wxh times the one-hot vector of i, column i of Wxh): (H,) each. Wxh: (H, V)."""
    x = np.zeros(Wxh.shape[1], Wxh.dtype)
    x[i] = 1
    return Wxh @ x, Wxh[:, i]


def _side_by_side(
    subject: Subject, snapshot: Snapshot, i: int, product: np.ndarray, embedding: np.ndarray
) -> str:
    """An HTML table with one row for each of the first SHOWN_UNITS hidden units."""
    symbol = html.escape(character_info.symbol(subject.vocabulary.characters[i]))
    Wxh, V = snapshot.weights.Wxh, len(subject.vocabulary)
    others = [j for j in (0, V - 1) if j != i]
    rows = []
    for unit in range(min(SHOWN_UNITS, len(embedding))):
        terms = {j: f'<span class="zero">0 × {_signed(Wxh[unit, j])}</span>' for j in others}
        terms[i] = f"<em>1 × {_signed(Wxh[unit, i])}</em>"
        total = "<span> + ⋯ + </span>".join(terms[j] for j in sorted(terms))
        rows.append(
            f"<tr><td>{total}</td><td>=</td><td><b>{_signed(product[unit])}</b></td><td>=</td>"
            f"<td><b>{_signed(embedding[unit])}</b></td><td><span>Wxh[{unit}, {i}]</span></td></tr>"
        )
    if len(embedding) > SHOWN_UNITS:
        rows.append(
            "<tr><td><span>⋮</span></td><td></td><td>⋮</td><td></td><td>⋮</td><td></td></tr>"
        )
    return (
        '<div class="why" tabindex="0"><table><thead><tr>'
        f'<th colspan="3">Wxh × one-hot of <bdi>{symbol}</bdi>: {V:,} products each</th><td></td>'
        f'<th colspan="2">its embedding, column {i} of Wxh: a lookup</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _signed(value: float) -> str:
    """Four decimals, with a real minus sign, which is as wide as a plus sign."""
    return f"{value:+.4f}".replace("-", "−")
