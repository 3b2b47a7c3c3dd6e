"""Challenges: a goal on a text that ships, within a budget of characters read.

The budget is not in seconds, so a fast machine is no advantage. Any run on the text takes part,
with what it had achieved when it had read that many characters. tests/benchmarks/challenges.py
shows that each can be met.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from charrnn.engine.evaluation import bits_per_character
from charrnn.runs.store.records import Run


@dataclass(frozen=True)
class Challenge:
    """A goal. Either `bits` or `closed` is set."""

    key: str
    title: str
    text: str  # the key of a library text
    characters: int  # that may be read
    bits: float | None = None  # per held-out character, to be below
    closed: float | None = None  # the share of held-out lines closed with the right bracket
    hint: str = ""


@dataclass(frozen=True)
class Attempt:
    """How far a run has gotten with a challenge."""

    run: Run
    read: int  # characters
    best: float | None  # of what the challenge counts, within the budget; None before a measurement
    met_at: int | None  # after how many characters it was met; None if it was not, or not yet

    def is_over(self, challenge: Challenge) -> bool:
        """Whether the budget is spent."""
        return self.read >= challenge.characters


CHALLENGES = (
    Challenge(
        "story",
        "Below 2.2 bits within a million characters of the story",
        "three_stone",
        1_000_000,
        bits=2.2,
        hint="The recipe Textbook ends at about 2.6.",
    ),
    Challenge(
        "names",
        "Below 2.45 bits within half a million characters of dinosaurs",
        "dinosaurs",
        500_000,
        bits=2.45,
        hint="A short text is soon learned by heart: its held-out loss turns up again.",
    ),
    Challenge(
        "brackets",
        "Close 90% of the brackets within three million characters",
        "brackets",
        3_000_000,
        closed=0.9,
        hint="A line is closed long after it began. The initial weights and the learning rate "
        "decide whether a memory lasts that long.",
    ),
)
ROOM_BUDGETS = (100_000, 300_000, 1_000_000, 3_000_000)  # characters
# After how many characters the held-out loss of every run is measured, whatever its settings.
BUDGETS = sorted({*ROOM_BUDGETS, *(each.characters for each in CHALLENGES)})


def attempt(challenge: Challenge, run: Run, measured: Sequence[tuple[int, float]]) -> Attempt:
    """How far a run has gotten with a challenge.

    measured: (iteration, held-out loss in nats per character) for a goal in bits, or (iteration,
    share of closed lines); in order of iteration.
    """
    per_iteration = run.config.characters_per_iteration
    # What the network does before it has learned anything is no achievement.
    within = [(n * per_iteration, value) for n, value in measured if n > 0]
    within = [(read, value) for read, value in within if read <= challenge.characters]
    if challenge.bits is not None:
        figures = [(read, bits_per_character(value, 1)) for read, value in within]
        met = [read for read, bits in figures if bits < challenge.bits]
        best = min((bits for _, bits in figures), default=None)
    else:
        figures, share = within, challenge.closed or 1.0
        met = [read for read, closed in figures if closed >= share]
        best = max((closed for _, closed in figures), default=None)
    return Attempt(run, run.iteration * per_iteration, best, met[0] if met else None)
