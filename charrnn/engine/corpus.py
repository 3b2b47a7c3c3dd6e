"""A text as a network sees it: a vocabulary, ids, one-hot rows, and streams of windows."""

import numpy as np

_MAX_CODE_POINT = 0x10FFFF


class Vocabulary:
    """The distinct characters of a text, in code point order, and their ids 0 ... V-1.

    The order depends on the text alone, so a model and its samples mean the same on every start.
    """

    def __init__(self, characters: str):
        """characters: distinct, in the order of their ids. Raises ValueError if one repeats."""
        if len(set(characters)) != len(characters):
            raise ValueError("a vocabulary lists every character once")
        self.characters = characters
        self._code_points = _code_points(characters)
        # Code point -> id, or V where there is none: a look-up, however long the text.
        self._ids = np.full(_MAX_CODE_POINT + 1, len(characters), np.int32)
        self._ids[self._code_points] = np.arange(len(characters))

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """The vocabulary of `text`, smallest code point first."""
        return cls(_as_text(np.flatnonzero(np.bincount(_code_points(text)))))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> np.ndarray:
        """Ids of the characters of `text`: (len(text),), the smallest unsigned type that fits.

        Raises ValueError, naming the character, if one is not in the vocabulary.
        """
        ids = self._ids[_code_points(text)]
        if ids.size and ids.max() == len(self):
            stranger = text[int(ids.argmax())]
            raise ValueError(f"{stranger!r} is not among the {len(self)} characters of this text")
        return ids.astype(np.min_scalar_type(max(len(self) - 1, 0)))

    def decode(self, ids: np.ndarray) -> str:
        """The text that `ids` stand for."""
        return _as_text(self._code_points[np.asarray(ids, dtype=np.intp)])

    def unknown(self, text: str) -> str:
        """The distinct characters of `text` that are not in the vocabulary, as they come."""
        return "".join(dict.fromkeys(c for c in text if c not in self.characters))

    def known(self, text: str) -> str:
        """`text` without the characters that are not in the vocabulary."""
        strangers = set(text).difference(self.characters)
        return "".join(c for c in text if c not in strangers)

    def one_hot(self, ids: np.ndarray, dtype: np.dtype = np.float32) -> np.ndarray:
        """One row for each id, 1 at the id and 0 elsewhere: (len(ids), V)."""
        return np.eye(len(self), dtype=dtype)[np.asarray(ids, dtype=np.intp)]


def fit_windows(n_characters: int, seq_length: int, streams: int) -> tuple[int, int]:
    """The seq_length and streams, at most those asked for, that a text of this size can carry.

    A window of T characters needs T + 1: the last target is one further on.
    Raises ValueError below two characters, where there is nothing to predict.
    """
    if n_characters < 2:
        raise ValueError("a text needs at least 2 characters: one to read and one to predict")
    streams = min(streams, n_characters // 2)
    return min(seq_length, n_characters // streams - 1), streams


def windows_in_pass(length: int, seq_length: int) -> int:
    """How many windows are read before the text wraps. length: of one stream, in characters.

    The one after would need characters beyond the end, its last target one further on.
    """
    return max(1, -(-(length - seq_length - 1) // seq_length))


def in_streams(ids: np.ndarray, streams: int) -> np.ndarray:
    """Cut a text into equal consecutive stretches and lay them side by side: (length, streams).

    Time runs down, so a window of all streams is a slice of rows. What does not fill the last
    row (fewer characters than there are streams) is left out.
    """
    length = len(ids) // streams
    return np.ascontiguousarray(ids[: length * streams].reshape(streams, length).T)


def _code_points(text: str) -> np.ndarray:
    # UTF-32 is one number for each character; surrogatepass lets any Python string through.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _as_text(code_points: np.ndarray) -> str:
    return code_points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
