"""What a card consists of. Each one is a module in cards/."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn.result import Result


class Choice(NamedTuple):
    """A guess among a few answers."""

    prompt: str
    answers: dict[str, str]  # key -> words


class Estimate(NamedTuple):
    """A guess at a number."""

    prompt: str
    unit: str
    low: float
    high: float


class Plan(NamedTuple):
    """One of the runs of an experiment."""

    label: str  # what sets it apart from the others, "cleared"; "" if it is alone
    config: RunConfig


class Verdict(NamedTuple):
    """What has happened, measured in the runs of this experiment and not known beforehand."""

    answer: str  # the key of the right answer, or the number, as Experiment.guess has it
    sentence: str  # what that teaches; Markdown


class Look(NamedTuple):
    """A page that shows more of the last run of an experiment."""

    page: str
    label: str
    query: dict[str, str]


@dataclass(frozen=True)
class Card:
    """A question, and how a visitor finds the answer."""

    key: str  # in the URL and in the store
    question: str
    teaser: str  # what one does, in a sentence
    title: str  # of its runs, before the label of each
    idea: Callable[[Corpus], str]  # what one needs to know for a guess; Markdown
    guess: Choice | Estimate
    plans: Callable[[Corpus], list[Plan]]
    picture: Callable[[Result], None]  # draws what can be seen, while the runs train and after
    verdict: Callable[[Result], Verdict]  # once they have finished
    text: str = "three_stone"  # the key of the library text that it reads
    takes_own_text: bool = True  # whether it may read the text that the visitor has chosen instead
    look: Look | None = None
