"""The encoding of an uploaded text: said beside it, and corrected where it was guessed wrongly."""

from typing import Protocol

import streamlit as st

from charrnn.runs.texts import encodings
from charrnn.runs.texts.decoding import decode, plausible_encodings
from charrnn.ui import session


class UploadedText(Protocol):
    """What is used here of an uploaded file."""

    file_id: str

    def getvalue(self) -> bytes:
        """The bytes of the file."""


def read(file: UploadedText) -> str:
    """The text in a file, in the encoding that was chosen, or else a guess. Raises NotText."""
    data, chosen = file.getvalue(), _chosen(file)
    decoded = decode(data, chosen)
    if chosen is None:
        options = [decoded.encoding] if decoded.is_certain else plausible_encodings(data)
        st.session_state[session.ENCODINGS] = (file.file_id, decoded.encoding, options)
    return decoded.text


def identity(file: UploadedText) -> str:
    """Tells a file, read in one encoding, from all others."""
    return f"{file.file_id} {_chosen(file)}"


def draw(file: UploadedText) -> None:
    """Say which encoding the file was read in; if it was guessed, offer others."""
    of_file, guess, options = st.session_state.get(session.ENCODINGS, ("", "", []))
    if of_file != file.file_id or guess == "ascii":
        return
    name = encodings.name(_chosen(file) or guess)
    if len(options) == 1:
        st.caption(f"Read as {name}.")
        return
    st.caption(f"Read as {name}. If the text below looks wrong, choose another encoding:")
    st.selectbox(
        "Encoding",
        options,
        index=options.index(guess),
        format_func=encodings.label,
        key=_key(file),
        persist_state="session",
        label_visibility="collapsed",
        on_change=_forget_reading,
    )


def _key(file: UploadedText) -> str:
    return f"encoding_{file.file_id}"


def _chosen(file: UploadedText) -> str | None:
    chosen: str | None = st.session_state.get(_key(file))
    return chosen


def _forget_reading() -> None:
    """The text as it was read before is no longer among those to pick from."""
    last = st.session_state.get(session.LAST_TEXT)
    if last is not None:
        session.forget_text(last.sha256)
