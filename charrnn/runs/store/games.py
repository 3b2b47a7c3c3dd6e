"""Beat the network: the score of each visitor's newest game against the network of a run."""

from typing import Any, NamedTuple

from sqlalchemy import select

from charrnn.engine.analysis.guessing_game import Estimate
from charrnn.runs.store import schema
from charrnn.runs.store.database import Database


class Score(NamedTuple):
    """A game that has been played."""

    person: Estimate
    at_once: int  # how many characters the person got at the first guess
    network: Estimate  # the same game, played by the network
    network_at_once: int
    network_bits: float  # and what its probabilities cost


class Games:
    """The games of all visitors. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, run_id: str, workspace: str, score: Score) -> None:
        """Keep a score instead of the last one, as long as the run. Ignored if that is gone."""
        row = {"workspace": workspace, "run": run_id, "score": list(score)}
        with self._database.writing() as db:
            if db.execute(select(schema.runs.c.id).where(schema.runs.c.id == run_id)).first():
                db.execute(self._database.upsert(schema.games), [row])

    def newest(self, workspace: str, sha256: str) -> Score | None:
        """A visitor's newest score on a text, against any run that is not deleted."""
        g, r = schema.games.c, schema.runs.c
        query = (
            select(g.score)
            .join(schema.runs, r.id == g.run)
            .where(g.workspace == workspace, r.sha256 == sha256, r.deleted_at.is_(None))
            .order_by(g.played_at.desc())
            .limit(1)
        )
        with self._database.reading() as db:
            row: list[Any] | None = db.execute(query).scalar()
        if row is None:
            return None
        person, at_once, network, network_at_once, network_bits = row
        person, network = Estimate(*person), Estimate(*network)
        return Score(person, at_once, network, network_at_once, network_bits)
