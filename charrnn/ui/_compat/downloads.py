"""The files that pages offer for download, which Streamlit drops too early."""

import threading
from pathlib import Path
from typing import Any, cast

from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind

MAX_DOWNLOAD_BYTES = 256 * 2**20  # of all files that were made; a single one may be larger


class Downloads:
    """The files that download buttons make, and the functions that make them.

    Streamlit drops such a file after two script runs, on whatever pages, and such a function when
    its page is drawn anew. If many pages are live, that is before a browser has fetched the file,
    or has heard of the new function, and the download fails. With this, both stay until
    drop_unused() has found them unused twice.
    """

    def __init__(self, manager: MediaFileManager):
        self._manager = cast("Any", manager)  # three of its methods are replaced
        self._make = manager.execute_deferred
        self._drop_unused = manager.remove_orphaned_files
        self._unused: set[str] = set()  # functions, as of the last call of drop_unused()
        self._making = threading.Lock()  # making a file may take several times its size
        self._manager.execute_deferred = self._make_within_bounds
        self._manager.remove_orphaned_files = lambda: None  # called after each script run
        self._manager._remove_orphaned_deferred_callables = self._drop_unused_functions

    def drop_unused(self) -> None:
        """Drop the files and functions that no page has used since before the last call."""
        self._drop_unused()

    def _drop_unused_functions(self) -> None:
        pages = self._manager._files_by_session_and_coord.values()
        used = {file_id for files in pages for file_id in files.values()}
        unused = self._manager._deferred_callables.keys() - used
        for function in unused & self._unused:
            self._manager._drop_deferred_id(function)
        self._unused = unused

    def _make_within_bounds(self, function: str) -> str:
        """Make the file of a button that was clicked; returns its URL."""
        with self._making:
            url = self._make(function)
            self._drop_oldest(newest=Path(url).stem)
        return url

    def _drop_oldest(self, newest: str) -> None:
        """Drop files until all of them fit into MAX_DOWNLOAD_BYTES. newest: stays in any case."""
        with self._manager._lock:
            files = self._manager._file_metadata
            files[newest] = files.pop(newest)  # the last, even if it was made before, too
            sizes = {
                file: self._manager._storage.get_file(file).content_size
                for file, metadata in files.items()
                if metadata.kind == MediaFileKind.DOWNLOADABLE
            }
            for file in [*sizes][:-1]:
                if sum(sizes.values()) <= MAX_DOWNLOAD_BYTES:
                    break
                self._manager._delete_file(file)
                del sizes[file]


def media_files() -> MediaFileManager | None:
    """Streamlit's manager of the files that pages show and offer; None outside of a server."""
    return runtime.get_instance().media_file_mgr if runtime.exists() else None
