"""Characters and numbers in little boxes, as HTML. All text from people passes through _shown."""

import html

import numpy as np

from charrnn.engine import alphabet
from charrnn.engine.corpus import Vocabulary

MAX_LETTERED_CELLS = 300  # beyond, the cells of a one-hot vector are too small for letters
MAX_DENSE_CELLS = 1500  # beyond, they are smaller still
MAX_COLUMNS = 100  # of a matrix; of a wider one only the lit columns and those beside them


def shown(character: str) -> str:
    """A character, or what stands for it, isolated so that no neighbour changes how it looks."""
    return f"<bdi>{html.escape(alphabet.symbol(character))}</bdi>"


def called(character: str) -> str:
    """For a tooltip: symbol and name."""
    return html.escape(f"{alphabet.symbol(character)} {alphabet.name(character)}")


def vector(vocabulary: Vocabulary, lit: int) -> str:
    """One cell for each character, the one at index `lit` lit."""
    lettered = len(vocabulary) <= MAX_LETTERED_CELLS
    cells = []
    for i, c in enumerate(vocabulary.characters):
        inside = shown(c) if lettered else ""
        tag = "b" if i == lit else "i"
        cells.append(f'<{tag} title="{i}: {called(c)}">{inside}</{tag}>')
    size = "lettered" if lettered else "dense"
    if len(vocabulary) > MAX_DENSE_CELLS:
        size += " tiny"
    words = f"{len(vocabulary)} cells; the one at place {lit} is lit"
    return f'<div class="one-hot {size}" role="img" aria-label="{words}">{"".join(cells)}</div>'


def matrix(vocabulary: Vocabulary, ids: np.ndarray) -> str:
    """One row for each character of a word, one column for each of the vocabulary: T × V."""
    columns = _columns(len(vocabulary), set(ids.tolist()))
    characters = vocabulary.characters
    head = "".join(
        f'<th scope="col" title="{c}: {called(characters[c])}">{shown(characters[c])}</th>'
        if c is not None
        else "<th>⋯</th>"
        for c in columns
    )
    rows = []
    for t, lit in enumerate(ids.tolist()):
        cells = "".join(_cell(t, c, lit, characters) for c in columns)
        label = f'<th scope="row" title="{lit}: {called(characters[lit])}">'
        rows.append(f"<tr>{label}{shown(characters[lit])}</th>{cells}</tr>")
    caption = f"{len(ids)} rows and {len(vocabulary)} columns; each row has a single 1"
    return (
        f'<div class="matrix" tabindex="0"><table aria-label="{caption}"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _columns(n: int, lit: set[int]) -> list[int | None]:
    """The columns to draw; None stands for a stretch without a single 1."""
    if n <= MAX_COLUMNS:
        return list(range(n))
    near = sorted({c for i in lit for c in (i - 1, i, i + 1) if 0 <= c < n})
    columns: list[int | None] = [None] if near[0] > 0 else []
    for before, c in zip([None, *near], near, strict=False):
        if before is not None and c > before + 1:
            columns.append(None)
        columns.append(c)
    return [*columns, None] if near[-1] < n - 1 else columns


def _cell(t: int, column: int | None, lit: int, characters: str) -> str:
    if column is None:
        return '<td class="gap" title="zeros only"></td>'
    if column == lit:
        return (
            f'<td class="lit" title="row {t}, place {column}: {called(characters[column])}">1</td>'
        )
    return f'<td title="row {t}, place {column}: {called(characters[column])}"></td>'


def window(vocabulary: Vocabulary, inputs: np.ndarray, targets: np.ndarray) -> str:
    """Inputs over targets, one pair for each step, as characters and ids."""
    pairs = []
    for t, (x, y) in enumerate(zip(inputs.tolist(), targets.tolist(), strict=True)):
        cx, cy = vocabulary.characters[x], vocabulary.characters[y]
        title = f"step {t}: reads {called(cx)} ({x}), has to predict {called(cy)} ({y})"
        pairs.append(
            f'<div title="{title}"><b>{shown(cx)}</b><small>{x}</small>'
            f"<b>{shown(cy)}</b><small>{y}</small></div>"
        )
    return (
        f'<div class="window" role="img" aria-label="{len(pairs)} inputs over their targets">'
        f'<div class="legend"><span>reads</span><span>predicts</span></div>{"".join(pairs)}</div>'
    )
