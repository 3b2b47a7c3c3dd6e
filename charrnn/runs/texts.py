"""The texts that are kept, each once, under the hash of what it says."""

import hashlib
import time
from contextlib import suppress

from sqlalchemy import select, update

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.landmarks import Landmarks, landmarks
from charrnn.runs import schema
from charrnn.runs.database import Database
from charrnn.runs.records import Corpus, StoreError

OPENING_CHARACTERS = 600
NOTE_SECONDS = 3600.0  # between two notes that a text was brought again


class Texts(Database):
    """The corpora of a store."""

    def add_corpus(self, name: str, text: str) -> Corpus:
        """Keep a text; the same text twice is kept once, under its first name."""
        data = text.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        with suppress(KeyError):
            known = self.corpus(sha256)
            if self._brought_again(sha256):
                return known
        vocabulary = Vocabulary.of(text)
        row = {
            "sha256": sha256,
            "name": name,
            "text": data,
            "opening": text[:OPENING_CHARACTERS],
            "characters": len(text),
            "vocabulary": vocabulary.characters,
            "landmarks": landmarks(vocabulary.encode(text), len(vocabulary)),
        }
        with self.writing() as db:
            db.execute(self.insert(schema.corpora).values(row).on_conflict_do_nothing())
        return self.corpus(sha256)

    def _brought_again(self, sha256: str) -> bool:
        """Note it now and then; False if the text was tidied away meanwhile."""
        c, now = schema.corpora.c, time.time()
        with self.reading() as db:
            added_at = db.execute(select(c.added_at).where(c.sha256 == sha256)).scalar()
        if added_at and added_at > now - NOTE_SECONDS:
            return True
        again = update(schema.corpora).where(c.sha256 == sha256).values(added_at=now)
        try:
            with self.writing() as db:
                return db.execute(again).rowcount == 1
        except StoreError:
            return True  # a full disk is no reason to refuse what is there

    def corpus(self, sha256: str) -> Corpus:
        """Raises KeyError if there is none."""
        c = schema.corpora.c
        columns = c.sha256, c.name, c.opening, c.characters, c.vocabulary, c.landmarks
        with self.reading() as db:
            row = db.execute(select(*columns).where(c.sha256 == sha256)).first()
        if row is None:
            raise KeyError(sha256)
        return Corpus(*row[:-1], landmarks=Landmarks(*row.landmarks))

    def text(self, sha256: str) -> str:
        """The whole text of a corpus. Raises KeyError."""
        c = schema.corpora.c
        with self.reading() as db:
            data = db.execute(select(c.text).where(c.sha256 == sha256)).scalar()
        if data is None:
            raise KeyError(sha256)
        return data.decode()
