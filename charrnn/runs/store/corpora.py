"""The texts of the store: each is stored once, identified by its SHA-256."""

import hashlib
from contextlib import suppress
from functools import cache
from typing import Any

from sqlalchemy import select, update

from charrnn.engine.analysis.baselines import Baselines, baselines
from charrnn.engine.arrays import IntArray
from charrnn.engine.corpus import training_length
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError, TextNotFound
from charrnn.runs.store import schema
from charrnn.runs.store.clock import Now
from charrnn.runs.store.database import Database
from charrnn.runs.store.records import Corpus
from charrnn.runs.texts import library

OPENING_CHARACTERS = 600
ADDED_AT_SECONDS = 3600.0  # between two updates of added_at, however often a text is added


class Corpora:
    """The table of texts. Every method raises StoreError if the database fails."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, name: str, text: str) -> Corpus:
        """Store a text; returns its description under this name.

        The name is not stored: whoever adds the same text must not learn what others call it.
        """
        sha256 = sha256_of(text)
        with suppress(TextNotFound):
            known = self.get(sha256, name)
            if self._renew(sha256):
                return known
        row = corpus_row(text)
        with self._database.writing() as db:
            db.execute(self._database.insert(schema.corpora).values(row).on_conflict_do_nothing())
        return self.get(sha256, name)

    def _renew(self, sha256: str) -> bool:
        """Update added_at if it is old, so that pruning spares the text for another day.

        Returns False if the text has been deleted meanwhile.
        """
        c = schema.corpora.c
        with self._database.reading() as db:
            age = db.execute(select(Now() - c.added_at).where(c.sha256 == sha256)).scalar()
        if age is not None and 0 <= age < ADDED_AT_SECONDS:
            return True
        renewed = update(schema.corpora).where(c.sha256 == sha256).values(added_at=Now())
        try:
            with self._database.writing() as db:
                return db.execute(renewed).rowcount == 1
        except StoreError:
            return True  # the text itself can be read, even if the disk is full

    def get(self, sha256: str, name: str = "") -> Corpus:
        """The description of a text, under this name. Raises TextNotFound."""
        c = schema.corpora.c
        columns = c.opening, c.characters, c.vocabulary, c.baselines
        with self._database.reading() as db:
            row = db.execute(select(*columns).where(c.sha256 == sha256)).first()
        if row is None:
            raise TextNotFound(sha256)
        return Corpus(sha256, name, *row[:-1], baselines=Baselines(*row.baselines))

    def text(self, sha256: str) -> str:
        """The whole text. Raises TextNotFound."""
        c = schema.corpora.c
        with self._database.reading() as db:
            data: bytes | None = db.execute(select(c.text).where(c.sha256 == sha256)).scalar()
        if data is None:
            raise TextNotFound(sha256)
        return data.decode()


def sha256_of(text: str) -> str:
    """The hash that identifies a text: SHA-256 of its UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def baselines_for(ids: IntArray, vocab_size: int, held_out: float) -> Baselines:
    """The baselines of a text. ids: the text, (n,). held_out: the share of it that is held out."""
    return baselines(ids, vocab_size, training_length(len(ids), held_out))


@cache
def library_titles() -> dict[str, str]:
    """SHA-256 -> title of each text of the library. Everybody may read these texts."""
    return {sha256_of(library.load(entry.key)): entry.title for entry in library.available()}


def corpus_row(text: str) -> dict[str, Any]:
    """The row of a text in schema.corpora."""
    vocabulary = Vocabulary.of(text)
    ids, held_out = vocabulary.encode(text), RunConfig().held_out
    return {
        "sha256": sha256_of(text),
        "text": text.encode(),
        "opening": text[:OPENING_CHARACTERS],
        "characters": len(text),
        "vocabulary": vocabulary.characters,
        "baselines": baselines_for(ids, len(vocabulary), held_out),
    }
