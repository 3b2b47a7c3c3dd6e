"""StoreError, which every part of `runs` may raise and every page and command reports."""


class StoreError(Exception):
    """The store cannot be used right now. The message tells people what failed and what to do."""
