"""The runs of an experiment: ordinary runs of the visitor's, marked as its own."""

from charrnn.runs.errors import RunNotFound
from charrnn.runs.store.records import DIVERGED, Run
from charrnn.ui import services, session
from charrnn.ui.learn.card import Card
from charrnn.ui.learn.result import Outcome, Result
from charrnn.ui.shared import deleted_runs, experiments

MAX_POINTS = 512  # of each curve


def runs_of(card: Card, *, since: float = 0.0) -> list[Run]:
    """The runs that were started last for a card and are not deleted, in the order of its plans.

    since: runs that were created earlier do not count.
    """
    found = experiments.newest_by_question(services.workspace().runs(), since=since)
    return found.get(card.key, [])


def result_of(runs: list[Run]) -> Result:
    """The results of these runs so far. Raises RunNotFound if one was deleted meanwhile."""
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
    """Go on with runs that were paused or could not go on. Raises StoreError."""
    for run in runs:
        if not run.active and run.iteration < run.iterations and run.failure != DIVERGED:
            services.workspace().request(run.id, desired="running")
    services.supervisor().reconcile()
