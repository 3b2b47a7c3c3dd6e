"""The runs of an experiment: ordinary runs of the visitor's, marked as its own."""

import secrets

from charrnn.runs.errors import RunNotFound
from charrnn.runs.store.records import Corpus, Experiment, Run
from charrnn.ui import services, session
from charrnn.ui.learn.card import Card
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared import deleted_runs

MAX_POINTS = 512  # of each curve


def start(card: Card, corpus: Corpus, guess: str) -> None:
    """Start the runs of a card, unless they are there. Raises StoreError, TooLarge."""
    if runs_of(card):
        return  # the second click of a double click
    group, workspace = secrets.token_hex(8), services.workspace()
    for plan in card.plans(corpus):
        mark = Experiment(question=card.key, group=group, label=plan.label, guess=guess)
        run = workspace.create(corpus, plan.config, experiment=mark)
        workspace.rename(run.id, " · ".join(filter(None, [card.title, plan.label])))
    services.supervisor().reconcile()


def runs_of(card: Card) -> list[Run]:
    """The runs that were started last for a card and are not deleted, in the order of its plans."""
    return newest_by_question(services.workspace().runs()).get(card.key, [])


def newest_by_question(runs: list[Run]) -> dict[str, list[Run]]:
    """The key of a question -> the runs that were started last for it. runs: newest first."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        mark = run.experiment
        if mark is None:
            continue
        group = found.setdefault(mark.question, [])
        if not group or ((newest := group[0].experiment) and newest.group == mark.group):
            group.insert(0, run)
    return found


def result_of(runs: list[Run]) -> Result:
    """What these runs have come to by now. Raises RunNotFound if one was deleted meanwhile."""
    outcomes = []
    for run in runs:
        outcome = Outcome(*services.store().history.observe(run.id, points=MAX_POINTS))
        if outcome.run.deleted_at is not None:
            raise RunNotFound(run.id)
        outcomes.append(outcome)
    mark = runs[0].experiment
    return Result(mark.guess if mark else "", outcomes)


def delete(runs: list[Run]) -> None:
    """Delete the runs of an experiment; Compare can restore them for a day. Raises StoreError."""
    for run in runs:
        deleted_runs.delete(run)
    session.note_deleted(None)  # the notice would name the last of them alone


def resume(runs: list[Run]) -> None:
    """Go on with runs that were paused. Raises StoreError."""
    for run in runs:
        if not run.active and run.iteration < run.iterations and run.status != "failed":
            services.workspace().request(run.id, desired="running")
    services.supervisor().reconcile()
