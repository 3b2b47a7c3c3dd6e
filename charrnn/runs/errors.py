"""The errors that every part of `runs` may raise and every page and command reports."""


class StoreError(Exception):
    """The store cannot be used right now. The message tells people what failed and what to do."""


class OutOfSpace(StoreError):
    """The disk, or the share of it that one visitor may take, is full."""


class RunNotFound(KeyError):
    """There is no run with that key, or no longer: it was deleted."""

    def __init__(self, key: str | None):
        super().__init__(key)
        self.key = key


class TextNotShared(StoreError):
    """Another visitor's run whose link does not include its text. The message is for people."""

    def __init__(self) -> None:
        super().__init__(
            "The link to this run does not include its text: ask its owner to include it, or use "
            "a text of your own."
        )


class TextNotFound(KeyError):
    """There is no text with that hash, or no longer: no run used it, and it was pruned."""

    def __init__(self, sha256: str):
        super().__init__(sha256)
        self.sha256 = sha256
