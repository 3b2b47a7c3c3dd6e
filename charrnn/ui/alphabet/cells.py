"""One-hot vectors, matrices and windows as HTML cells. Every character of a text is escaped."""

import html

import numpy as np

from charrnn.engine.analysis import character_info
from charrnn.engine.vocabulary import Vocabulary
from charrnn.ui.direction import isolated

MAX_LETTERED_CELLS = 300  # in longer one-hot vectors the cells are too small for a symbol
MAX_DENSE_CELLS = 1500  # in still longer ones they are smaller again
MAX_COLUMNS = 100  # wider matrices show only the columns with a 1 and those beside them


def vector(vocabulary: Vocabulary, hot: int) -> str:
    """One cell for each character, with the one at index `hot` highlighted."""
    lettered = len(vocabulary) <= MAX_LETTERED_CELLS
    cells = []
    for i, c in enumerate(vocabulary.characters):
        content = _symbol(c) if lettered else ""
        tag = "b" if i == hot else "i"
        cells.append(f'<{tag} title="{i}: {_symbol_and_name(c)}">{content}</{tag}>')
    size = "lettered" if lettered else "dense"
    if len(vocabulary) > MAX_DENSE_CELLS:
        size += " tiny"
    label = f"{len(vocabulary)} cells; the one at index {hot} is highlighted"
    return f'<div class="one-hot {size}" role="img" aria-label="{label}">{"".join(cells)}</div>'


def matrix(vocabulary: Vocabulary, ids: np.ndarray) -> str:
    """One row for each character of a word, one column for each of the vocabulary: (T, V)."""
    columns = _visible_columns(len(vocabulary), set(ids.tolist()))
    characters = vocabulary.characters
    head = "".join(
        "<th>⋯</th>"
        if column is None
        else f'<th scope="col" title="{column}: {_symbol_and_name(characters[column])}">'
        f"{_symbol(characters[column])}</th>"
        for column in columns
    )
    rows = []
    for t, hot in enumerate(ids.tolist()):
        cells = "".join(_cell(t, column, hot, characters) for column in columns)
        label = f'<th scope="row" title="{hot}: {_symbol_and_name(characters[hot])}">'
        rows.append(f"<tr>{label}{_symbol(characters[hot])}</th>{cells}</tr>")
    caption = f"{len(ids)} rows and {len(vocabulary)} columns; each row has a single 1"
    return (
        f'<div class="matrix" tabindex="0"><table aria-label="{caption}"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def window(vocabulary: Vocabulary, inputs: np.ndarray, targets: np.ndarray) -> str:
    """Inputs over targets, one pair for each step, as characters and ids. inputs, targets: (T,)."""
    pairs = []
    for t, (x, y) in enumerate(zip(inputs.tolist(), targets.tolist(), strict=True)):
        cx, cy = vocabulary.characters[x], vocabulary.characters[y]
        title = (
            f"step {t}: reads {_symbol_and_name(cx)} ({x}), "
            f"has to predict {_symbol_and_name(cy)} ({y})"
        )
        pairs.append(
            f'<div title="{title}"><b>{_symbol(cx)}</b><small>{x}</small>'
            f"<b>{_symbol(cy)}</b><small>{y}</small></div>"
        )
    return (
        f'<div class="window" role="img" aria-label="{len(pairs)} inputs over their targets">'
        f'<div class="legend"><span>reads</span><span>predicts</span></div>{"".join(pairs)}</div>'
    )


def _visible_columns(n: int, hot: set[int]) -> list[int | None]:
    """The columns to draw, of n; None stands for a gap, a stretch of zeros."""
    if n <= MAX_COLUMNS:
        return list(range(n))
    visible = sorted({c for i in hot for c in (i - 1, i, i + 1) if 0 <= c < n})
    columns: list[int | None] = [None] if visible[0] > 0 else []
    for before, column in zip([None, *visible], visible, strict=False):
        if before is not None and column > before + 1:
            columns.append(None)
        columns.append(column)
    return [*columns, None] if visible[-1] < n - 1 else columns


def _cell(t: int, column: int | None, hot: int, characters: str) -> str:
    if column is None:
        return '<td class="gap" title="only zeros"></td>'
    title = f"row {t}, column {column}: {_symbol_and_name(characters[column])}"
    if column == hot:
        return f'<td class="hot" title="{title}">1</td>'
    return f'<td title="{title}"></td>'


def _symbol(character: str) -> str:
    """A visible symbol of a character, isolated from the direction of the text around it."""
    return f"<bdi>{html.escape(character_info.symbol(character))}</bdi>"


def _symbol_and_name(character: str) -> str:
    return html.escape(
        f"{isolated(character_info.symbol(character))} {character_info.name(character)}"
    )
