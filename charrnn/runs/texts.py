"""The texts that are kept, each once, under the hash of what it says."""

import hashlib

from sqlalchemy import select

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.landmarks import Landmarks, landmarks
from charrnn.runs import schema
from charrnn.runs.database import Database
from charrnn.runs.records import Corpus

OPENING_CHARACTERS = 600


class Texts(Database):
    """The corpora of a store."""

    def add_corpus(self, name: str, text: str) -> Corpus:
        """Keep a text; the same text twice is kept once, under its first name."""
        data = text.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            return self.corpus(sha256)
        except KeyError:
            pass
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
