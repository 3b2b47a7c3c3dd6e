"""What a card consists of. Each one is a module in cards/."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from charrnn.runs.store.records import Corpus
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.experiments import Setup


class Verdict(NamedTuple):
    """What has happened, measured in the runs of this experiment and not known beforehand."""

    answer: str  # the key of the right answer, or the number, as Experiment.guess has it
    sentence: str  # what that teaches; Markdown


class Look(NamedTuple):
    """A page that shows more of the last run of an experiment."""

    page: str
    label: str
    query: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Card(Setup):
    """A question, and how a visitor finds the answer."""

    teaser: str  # what is tried, in a sentence
    idea: Callable[[Corpus], str]  # what it takes to make a guess; Markdown
    picture: Callable[[Result], None]  # draws what can be seen, while the runs train and after
    verdict: Callable[[Result], Verdict]  # once they have finished
    look: Look | None = None
