"""Samples written in blocks, so that a long one neither blocks the page nor is written twice.

Every block is cached on the server. Another length, a picked character or a click recomputes only
what changes: the blocks from there on.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from charrnn.engine.sampling import TopProbabilities
from charrnn.ui.write.writer import SampleSettings, Start, Writer

BLOCK = 200  # characters
SECONDS = 0.4  # of writing, until the page shows what there is


@dataclass(frozen=True)
class Draft:
    """A sample as far as it is written."""

    writer: Writer
    settings: SampleSettings
    starts: list[Start]  # where each block begins
    blocks: list[np.ndarray]  # the ids of each block, (BLOCK,)

    @property
    def ids(self) -> np.ndarray:
        """The ids of the characters written so far."""
        return np.concatenate(self.blocks)[: self.settings.length]

    @property
    def complete(self) -> bool:
        """Whether it has its whole length."""
        return len(self.blocks) * BLOCK >= self.settings.length

    def top_probabilities(self, position: int) -> TopProbabilities:
        """The most likely characters at a position that is written."""
        block, offset = divmod(position, BLOCK)
        return self.writer.top_probabilities(
            self.blocks[block][:offset], self.settings.temperature, start=self.starts[block]
        )


def write(
    writer: Writer, settings: SampleSettings, *, key: Hashable, seconds: float = SECONDS
) -> Draft:
    """The sample, or as much of it as can be written in that time; at least one block.

    key: identifies the snapshot of the writer. Called again, it goes on where it stopped.
    """
    deadline = time.perf_counter() + seconds
    starts: list[Start] = []
    blocks: list[np.ndarray] = []
    before: tuple[tuple[int, int], ...] = ()
    sample = (key, writer.prompt, settings.seed, settings.temperature)
    for position in range(0, settings.length, BLOCK):
        if blocks and time.perf_counter() > deadline:
            break
        end = position + BLOCK
        picked = tuple(sorted((p, i) for p, i in settings.picked.items() if p < end))
        if position == 0:
            starts.append(_first_start(key, writer.prompt, writer))
        else:
            starts.append(_next_start(sample, position, before, writer, starts[-1], blocks[-1]))
        block = replace(settings, length=BLOCK, picked=dict(picked))
        blocks.append(_block(sample, position, picked, writer, block, starts[-1]))
        before = picked
    return Draft(writer, settings, starts, blocks)


# Below, the arguments without an underscore identify the result.


@st.cache_resource(show_spinner=False, max_entries=200)
def _first_start(key: Hashable, prompt: str, _writer: Writer) -> Start:
    return _writer.start()


@st.cache_resource(show_spinner=False, max_entries=2000)
def _next_start(
    sample: Hashable,
    position: int,
    picked: tuple[tuple[int, int], ...],
    _writer: Writer,
    _start: Start,
    _block: np.ndarray,
) -> Start:
    return _writer.after(_start, _block)


@st.cache_resource(show_spinner=False, max_entries=2000)
def _block(
    sample: Hashable,
    position: int,
    picked: tuple[tuple[int, int], ...],
    _writer: Writer,
    _settings: SampleSettings,
    _start: Start,
) -> np.ndarray:
    return _writer.write(_settings, start=_start, position=position)
