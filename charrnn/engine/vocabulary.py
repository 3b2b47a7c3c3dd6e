"""The vocabulary of a text: its distinct characters, their ids, and their one-hot vectors."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from charrnn.engine.arrays import FloatArray, IntArray

_MAX_CODE_POINT = 0x10FFFF


class Vocabulary:
    """The distinct characters of a text, in code point order, and their ids 0 ... V-1.

    The order depends on the text alone, so a saved model means the same in every process.
    """

    def __init__(self, characters: str) -> None:
        """characters: distinct, in the order of their ids. Raises ValueError if one repeats."""
        if len(set(characters)) != len(characters):
            raise ValueError("a vocabulary lists every character once")
        self.characters = characters
        self._code_points = code_points(characters)
        # A table from code point to id, with V where there is none: encoding is one lookup per
        # character, whatever the size of the vocabulary.
        self._ids = np.full(_MAX_CODE_POINT + 1, len(characters), np.int32)
        self._ids[self._code_points] = np.arange(len(characters))

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """The vocabulary of `text`, smallest code point first."""
        return cls(_as_text(np.flatnonzero(np.bincount(code_points(text)))))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> IntArray:
        """The ids of the characters of `text`: (len(text),), the smallest unsigned type that fits.

        Raises ValueError, naming the character, if one is not in the vocabulary.
        """
        ids = self._ids[code_points(text)]
        if ids.size and ids.max() == len(self):
            unknown_character = text[int(ids.argmax())]
            raise ValueError(
                f"{unknown_character!r} is not among the {len(self)} characters of this text"
            )
        return ids.astype(np.min_scalar_type(max(len(self) - 1, 0)))

    def decode(self, ids: ArrayLike) -> str:
        """The text with these ids."""
        return _as_text(self._code_points[np.asarray(ids, dtype=np.intp)])

    def unknown(self, text: str) -> str:
        """The distinct characters of `text` that are not in the vocabulary, in text order."""
        return "".join(dict.fromkeys(c for c in text if c not in self.characters))

    def known(self, text: str) -> str:
        """`text` without the characters that are not in the vocabulary."""
        unknown_characters = set(text).difference(self.characters)
        return "".join(c for c in text if c not in unknown_characters)

    def one_hot(self, ids: ArrayLike, dtype: DTypeLike = np.float32) -> FloatArray:
        """One row per id, 1 at the id and 0 elsewhere: (len(ids), V)."""
        ids = np.asarray(ids, dtype=np.intp)
        rows = np.zeros((len(ids), len(self)), dtype)
        rows[np.arange(len(ids)), ids] = 1
        return rows


def code_points(text: str) -> NDArray[np.uint32]:
    """The Unicode code point of each character of a text, (n,)."""
    # UTF-32 has one number per character; surrogatepass accepts any Python string.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _as_text(code_points: IntArray) -> str:
    return code_points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
