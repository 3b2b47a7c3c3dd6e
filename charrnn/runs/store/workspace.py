"""A workspace: the runs of one visitor, created, named, branched, deleted and restored.

Also the texts that the visitor uploaded.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, select, update

from charrnn.runs.config import RunConfig
from charrnn.runs.errors import RunNotFound, TextNotShared
from charrnn.runs.serialization import state_from_bytes
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.corpora import library_titles, sha256_of
from charrnn.runs.store.incomplete import incomplete_run
from charrnn.runs.store.quota import Quota
from charrnn.runs.store.records import Corpus, Experiment, Run
from charrnn.runs.store.runs import RUN_COLUMNS, find_run, new_key, new_run_row, run_from_row
from charrnn.runs.store.store import Store
from charrnn.runs.texts import names

MAX_COPIED_BYTES = 32 * 2**20  # of the snapshots that a branch takes along from its parent


class Workspace:
    """The runs of one workspace. Runs of other workspaces can be viewed, but not changed.

    Every method raises StoreError if the database fails.
    """

    def __init__(self, store: Store, workspace: str, *, address: str | None = None):
        """workspace: a key that cannot be guessed; whoever knows it owns the runs.

        address: tells visitors from one network address from others, and says nothing else about
        it (see ui/client_address.py). None if it is not known.
        """
        self.store, self.key, self.address = store, workspace, address
        self.quota = Quota(store, workspace, address)

    def runs(self) -> list[Run]:
        """All runs that are not deleted, newest first."""
        return self._select(schema.runs.c.deleted_at.is_(None), schema.runs.c.number)

    def deleted(self) -> list[Run]:
        """The deleted runs that restore() can still bring back, the last deleted one first."""
        return self._select(schema.runs.c.deleted_at.is_not(None), schema.runs.c.deleted_at)

    def run(self, run_id: str) -> Run:
        """A run of this workspace. Raises RunNotFound if there is none, or it is deleted."""
        run = self.store.runs.get(run_id)
        if run.workspace != self.key or run.deleted_at is not None:
            raise RunNotFound(run_id)
        return run

    def in_use(self) -> bool:
        """Whether anything is in this workspace: a run, even if it is deleted, or a text."""
        with self.store.database.reading() as db:
            return any(
                db.execute(select(table.c.workspace).where(table.c.workspace == self.key)).first()
                for table in (schema.runs, schema.uploads)
            )

    def viewed(self, key: str) -> Run:
        """Any run that may be looked at with this key, its view key or its id. Raises RunNotFound.

        An id no longer opens a run for others once its owner has withdrawn the read-only link.
        """
        with self.store.database.reading() as db:
            try:
                run = find_run(db, schema.runs.c.view_key, key)
            except RunNotFound:
                run = find_run(db, schema.runs.c.id, key)
        if run.deleted_at is not None or key not in keys_to_view(run):
            raise RunNotFound(key)
        return run

    def add_text(self, name: str, text: str) -> Corpus:
        """Store a text that this workspace uploaded; own_text() finds it again.

        Raises OutOfSpace.
        """
        try:
            self.own_text(sha256_of(text))
        except KeyError:
            self.quota.ensure_space(len(text.encode(errors="surrogatepass")))
        corpus = self.store.corpora.add(name, text)
        row = {"workspace": self.key, "sha256": corpus.sha256, "name": name} | {
            "address": self.address
        }
        with self.store.database.writing() as db:
            db.execute(self.store.database.upsert(schema.uploads), [row])
        return corpus

    def own_text(self, sha256: str) -> str:
        """The name of a text that this workspace uploaded, or that one of its runs learns.

        Raises KeyError for any other, whether it is stored or not.
        """
        u, r, c = schema.uploads.c, schema.runs.c, schema.corpora.c
        uploaded = (
            select(u.name)
            .join(schema.corpora, c.sha256 == u.sha256)  # it may have been pruned
            .where(u.workspace == self.key, u.sha256 == sha256)
        )
        learned = (
            select(r.text_name)
            .where(r.workspace == self.key, r.deleted_at.is_(None), r.sha256 == sha256)
            .order_by(r.number.desc())
        )
        with self.store.database.reading() as db:
            for query in (uploaded, learned):
                name: str | None = db.execute(query.limit(1)).scalar()
                if name is not None:
                    return name
        raise KeyError(sha256)

    def create(
        self,
        corpus: Corpus,
        config: RunConfig,
        *,
        pause_at: int | None = None,
        parent: str | None = None,
        experiment: Experiment | None = None,
    ) -> Run:
        """A new run in this workspace: see Runs.create(). Raises OutOfSpace as well."""
        self.quota.ensure_space(keep=corpus.sha256)
        return self.store.runs.create(
            corpus,
            config,
            pause_at=pause_at,
            parent=parent,
            experiment=experiment,
            workspace=self.key,
            address=self.address,
        )

    def branch(
        self,
        run: Run,
        iteration: int | None,
        *,
        learning_rate: float | None = None,
        decays_again: bool = False,
    ) -> Run:
        """A new run in this workspace that continues `run` from a saved state.

        run may belong to anyone who shares its text. Its history up to there is copied, so the
        branch stays whole if its parent is deleted; of the snapshots of a large network, only the
        last ones.

        iteration: of a complete snapshot; None for the checkpoint, the newest state there is.
        learning_rate: for the branch; by default what the parent used at that iteration.
        decays_again: it decays until the end of the branch, not until where the parent's decay
        ends. Raises RunNotFound if `run` was deleted or its link withdrawn meanwhile,
        TextNotShared, KeyError if there is no such state, ValueError for a learning rate that is
        not allowed, TooLarge, OutOfSpace.
        """
        self._check_may_branch(run)
        corpus = self.store.corpora.get(run.sha256, run.text_name)
        seconds, data = self._saved_state(run, iteration)
        self.quota.ensure_space(len(data))
        state = state_from_bytes(data)
        iteration = int(state["iteration"])
        copied = self._copied_snapshots(run, iteration, len(data))
        self.quota.ensure_space((1 + len(copied)) * len(data))
        rate = float(state["learning_rate"]) if learning_rate is None else learning_rate
        iterations = run.limit_from(iteration)
        config = replace(run.config, learning_rate=rate, iterations=iterations)
        if decays_again:
            config = config.decaying_until(iterations)
        smooth_loss = float(state["smooth_loss"])
        row = new_run_row(corpus, config) | {
            "address": self.address,
            "parent": run.id,
            "branched_at": iteration,
            "iteration": iteration,
            "smooth_loss": smooth_loss,
            "baselines": run.baselines,
            "seconds": seconds,
        }
        # The parent may have changed its learning rate at this very iteration, after the state was
        # saved.
        ends = {schema.rate_changes: iteration - 1}
        with incomplete_run(self.store.database, row) as branch:
            for table in schema.HISTORY_TABLES:
                first = 0
                if table is schema.snapshots:
                    first = copied[0] if copied else iteration + 1
                branch.copy(table, run.id, first=first, until=ends.get(table, iteration))
            checkpoint = {"iteration": iteration, "seconds": seconds, "state": data}
            branch.insert(schema.checkpoints, checkpoint)
            figures = self.store.history.loss_figures(branch.id, iteration, smooth_loss)
            return branch.complete(self.key, **figures._asdict())

    def _check_may_branch(self, run: Run) -> None:
        """See branch(). Raises RunNotFound, TextNotShared. run: as it was when it was read."""
        now = self.store.runs.get(run.id)
        withdrawn = now.workspace != self.key and now.view_key != run.view_key
        if now.deleted_at is not None or withdrawn:
            raise RunNotFound(run.id)
        if not self.may_read_text(now):
            raise TextNotShared

    def _copied_snapshots(self, run: Run, iteration: int, state_bytes: int) -> list[int]:
        """The iterations of the snapshots that a branch at an iteration takes along."""
        kept = [n for n in self.store.snapshots.iterations(run.id) if n <= iteration]
        most = MAX_COPIED_BYTES // state_bytes
        return kept[-most:] if most else []

    def may_read_text(self, run: Run) -> bool:
        """Whether this workspace may read the text of a run, and train on it."""
        return run.workspace == self.key or run.shares_text or run.sha256 in library_titles()

    def learning_rate_at(self, run: Run, iteration: int | None) -> float:
        """The learning rate at a saved state of `run`, which may belong to anyone.

        iteration and KeyError: as for branch().
        """
        return float(state_from_bytes(self._saved_state(run, iteration)[1])["learning_rate"])

    def _saved_state(self, run: Run, iteration: int | None) -> tuple[float, bytes]:
        """(Seconds spent training, Trainer.state() as safetensors): see branch()."""
        if iteration is not None:
            return self.store.snapshots.complete(run.id, iteration)
        checkpoint = self.store.snapshots.checkpoint(run.id)
        if checkpoint is None:
            raise KeyError(run.id)
        return checkpoint

    def request(self, run_id: str, **desired_state: Any) -> None:
        """Change what a run should do: see Runs.request().

        Raises RunNotFound if it is not here, and OutOfSpace if it should train but could save
        nothing.
        """
        if desired_state.get("desired") == "running":
            self.quota.ensure_space()
            self._update(self.run(run_id).id, address=self.address)  # of who resumes it
        self.store.runs.request(self.run(run_id).id, **desired_state)

    def pause(self, *, since: float = 0.0) -> None:
        """Pause all runs that train or wait. since: those that were created earlier go on."""
        for run in self.runs():
            if run.active and run.created_at >= since:
                with suppress(RunNotFound):  # deleted meanwhile
                    self.request(run.id, desired="paused")

    def rename(self, run_id: str, name: str) -> None:
        """Name a run; an empty name removes the name. Raises RunNotFound if it is not here."""
        self._update(run_id, name=names.short_name(name) if name.strip() else "")

    def share_text(self, run_id: str, shares: bool) -> None:
        """Let those who may view a run read its text, or no longer. Raises RunNotFound."""
        self._update(run_id, shares_text=shares)

    def withdraw_link(self, run_id: str) -> None:
        """No longer let others view a run, by its link or by its id. Raises RunNotFound.

        The run gets another view key, for a new link.
        """
        self._update(run_id, view_key=new_key(), opens_by_id=False, shares_text=False)

    def delete(self, run_id: str) -> None:
        """Delete a run; restore() can undo it for a day. Raises RunNotFound if it is not here."""
        self.request(run_id, desired="paused")
        self._update(run_id, deleted_at=Now())

    def restore(self, run_id: str) -> None:
        """Restore a deleted run, paused. Raises RunNotFound if it is not here or was pruned."""
        self._update(run_id, deleted_at=None)

    def _select(self, which: ColumnElement[bool], order: Column[Any]) -> list[Run]:
        """Some runs of this workspace, in descending order."""
        query = select(*RUN_COLUMNS).where(schema.runs.c.workspace == self.key, which)
        with self.store.database.reading() as db:
            rows = db.execute(query.order_by(order.desc())).all()
        return [run_from_row(row) for row in rows]

    def _update(self, run_id: str, **values: Any) -> None:
        r = schema.runs.c
        query = update(schema.runs).where(r.id == run_id, r.workspace == self.key)
        with self.store.database.writing() as db:
            if db.execute(query.values(**values)).rowcount == 0:
                raise RunNotFound(run_id)


def keys_to_view(run: Run) -> tuple[str, ...]:
    """The keys with which anyone may look at a run."""
    return (run.view_key, run.id) if run.opens_by_id else (run.view_key,)
