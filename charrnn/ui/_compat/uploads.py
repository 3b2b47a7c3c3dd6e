"""The files that browsers have uploaded, which Streamlit keeps in memory."""

import time
from typing import NamedTuple

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile as UploadedFile


def uploaded_file(key: str) -> UploadedFile | None:
    """The file of an uploader, for a callback; None until it has arrived completely."""
    file = st.session_state.get(key)
    return file if isinstance(file, UploadedFile) else None


class HeldUpload(NamedTuple):
    """An uploaded file in memory. since: when it was first seen, in seconds since 1970."""

    session: str
    file_id: str
    size: int
    since: float


_first_seen: dict[str, float] = {}  # file id -> see HeldUpload


def uploaded_files() -> list[HeldUpload]:
    """All uploaded files that are in memory, the oldest first."""
    files = _uploads().file_storage
    now = time.time()
    held = [
        HeldUpload(session, file_id, len(record.data), _first_seen.setdefault(file_id, now))
        for session, records in list(files.items())
        for file_id, record in list(records.items())
    ]
    for gone in _first_seen.keys() - {file.file_id for file in held}:
        del _first_seen[gone]
    return sorted(held, key=lambda file: file.since)


def drop_upload(file: HeldUpload) -> None:
    """Free the memory of an uploaded file. Its uploader is empty from then on."""
    _uploads().remove_file(file.session, file.file_id)


def drop_uploaded(file: UploadedFile) -> None:
    """Free the memory of a file of this session that has been read."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def max_upload_bytes() -> int:
    """The largest file that Streamlit receives."""
    return int(config.get_option("server.maxUploadSize")) * 2**20


def allow_uploads(megabytes: int) -> None:
    """Let Streamlit receive files of this size, unless its own settings allow larger ones."""
    if megabytes > config.get_option("server.maxUploadSize"):
        config.set_option("server.maxUploadSize", megabytes)


def _uploads() -> MemoryUploadedFileManager:
    manager = runtime.get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return manager
