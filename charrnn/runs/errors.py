"""The errors that every part of `runs` may raise and every page and command reports."""


class StoreError(Exception):
    """The store cannot be used right now. The message tells people what failed and what to do."""


class RunNotFound(KeyError):
    """There is no run with that key, or not any more: it was deleted."""

    def __init__(self, key: str | None):
        super().__init__(key)
        self.key = key
