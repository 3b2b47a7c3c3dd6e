"""Runs out of the store, as files, and back in: into another store, or as another's run."""

import csv
import io
from typing import Any

from sqlalchemy import Connection, select

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.landmarks import landmarks
from charrnn.engine.training import Trainer
from charrnn.runs import archive, library, schema
from charrnn.runs.archive import SavedRun, state_from_bytes, state_to_bytes
from charrnn.runs.contents import BadRunFile, check_text, sha256_of
from charrnn.runs.events import event
from charrnn.runs.limits import Limits, TooLarge
from charrnn.runs.past import COLUMNS, Past
from charrnn.runs.printable import indented, printable
from charrnn.runs.records import Corpus, Run
from charrnn.runs.shelf import Shelf
from charrnn.runs.store import Store, new_run, next_number
from charrnn.runs.texts import OPENING_CHARACTERS
from charrnn.runs.worker import LIKELIEST_LENGTH

MEGABYTE = 2**20


class NotBegun(Exception):
    """A run that has no state yet; the message is a sentence for people."""


class TextNeeded(BadRunFile):
    """A run can be taken up with its text only, which is not in the file."""

    def __init__(self, sha256: str, name: str):
        super().__init__(
            f"This file does not hold its text, and its network can go on only with the same one: "
            f"bring {name!r} too, whose SHA-256 begins with {sha256[:12]}."
        )
        self.sha256, self.name = sha256, name


def export_run(store: Store, run: Run, *, with_text: bool) -> bytes:
    """A run as a file, as it stood at its last checkpoint.

    Raises NotBegun, KeyError if the run is gone, BadRunFile if it is too large or damaged.
    """
    with store.reading() as db:
        r, c = schema.runs.c, schema.checkpoints.c
        wishes = db.execute(
            select(r.name, r.learning_rate, r.iterations).where(r.id == run.id)
        ).first()
        if wishes is None:
            raise KeyError(run.id)
        kept = select(c.iteration, c.seconds, c.state).where(c.run == run.id)
        checkpoint = db.execute(kept).first()
        if checkpoint is None:
            raise NotBegun(
                "This run has nothing to save yet: let it train for a moment, then try again."
            )
        past = _past(db, run.id, checkpoint.iteration)
    corpus = store.corpus(run.sha256)
    return archive.to_bytes(
        SavedRun(
            vocabulary=Vocabulary(corpus.vocabulary),
            config=run.config,
            state=state_from_bytes(checkpoint.state),
            past=past,
            seconds=checkpoint.seconds,
            sha256=run.sha256,
            text_name=corpus.name,
            text=store.text(run.sha256) if with_text else None,
            **wishes._asdict(),
        )
    )


def import_run(shelf: Shelf, data: bytes, *, text: str | None = None) -> Run:
    """A new run of this workspace from a file. It rests, and resumes to the same bits.

    text: the one it has learned from, if the file does not hold it. One that a run of this
    workspace has, or that is on offer to everybody, need not be given; one that only others have
    brought must be: its hash is no key to it.

    All is checked, then all is written, or nothing. Raises TextNeeded, or BadRunFile.
    """
    saved = archive.from_bytes(data)
    if saved.sha256 is None:
        raise BadRunFile(
            "This file was saved by an earlier charrnn, which did not keep what is needed to go "
            "on: it can write (python -m charrnn sample), or be trained and saved anew."
        )
    limits = Limits.here()
    try:
        limits.check(saved.config, len(saved.vocabulary))
    except TooLarge as problem:
        raise BadRunFile(str(problem)) from problem
    text = _text(shelf, saved, text)
    if len(text.encode()) > limits.text_megabytes * MEGABYTE:
        raise BadRunFile(
            f"The text of this run is too large, since at most {limits.text_megabytes:g} MB are "
            "allowed here: train on a part of it."
        )
    corpus = _corpus(saved, text)
    row = _row(saved, corpus, _trainer(saved, text)) | {"workspace": shelf.workspace}
    state = state_to_bytes(saved.state)
    checkpoint = {"iteration": saved.iteration, "seconds": saved.seconds, "state": state}
    store = shelf.store
    with store.writing() as db:
        db.execute(store.insert(schema.corpora).values(corpus).on_conflict_do_nothing())
        row["number"] = next_number(db, shelf.workspace)
        db.execute(schema.runs.insert().values(row))
        for table, rows in _tables(saved.past).items():
            if rows:
                db.execute(table.insert(), [{"run": row["id"], **values} for values in rows])
        # The file has no snapshots: where it came in is the first place to go back to.
        for table in (schema.checkpoints, schema.snapshots):
            db.execute(table.insert().values(run=row["id"], **checkpoint))
    event("imported", run=row["id"], iteration=saved.iteration)
    return store.run(row["id"])


def curve_csv(store: Store, run: Run) -> str:
    """All that was measured, a row for each iteration that has something, as CSV."""
    with store.reading() as db:
        past = _past(db, run.id, _iteration(db, run.id))
    losses = {iteration: measured for iteration, *measured in past.metrics}
    held_out = dict(past.evaluations)
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\n").writerow
    write(
        (
            "iteration",
            f"loss (nats per window of {run.config.seq_length})",
            f"smooth loss (nats per window of {run.config.seq_length})",
            "held-out loss (nats per character)",
            "training time (s)",
        )
    )
    for iteration in sorted(losses.keys() | held_out.keys()):
        loss, smooth_loss, seconds = losses.get(iteration, (None, None, None))
        write((iteration, loss, smooth_loss, held_out.get(iteration), seconds))
    return file.getvalue()


def samples_text(store: Store, run: Run) -> str:
    """All samples, each below its iteration and moved in."""
    with store.reading() as db:
        past = _past(db, run.id, _iteration(db, run.id))
    return "\n".join(f"iteration {n}\n{indented(printable(text))}\n" for n, text in past.samples)


def _past(db: Connection, run_id: str, until: int) -> Past:
    """What lies beyond a checkpoint will be written once more: it is left out."""

    def rows(name: str, *columns: str) -> list[tuple]:
        c = getattr(schema, name).c
        query = select(c.iteration, *(c[column] for column in columns))
        query = query.where(c.run == run_id, c.iteration <= until).order_by(c.iteration)
        return [tuple(row) for row in db.execute(query)]

    numbers = {name: rows(name, *columns) for name, columns in COLUMNS.items()}
    return Past(**numbers, samples=rows("samples", "text"))


def _tables(past: Past) -> dict[Any, list[dict[str, Any]]]:
    """table -> its rows, but for the run they belong to."""
    columns = {**COLUMNS, "samples": ("text",)}
    return {
        getattr(schema, name): [
            dict(zip(("iteration", *names), row, strict=True)) for row in getattr(past, name)
        ]
        for name, names in columns.items()
    }


def _iteration(db: Connection, run_id: str) -> int:
    r = schema.runs.c
    iteration = db.execute(select(r.iteration).where(r.id == run_id)).scalar()
    if iteration is None:
        raise KeyError(run_id)
    return iteration


def _text(shelf: Shelf, saved: SavedRun, given: str | None) -> str:
    """The text of a file: from itself, or as it was given, or one that this workspace may see."""
    if saved.text is not None:
        return saved.text
    if given is not None:
        check_text(given, saved.sha256, saved.vocabulary)
        return given
    if any(run.sha256 == saved.sha256 for run in shelf.runs()):
        text = shelf.store.text(saved.sha256)
    else:
        offered = (library.load(offer.key) for offer in library.offers())
        text = next((t for t in offered if sha256_of(t) == saved.sha256), None)
    if text is None:
        raise TextNeeded(saved.sha256, saved.text_name)
    check_text(text, saved.sha256, saved.vocabulary)
    return text


def _trainer(saved: SavedRun, text: str) -> Trainer:
    """As a worker will make it. Raises BadRunFile if the state is not one of this text."""
    ids = saved.vocabulary.encode(text)
    try:
        trainer = Trainer(ids, len(saved.vocabulary), **saved.config.trainer_settings())
        trainer.restore(saved.state)
    except ValueError as problem:
        raise BadRunFile(
            f"This saved network does not fit its text: {problem}; choose another file."
        ) from problem
    return trainer


def _row(saved: SavedRun, corpus: dict[str, Any], trainer: Trainer) -> dict[str, Any]:
    """The row of a run that rests where it was saved, but for its workspace and number."""
    without_text = {name: value for name, value in corpus.items() if name != "text"}
    return new_run(Corpus(**without_text), saved.config) | {
        "name": saved.name,
        "desired": "paused",
        "status": "finished" if saved.iteration >= saved.iterations else "paused",
        "learning_rate": saved.learning_rate,
        "iterations": saved.iterations,
        "iteration": saved.iteration,
        "smooth_loss": trainer.smooth_loss,
        "seconds": saved.seconds,
        "likeliest": saved.vocabulary.decode(trainer.likeliest(LIKELIEST_LENGTH)),
    }


def _corpus(saved: SavedRun, text: str) -> dict[str, Any]:
    """The row of a text, as Texts.add_corpus writes it."""
    return {
        "sha256": saved.sha256,
        "name": saved.text_name,
        "text": text.encode(),
        "opening": text[:OPENING_CHARACTERS],
        "characters": len(text),
        "vocabulary": saved.vocabulary.characters,
        "landmarks": landmarks(saved.vocabulary.encode(text), len(saved.vocabulary)),
    }
