"""The local store, where the dashboard in the current folder keeps its runs."""

from typing import TYPE_CHECKING

from charrnn.commands.terminal import CommandError

if TYPE_CHECKING:
    from charrnn.runs.store.store import Store


def local_store(*, create: bool = False, pruning: bool = False) -> "Store":
    """The local store. Raises CommandError if there is none, StoreError if it cannot be opened.

    create: create the store if there is none. Commands that only read or delete do not: an empty
    store would be left behind and hide that the folder is the wrong one. pruning: first free the
    space that is reserved for it.
    """
    from charrnn.runs.store.database import free_reserve
    from charrnn.runs.store.database_errors import as_store_errors
    from charrnn.runs.store.store import Store
    from charrnn.runs.store.url import URL_VARIABLE, default_url, is_missing

    url = default_url()
    with as_store_errors("opened"):
        missing = is_missing(url)
    if missing and not create:
        raise CommandError(
            "there is no store here: change to the folder of the dashboard, or set "
            f"{URL_VARIABLE} to where its runs are"
        )
    if pruning:
        free_reserve(url)
    return Store(url)
