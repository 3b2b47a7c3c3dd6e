"""What the store takes and returns of a room: Room, Start, Place, Question, Member, Tile, Wall.

Times are in seconds since 1970.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Run

ROOM_SECONDS = 86_400.0  # a room that its presenter has not looked at for so long is closed


@dataclass(frozen=True)
class Start:
    """What people start with: a text and settings, or an experiment of the page Learn."""

    sha256: str  # of the text
    text_name: str  # what the presenter calls it
    config: RunConfig
    number: int = 1  # counts the starts of a room
    note: str = ""  # what to try, in the presenter's words, on one line
    own_seeds: bool = True  # each person has another random seed
    controls: tuple[str, ...] = ()  # the settings that people see; () for all
    experiment: str = ""  # the key of its question; the text is then the one that it reads
    sent_at: float = 0.0  # experiments that were begun earlier belong to another start

    def of(self, member: "Member") -> "Start":
        """The start as one member takes it: with a random seed of their own, if it says so."""
        if not self.own_seeds:
            return self
        seed = (self.config.seed + member.number) % 2**32
        return replace(self, config=replace(self.config, seed=seed))

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; from_dict() reads it."""
        return asdict(self) | {"config": self.config.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Start":
        """The start with these values."""
        config = RunConfig.from_dict(values["config"])
        return cls(**{**values, "config": config, "controls": tuple(values["controls"])})


@dataclass(frozen=True)
class Place:
    """A page of the dashboard, as the presenter sees it."""

    page: str  # its title
    query: dict[str, str]  # its URL parameters, with view keys in place of the ids of runs

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; the constructor takes it."""
        return asdict(self)


@dataclass(frozen=True)
class Question:
    """Something to guess, in the presenter's words, and the answer once it is known."""

    text: str
    number: int = 1  # counts the questions of a room
    open: bool = True  # whether guesses are taken
    answer: float | None = None
    experiment: str = ""  # the key of the experiment whose question it is

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; the constructor takes it."""
        return asdict(self)


@dataclass(frozen=True)
class RoomChallenge:
    """Who predicts held-out text best after reading so many characters?"""

    characters: int
    since: float  # runs that were created earlier do not count

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; the constructor takes it."""
        return asdict(self)


@dataclass(frozen=True)
class Room:
    """A room."""

    id: str
    code: str  # what people type to join
    presenter: str  # the key of the presenter's workspace
    opened_at: float
    seen_at: float
    closed_at: float | None
    names_hidden: bool
    start: Start
    begins_at: float | None  # when everybody is started, during the countdown
    lead: Place | None  # what the presenter looks at, while leading
    question: Question | None
    challenge: RoomChallenge | None
    # The clock of the database less that of this machine, in seconds, when this was read.
    clock_difference: float = field(compare=False)

    @property
    def now(self) -> float:
        """The present by the clock of the database, which is that of all times of the room."""
        return time.time() + self.clock_difference

    @property
    def ends_at(self) -> float:
        """When it was closed, or closes by itself if its presenter does not look at it again."""
        return self.seen_at + ROOM_SECONDS if self.closed_at is None else self.closed_at

    @property
    def is_open(self) -> bool:
        """Whether people can join, and see what the presenter does."""
        return self.closed_at is None and self.ends_at > self.now


@dataclass(frozen=True)
class Member:
    """Somebody who has joined a room."""

    room: str
    workspace: str
    key: str  # identifies the member on the pages of others, without giving away the workspace
    number: int  # 1, 2, 3 ... within the room
    nickname: str
    address: str | None
    joined_at: float
    start: int  # the number of the start that the member's page has taken
    chosen: Start | None  # what the member's page would train
    run: str | None  # the run that was started for the member with everybody's


@dataclass(frozen=True)
class Tile:
    """What the wall shows of a member."""

    member: Member
    run: Run | None  # the newest that was created in the room; None before the first
    # iteration, mean loss of the last windows in bits per character, seconds
    curve: list[tuple[int, float, float]]
    sample: tuple[int, str] | None  # the newest: iteration, text

    @property
    def bits(self) -> float | None:
        """The mean loss of the last windows in bits per character; None without a run."""
        return self.run.bits if self.run else None


@dataclass(frozen=True)
class Wall:
    """A room and all its members at one moment, in the order in which they joined."""

    room: Room
    tiles: list[Tile]
    read_at: float


@dataclass(frozen=True)
class Moment:
    """A sample and a curve that the presenter has kept, as they were."""

    number: int
    position: int
    nickname: str  # also while names are hidden: what shows a moment has to hide it
    member: int | None  # the member's number; None if they had left before numbers were kept
    caption: str
    sample: str
    curve: list[tuple[int, float]]  # iteration, bits per character
