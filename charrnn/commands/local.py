"""The local store, where the dashboard of this folder keeps its runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from charrnn.commands.terminal import WENT_WRONG, Refused


@contextmanager
def local_store(*, made: bool = False) -> Iterator:
    """The Store; what it cannot do becomes one line.

    made: whether it is made where there is none. Who only reads or removes would leave an empty one
    behind, and never hear that the folder was the wrong one.
    """
    from charrnn.runs.database import URL_VARIABLE, default_url, is_missing
    from charrnn.runs.records import StoreError
    from charrnn.runs.store import Store

    try:
        url = default_url()
        if not made and is_missing(url):
            raise Refused(
                f"there is no store here: go to the folder of the dashboard, or set {URL_VARIABLE} "
                "to where its runs are"
            )
        yield Store(url)
    except StoreError as problem:
        raise Refused(str(problem), status=WENT_WRONG) from problem
