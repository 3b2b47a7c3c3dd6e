"""Finding the parts of a sample that occur in a text, at a bounded cost whatever the text.

The windows of window_index.py are the shortest matches there are. So all that a sample shares with
a text consists of windows they share.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from charrnn.engine.analysis.window_index import (
    POSITION,
    WindowIndex,
    visible_positions,
    window_hashes,
)

# How often parts of a sample are compared with the text until the search for its longest match is
# given up: a hundredth of a second or two. (Finding what is copied takes at most two per window.)
MAX_COMPARISONS = 20_000
# How many other windows with the same hash are passed over. There are a hundred at worst, unless
# the text was crafted to have more.
MAX_COLLISIONS = 10_000


class Match(NamedTuple):
    """A part of a sample that occurs in the text, from one visible character to another.

    start, length: in characters, the white space inside included.
    """

    start: int
    length: int


@dataclass(frozen=True)
class Matches:
    """What a sample shares with a text.

    visible: how many characters of the sample are visible; copied: how many of them are in a
    match. parts: matches that cover all that is copied, from left to right, without overlap.
    longest: a match with as many visible characters as any, None if there is no match;
    longest_visible: how many it has. longest_is_exact: whether it is certain that no match has
    more.
    """

    visible: int
    copied: int
    parts: tuple[Match, ...]
    longest: Match | None
    longest_visible: int
    longest_is_exact: bool


def find(index: WindowIndex, sample: str) -> Matches:
    """What a sample shares with the text of an index.

    All of it is exact but, in one case, the longest match: if the sample is full of windows that
    occur in more places than can be compared, MAX_COMPARISONS in all. Then a shorter one may be
    reported, and longest_is_exact is False.
    """
    return _Search(index, sample).matches()


class _Run(NamedTuple):
    """Consecutive windows of a sample, from the first to the last."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """In windows."""
        return self.last - self.first + 1


class _Search:
    """One sample. Its windows are numbered from left to right, 0 ... n-1."""

    def __init__(self, index: WindowIndex, sample: str) -> None:
        self.index, self.text, self.sample = index, index.text, sample
        m = index.min_length
        visible = visible_positions(sample)
        n = max(0, len(visible) - m + 1)
        self.visible: list[int] = visible.tolist()
        # Where each window starts and ends.
        self.starts = self.visible[:n]
        self.ends: list[int] = (visible[m - 1 :].astype(np.intp) + 1).tolist()
        self.first_entry, self.n_places = index.look_up(window_hashes(sample, visible, m))
        self.comparisons = self.collisions = 0
        # The windows that occur in the text, and the distance to the first place where they do.
        self.shifts = self._first_shifts()
        found = np.zeros(n, bool)
        found[list(self.shifts)] = True
        self.n_places *= found
        # Sequences of them without a gap, and the one around each: no run goes beyond.
        edges = np.flatnonzero(np.diff(found, prepend=False, append=False)).tolist()
        self.sequences = [_Run(a, b - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        self.around = {k: run for run in self.sequences for k in range(run.first, run.last + 1)}

    def matches(self) -> Matches:
        m, n_visible = self.index.min_length, len(self.visible)
        longest, covered = _NO_RUN, 0
        parts: list[tuple[int, int]] = []  # the first visible character and the last window
        for first, end in self.sequences:
            k, last = first, -1
            while last < end:
                shift = self.shifts[k]
                begin, last = max(k, covered), self._last(k, shift)
                while parts and self._is_continued(parts[-1][0], k, shift):
                    begin, _ = parts.pop()  # the part before belongs to this one
                parts.append((begin, last))
                longest = max(longest, _Run(min(begin, k), last), key=_length)
                covered = last + m
                k = min(covered, end)
        longest, is_exact = self._longest_run(longest)
        return Matches(
            visible=n_visible,
            copied=sum(last + m - begin for begin, last in parts),
            parts=tuple(self._match(begin, last) for begin, last in parts),
            longest=self._match(*longest) if longest.length else None,
            longest_visible=longest.length + m - 1 if longest.length else 0,
            longest_is_exact=is_exact,
        )

    def _match(self, first_visible: int, last_window: int) -> Match:
        start = self.visible[first_visible]
        return Match(start, self.ends[last_window] - start)

    def _first_shifts(self) -> dict[int, int]:
        """The windows that occur in the text, and the distance to the first place of each."""
        shifts: dict[int, int] = {}
        found = np.flatnonzero(self.n_places)
        places = (self.index.entries[self.first_entry[found]] & POSITION).astype(np.int64)
        distances = places - np.array(self.starts, np.int64)[found]
        # Consecutive windows at the same distance are one longer part: one comparison will do.
        ends = np.flatnonzero((np.diff(found) != 1) | (np.diff(distances) != 0)) + 1
        bounds = [0, *ends.tolist(), len(found)] if len(found) else []
        windows, shift_of = found.tolist(), distances.tolist()
        for i, j in pairwise(bounds):
            first, last, shift = windows[i], windows[j - 1], shift_of[i]
            if self._agrees(self.starts[first], self.ends[last], shift):
                shifts.update(dict.fromkeys(range(first, last + 1), shift))
                continue
            for k in range(first, last + 1):  # some of them only have the same hash
                if first < last and self._agrees(self.starts[k], self.ends[k], shift):
                    shifts[k] = shift
                elif (other := self._shift_after_a_collision(k)) is not None:
                    shifts[k] = other
        return shifts

    def _shift_after_a_collision(self, k: int) -> int | None:
        """The same for window k, if another window with the same hash occurs before it."""
        start, end = self.starts[k], self.ends[k]
        for place in self._places(k, MAX_COLLISIONS + 1 - self.collisions)[1:]:
            self.collisions += 1
            if self._agrees(start, end, place - start):
                return int(place - start)
        return None

    def _is_continued(self, begin: int, k: int, shift: int) -> bool:
        """Whether the sample from a visible character before window k on occurs with it."""
        return begin >= self.around[k].first and self._agrees(
            self.visible[begin], self.starts[k], shift
        )

    def _first(self, k: int, shift: int) -> int:
        """The first of the windows up to k that occur at this distance. Window k itself does."""
        first, limit, step = k, self.around[k].first, 1
        while step and first > limit:
            start = max(first - step, limit)
            if self._agrees(self.starts[start], self.starts[first], shift):
                first, step = start, 2 * step
            else:
                step //= 2
        return first

    def _last(self, k: int, shift: int) -> int:
        """The last of the windows from k on that occur at this distance. Window k itself does."""
        last, limit, step = k, self.around[k].last, 1
        while step and last < limit:
            end = min(last + step, limit)
            if self._agrees(self.ends[last], self.ends[end], shift):
                last, step = end, 2 * step
            else:
                step //= 2
        return last

    def _agrees(self, start: int, end: int, shift: int) -> bool:
        """Whether this part of the sample is also in the text, at this distance."""
        self.comparisons += 1
        place = start + shift
        return place >= 0 and self.text.startswith(self.sample[start:end], place)

    def _longest_run(self, longest: _Run) -> tuple[_Run, bool]:
        """A run that no other one is longer than, and whether that is certain.

        longest: a run to begin with.
        """
        for sequence in sorted(self.sequences, key=_length, reverse=True):
            if sequence.length <= longest.length:
                break
            planned_for, compared = longest.length, set[int]()
            windows = self._windows_of_longer_runs(sequence, longest.length)
            while windows:
                k = windows.pop()
                compared.add(k)
                for place in self._places(k, MAX_COMPARISONS + 1):
                    if self.comparisons >= MAX_COMPARISONS:
                        return longest, False
                    shift = place - self.starts[k]
                    if self._may_be_longer(k, shift, longest.length):
                        run = _Run(self._first(k, shift), self._last(k, shift))
                        longest = max(longest, run, key=_length)
                if longest.length > 1.25 * planned_for:  # then fewer windows will do
                    planned_for = longest.length
                    windows = self._windows_of_longer_runs(sequence, longest.length)
                    windows = [k for k in windows if k not in compared]
        return longest, True

    def _windows_of_longer_runs(self, sequence: _Run, length: int) -> list[int]:
        """Windows of a sequence so that any run of more than `length` has one, the rarest last.

        Such a run covers a whole block of length // 2 + 1 windows. One window a block is enough,
        and the rarest one has the fewest places to compare.
        """
        block, end = length // 2 + 1, sequence.last + 1
        windows = [
            start + int(self.n_places[start : min(start + block, end)].argmin())
            for start in range(sequence.first, end, block)
        ]
        return sorted(windows, key=lambda k: -int(self.n_places[k]))

    def _may_be_longer(self, k: int, shift: int, length: int) -> bool:
        """Whether a run around window k may be longer: has it half as many on either side?"""
        half, around = (length + 1) // 2, self.around[k]
        before, after = k - half, k + half
        return (after <= around.last and self._agrees(self.starts[k], self.ends[after], shift)) or (
            before >= around.first and self._agrees(self.starts[before], self.ends[k], shift)
        )

    def _places(self, k: int, most: int) -> list[int]:
        """The first places in the text where window k seems to occur."""
        first, n = self.first_entry[k], min(int(self.n_places[k]), max(0, most))
        places: list[int] = (self.index.entries[first : first + n] & POSITION).tolist()
        return places


_NO_RUN = _Run(0, -1)


def _length(run: _Run) -> int:
    return run.length
