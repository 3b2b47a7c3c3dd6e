"""Samples written in blocks, so that a long one neither blocks the page nor is written twice.

Every block is cached on the server. Another length, a picked character or a click recomputes only
what changes: the blocks from there on.
"""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.engine.sampling import TopProbabilities
from charrnn.ui.write.writer import SampleSettings, Start, Writer

BLOCK = 200  # characters
SECONDS = 0.4  # of writing, until the page shows what there is and answers clicks


class Budget:
    """The time to write during one drawing of the page; something can be written in any case."""

    def __init__(self, seconds: float):
        self._deadline = time.perf_counter() + seconds
        self.has_written = False  # not taken from the cache

    @property
    def spent(self) -> bool:
        """Whether the rest has to wait for the next drawing."""
        return self.has_written and time.perf_counter() > self._deadline


class Block(NamedTuple):
    """A part of a sample."""

    start: Start
    ids: np.ndarray  # (BLOCK,)


@dataclass(frozen=True)
class Draft:
    """A sample as far as it is written."""

    writer: Writer
    settings: SampleSettings
    blocks: list[Block]

    @cached_property
    def ids(self) -> np.ndarray:
        """The ids of the characters written so far."""
        written = [block.ids for block in self.blocks]
        return np.concatenate([np.zeros(0, np.intp), *written])[: self.settings.length]

    @property
    def complete(self) -> bool:
        """Whether it has its whole length."""
        return len(self.blocks) * BLOCK >= self.settings.length

    def top_probabilities(self, position: int) -> TopProbabilities:
        """The most likely characters at a position that is written."""
        block, offset = divmod(position, BLOCK)
        start, ids = self.blocks[block]
        return self.writer.top_probabilities(ids[:offset], self.settings.temperature, start=start)


def write(writer: Writer, settings: SampleSettings, budget: Budget, *, key: Hashable) -> Draft:
    """The sample, or as much of it as can be written within the budget.

    key: identifies the snapshot of the writer. Called again, it goes on where it stopped.
    """
    sample = (key, writer.prompt, settings.seed, settings.temperature)
    blocks: list[Block] = []
    for position in range(0, settings.length, BLOCK):
        if budget.spent:
            break
        picked = sorted((p, i) for p, i in settings.picked.items() if p < position + BLOCK)
        before = blocks[-1] if blocks else None
        blocks.append(_block(sample, position, tuple(picked), writer, before, budget))
    return Draft(writer, settings, blocks)


@st.cache_resource(show_spinner=False, max_entries=2000)
def _block(
    sample: tuple[Hashable, str, int, float],
    position: int,
    picked: tuple[tuple[int, int], ...],
    _writer: Writer,
    _before: Block | None,
    _budget: Budget,
) -> Block:
    """The block at a position. The arguments without an underscore identify it."""
    _budget.has_written = True
    _, _, seed, temperature = sample
    start = _writer.after(*_before) if _before else _writer.start()
    settings = SampleSettings(seed, BLOCK, temperature, dict(picked))
    return Block(start, _writer.write(settings, start=start, position=position))
