"""A text as training reads it: parallel streams, windows, and the part that is held out."""

import numpy as np

from charrnn.engine.arrays import IntArray

MIN_HELD_OUT = 50  # characters


def fit_windows(n_characters: int, seq_length: int, streams: int) -> tuple[int, int]:
    """The largest (seq_length, streams), up to those requested, that fit a text of this length.

    A window of T characters needs T + 1, because its last target is the character after it. A short
    text has fewer streams rather than shorter windows: what a window spans can be learned.
    Raises ValueError below two characters, where there is nothing to predict.
    """
    if n_characters < 2:
        raise ValueError("a text needs at least 2 characters: one to read and one to predict")
    streams = min(streams, max(1, n_characters // (seq_length + 1)))
    return min(seq_length, n_characters // streams - 1), streams


def windows_per_epoch(length: int, seq_length: int) -> int:
    """How many windows are read before the text wraps. length: of one stream, in characters."""
    return max(1, -(-(length - seq_length - 1) // seq_length))  # rounded up


def into_streams(ids: IntArray, streams: int) -> IntArray:
    """Cut a text into consecutive parts of equal length, side by side: (length, streams).

    Time runs down the rows, so one window of all streams is a slice of rows. The last few
    characters (fewer than `streams`) are dropped.
    """
    length = len(ids) // streams
    return np.ascontiguousarray(ids[: length * streams].reshape(streams, length).T)


def training_length(n_characters: int, held_out: float) -> int:
    """How many characters, from the start, are trained on when the share `held_out` is held out.

    Fewer than MIN_HELD_OUT characters would measure mostly chance: then nothing is held out.
    """
    n_held_out = round(n_characters * held_out)
    return n_characters - n_held_out if n_held_out >= MIN_HELD_OUT else n_characters
