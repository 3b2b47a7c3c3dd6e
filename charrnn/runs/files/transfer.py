"""Exporting runs from a store as files, and importing them into a workspace."""

import csv
import io
from dataclasses import replace
from typing import Any

from charrnn.engine.arrays import IntArray
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import GREEDY_SAMPLE_LENGTH
from charrnn.runs.events import log_event
from charrnn.runs.files import archive
from charrnn.runs.files.archive import SavedRun
from charrnn.runs.files.validation import BadRunFile, check_text
from charrnn.runs.limits import Limits
from charrnn.runs.serialization import DamagedState, state_from_bytes, state_to_bytes
from charrnn.runs.store.corpora import baselines_for, corpus_row, sha256_of
from charrnn.runs.store.losses import loss_figures
from charrnn.runs.store.records import Corpus, FullHistory, Run
from charrnn.runs.store.runs import new_run_row
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.texts import library
from charrnn.runs.texts.printable import indented

# Of evaluations and of samples. Without a break, samples of the default length come to this number
# in an hour; see also history.MAX_SAMPLED_CHARACTERS.
MAX_ROWS = 250_000


class NoCheckpoint(Exception):
    """A run that has no checkpoint to export yet; the message is a sentence for people."""


class TextNeeded(BadRunFile):
    """A file without its text, which nothing else in the workspace provides either."""

    def __init__(self, sha256: str, name: str):
        super().__init__(
            "This file does not include its text, and the network can only continue with the same "
            f"one: upload {name!r} first, whose SHA-256 begins with {sha256[:12]}."
        )
        self.sha256, self.name = sha256, name


def export_run(store: Store, run: Run, *, with_text: bool) -> bytes:
    """The file of a run, as of its newest checkpoint.

    Raises NoCheckpoint, KeyError if the run is gone, BadRunFile if it is too large or damaged.
    """
    saved = store.history.at_checkpoint(run.id)
    if saved is None:
        raise NoCheckpoint(
            "This run has nothing to save yet, since it has only just begun: let it train for a "
            "few seconds, then try again."
        )
    corpus = store.corpora.get(run.sha256)
    try:
        state = state_from_bytes(saved.state)
    except DamagedState as error:
        raise BadRunFile(str(error)) from error
    return archive.to_bytes(
        SavedRun(
            vocabulary=Vocabulary(corpus.vocabulary),
            config=run.config,
            state=state,
            history=saved.history,
            seconds=saved.seconds,
            name=saved.run.name,
            learning_rate=saved.run.learning_rate,
            iterations=saved.run.iterations,
            sha256=run.sha256,
            text_name=run.text_name,
            text=store.corpora.text(run.sha256) if with_text else None,
        )
    )


def import_run(workspace: Workspace, data: bytes, *, text: str | None = None) -> Run:
    """A new run of this workspace from a file: paused, and ready to continue.

    On the same kind of processor it continues to the same bits as the run that was saved.

    text: the one it learned from, if the file does not include it. It need not be given if a run
    of this workspace has it or if it is in the library. A text that only other visitors have must
    be given: its hash alone does not give access to it.

    Everything is checked first, then all of it is written or nothing. Of very many evaluations
    or samples, only every 2nd, 4th ... is taken. Raises TextNeeded, BadRunFile, or OutOfSpace.
    """
    workspace.quota.ensure_space(len(data))
    saved = archive.from_bytes(data, Limits.from_environment())
    if saved.sha256 is None:
        raise BadRunFile(
            "This file was saved by an earlier charrnn without what is needed to continue "
            "training: sample from it (python -m charrnn sample), or train anew."
        )
    text = _text(workspace, saved, saved.sha256, text)
    corpus, state = corpus_row(text), state_to_bytes(saved.state)
    # As a checkpoint and as a snapshot.
    workspace.quota.ensure_space(2 * len(state) + len(corpus["text"]), keep=saved.sha256)
    ids = saved.vocabulary.encode(text)
    row = _run_row(saved, corpus, _trainer(saved, ids)) | {
        "address": workspace.address,
        "baselines": baselines_for(ids, len(saved.vocabulary), saved.config.held_out),
    }
    run = workspace.store.history.add_trained_run(
        workspace.key,
        corpus=corpus,
        run=row,
        history=_thinned(saved.history),
        iteration=saved.iteration,
        seconds=saved.seconds,
        state=state,
    )
    log_event("imported", run=run.id, iteration=saved.iteration)
    return run


def curve_csv(store: Store, run: Run) -> str:
    """All losses as CSV, with a row for each iteration that has any. Raises KeyError."""
    history = store.history.full(run.id)
    metrics = {iteration: values for iteration, *values in history.metrics}
    held_out = dict(history.evaluations)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(
        (
            "iteration",
            f"loss (nats per window of {run.config.seq_length})",
            f"smooth loss (nats per window of {run.config.seq_length})",
            "held-out loss (nats per character)",
            "training time (s)",
        )
    )
    for iteration in sorted(metrics.keys() | held_out.keys()):
        loss, smooth_loss, seconds = metrics.get(iteration, (None, None, None))
        writer.writerow((iteration, loss, smooth_loss, held_out.get(iteration), seconds))
    return file.getvalue()


def samples_text(store: Store, run: Run) -> str:
    """All samples, each indented below its iteration. Raises KeyError."""
    history = store.history.full(run.id)
    return "\n".join(f"iteration {n}\n{indented(text)}\n" for n, text in history.samples)


def _text(workspace: Workspace, saved: SavedRun, sha256: str, given: str | None) -> str:
    """The text of a saved run: included, or given, or one that this workspace has access to."""
    if saved.text is not None:
        return saved.text
    text = given
    if text is None and any(run.sha256 == sha256 for run in workspace.runs()):
        text = workspace.store.corpora.text(sha256)
    if text is None:
        library_texts = (library.load(entry.key) for entry in library.available())
        text = next((t for t in library_texts if sha256_of(t) == sha256), None)
    if text is None:
        raise TextNeeded(sha256, saved.text_name)
    check_text(text, sha256, saved.vocabulary)
    return text


def _trainer(saved: SavedRun, ids: IntArray) -> Trainer:
    """A trainer as a worker will make it. Raises BadRunFile if the state does not fit the text."""
    try:
        trainer = Trainer(ids, len(saved.vocabulary), **saved.config.trainer_settings())
        trainer.restore(dict(saved.state))
    except ValueError as problem:
        raise BadRunFile(
            f"This saved run does not fit its text: {problem}; choose another file."
        ) from problem
    return trainer


def _thinned(history: FullHistory) -> FullHistory:
    """The history without some of its evaluations and samples if there are more than MAX_ROWS."""
    tables = {name: getattr(history, name) for name in ("evaluations", "samples")}
    return replace(
        history,
        **{name: rows.thinned(MAX_ROWS) for name, rows in tables.items() if len(rows) > MAX_ROWS},
    )


def _run_row(saved: SavedRun, corpus: dict[str, Any], trainer: Trainer) -> dict[str, Any]:
    """The row of a run paused where it was saved, still without its workspace and number."""
    without_text = {name: value for name, value in corpus.items() if name != "text"}
    return new_run_row(Corpus(name=saved.text_name, **without_text), saved.config) | {
        "name": saved.name,
        "desired": "paused",
        "status": "finished" if saved.iteration >= saved.iterations else "paused",
        "learning_rate": saved.learning_rate,
        "iterations": saved.iterations,
        "iteration": saved.iteration,
        "smooth_loss": trainer.smooth_loss,
        **loss_figures(saved.history.metrics, saved.iteration, trainer.smooth_loss)._asdict(),
        "seconds": saved.seconds,
        "greedy_sample": saved.vocabulary.decode(trainer.greedy_sample(GREEDY_SAMPLE_LENGTH)),
    }
