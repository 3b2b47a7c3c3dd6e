"""The experiments of the page Learn, as far as other pages know them: a room can start one.

What each of them shows is in the cards of that page, which pages.py makes known here.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from charrnn.runs.config import RunConfig
from charrnn.runs.store.corpora import library_titles
from charrnn.runs.store.records import Corpus, Experiment, Run
from charrnn.runs.store.workspace import Workspace
from charrnn.ui import services
from charrnn.ui.shared.chosen_text import shipped_sha256
from charrnn.ui.shared.guess import Guess

MIN_CHARACTERS = 5000  # of a text of one's own: in less, little can be learned


class Plan(NamedTuple):
    """One of the runs of an experiment."""

    label: str  # what sets it apart from the others, "cleared"; "" if it is alone
    config: RunConfig


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A question, a guess at its answer, and the runs that answer it."""

    key: str  # in the URL and in the store
    question: str  # Markdown
    title: str  # of its runs, before the label of each
    guess: Guess
    plans: Callable[[Corpus], list[Plan]]
    text: str = "three_stone"  # the key of the library text that it reads
    takes_own_text: bool = True  # whether it may read the text that the visitor has chosen instead


_setups: dict[str, Setup] = {}


def register(setups: Mapping[str, Setup]) -> None:
    """Make the experiments known, in their order. They are the same for every session."""
    _setups.update(setups)


def all_setups() -> dict[str, Setup]:
    """key -> experiment, in the order of the page Learn."""
    return dict(_setups)


def find(key: str) -> Setup | None:
    """The experiment with this key; None if there is none."""
    return _setups.get(key)


def in_plain_text(markdown: str) -> str:
    """A question or a prompt without its only markup, for where Markdown is not interpreted."""
    return markdown.replace("`", "")


def shipped_text(setup: Setup) -> Corpus:
    """The text that comes with charrnn for an experiment."""
    sha256 = shipped_sha256(setup.text)
    return replace(services.corpus(sha256), name=library_titles()[sha256])


def text_for(setup: Setup, chosen: Corpus) -> Corpus:
    """The text that was chosen if the experiment can read it, or else the one that ships."""
    usable = setup.takes_own_text and chosen.characters >= MIN_CHARACTERS
    return chosen if usable else shipped_text(setup)


def start(
    setup: Setup, workspace: Workspace, corpus: Corpus, guess: str, *, seed: int = 0
) -> list[Run]:
    """Create the runs of an experiment, in the order of its plans; the supervisor starts them.

    guess: an answer, "" without one. seed: added to the random seed of each. Raises StoreError,
    TooLarge.
    """
    group, runs = secrets.token_hex(8), []
    for plan in setup.plans(corpus):
        config = replace(plan.config, seed=(plan.config.seed + seed) % 2**32)
        mark = Experiment(question=setup.key, group=group, label=plan.label, guess=guess)
        run = workspace.create(corpus, config, experiment=mark)
        workspace.rename(run.id, " · ".join(filter(None, [setup.title, plan.label])))
        runs.append(run)
    return runs


def newest_by_question(runs: list[Run], *, since: float = 0.0) -> dict[str, list[Run]]:
    """The key of a question -> the runs that were started last for it, in the order of its plans.

    runs: newest first. since: runs that were created earlier do not count.
    """
    found: dict[str, list[Run]] = {}
    for run in runs:
        mark = run.experiment
        if mark is None or run.created_at < since:
            continue
        group = found.setdefault(mark.question, [])
        if not group or ((newest := group[0].experiment) and newest.group == mark.group):
            group.insert(0, run)
    return found
