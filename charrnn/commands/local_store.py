"""The local store, where the dashboard in the current folder keeps its runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from charrnn.commands.terminal import FAILED, CommandError

if TYPE_CHECKING:
    from charrnn.runs.store.store import Store


@contextmanager
def local_store(*, create: bool = False, pruning: bool = False) -> Iterator["Store"]:
    """The local store. Every StoreError becomes a CommandError.

    create: create the store if there is none. Commands that only read or delete do not: an empty
    store would be left behind and hide that the folder is the wrong one.
    """
    from charrnn.runs.errors import StoreError
    from charrnn.runs.store.database import free_reserve
    from charrnn.runs.store.store import Store
    from charrnn.runs.store.url import URL_VARIABLE, default_url, is_missing

    try:
        url = default_url()
        if not create and is_missing(url):
            raise CommandError(
                "there is no store here: change to the folder of the dashboard, or set "
                f"{URL_VARIABLE} to where its runs are"
            )
        if pruning:
            free_reserve(url)
        yield Store(url)
    except StoreError as problem:
        raise CommandError(str(problem), status=FAILED) from problem
