"""The one owner of URL parameters and session keys.

The URL says which run is seen, so that reload, bookmark and another browser find it again. It also
holds the key of the workspace, but only beside a run of that workspace: a link to somebody else's
run gives nothing away. The settings, which are many, are in settings.py.
"""

import re
import secrets
from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_RUN = "run"  # the same name in the URL: the id of a run, or the key to look at somebody else's
_WORKSPACE = "w"  # the same name in the URL
_WORKSPACE_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")
_COOKIE = "charrnn_workspace"
_NEW = "new_workspace"  # the browser does not know the key yet
_COOKIE_SECONDS = 365 * 24 * 3600
_PREVIOUS_RUN = "previous_run"
_TEXT = "text"  # sha256 of the text that is chosen
_OWN_TEXTS = "own_texts"  # sha256 -> the name under which this visitor brought a text
_PAGE = "page"  # the page that was drawn last
_OWN_RUN = "own_run"  # the run in the link, once it is known to be the visitor's own
_ENTERED = "entered"

MAX_COMPARED = 12

SETTINGS_OF = "settings_of"  # the run that the settings were last taken from
AGREED = "agreed"  # run -> its live settings, as page and run last agreed on them
DIALOG = "dialog"  # whether one is open
TAKEN = "taken"  # the text that was last brought, and what became of it

SOURCE = "source"
OFFER = "offer"
UPLOAD = "upload"
PASTE = "paste"
STEP_SIZE = "step_size"
UNIT = "unit"
AXIS = "axis"
CLICKED_SAMPLE = "clicked_sample"  # an iteration on the curve, until the page has gone there

# On the page /compare. The first three stand in the URL too, under the same names.
_COMPARED = "compare"  # ids of runs, or keys to look at somebody else's, as a list
RUN_FILE = "run_file"
BROUGHT = "brought"  # the uploaded file that has become a run
BY = "by"
AT = "at"
_DELETED = "deleted_run"  # what was thrown away last, to take back

# On the page /write.
PROMPT, LENGTH, TEMPERATURE, DICE = "prompt", "length", "temperature", "dice"
WRITER = "writer"  # the run that writes
PLACE = "place"  # of the character that is looked at, among those that were written
PICKS = "picks"  # place -> index of the character that was picked there
VOCABULARY = "vocabulary"  # of the network that writes
WRITE_AT = "write_at"  # the moment of the run
NEWEST_ASKED = "newest_asked"  # how often the newest moment was asked for

# On the page /alphabet.
FIND = "find"
SORT = "sort"
ROWS = "rows"  # (key of the table that is shown, its characters from top to bottom)
TYPED = "typed"
MAP = "map"  # (key of the map that is shown, the characters of its text)
PICKED = "picked"  # a character of the map was clicked, the rest of the page does not know yet
WINDOW = "window"
STREAM = "stream"
ORDER = "order"
PAGE_OF_CHARACTERS = "page_of_characters"
MOMENT = "moment"
QUOTES, DASHES, RARE, REPLACEMENT = "quotes", "dashes", "rare", "replacement"
_SEEN = "seen"  # the character, or the word, that is looked at


def keep_url(page: str) -> None:
    """Take the run from the URL into the session.

    Without one in the URL, either the visitor has gone to another page, which drops it and it is
    written again, or has gone back in the browser to where there was no run.
    """
    state = st.session_state
    _enter_workspace()
    if _RUN in st.query_params:
        state[_RUN] = st.query_params[_RUN]
    elif state.get(_RUN) and state.get(_PAGE) == page:
        select_run(None)
    elif state.get(_RUN):
        st.query_params.update(link_to_seen())
    state[_ENTERED] = state.get(_PAGE) != page
    state[_PAGE] = page


def link_to(run_id: str, *, own: bool) -> dict[str, str]:
    """What the URL says when a run is seen.

    A page that finds in the URL what it would write there writes nothing. Whatever it writes is a
    step for the browser to go back, so all is written at once.
    """
    return ({_WORKSPACE: workspace()} if own else {}) | {_RUN: run_id}


def link_to_seen() -> dict[str, str]:
    """What the URL says of the run that is seen; nothing before the first."""
    seen = run_id()
    return link_to(seen, own=st.session_state.get(_OWN_RUN) == seen) if seen else {}


def _enter_workspace() -> None:
    """The visitor's own: that of the link, or of this browser, or else a new one."""
    state = st.session_state
    linked = st.query_params.get(_WORKSPACE, "")
    if _WORKSPACE_KEY.fullmatch(linked):
        state[_WORKSPACE] = linked
    elif _WORKSPACE not in state:
        kept = st.context.cookies.get(_COOKIE, "")
        state[_NEW] = not _WORKSPACE_KEY.fullmatch(kept)
        state[_WORKSPACE] = secrets.token_urlsafe(24) if state[_NEW] else kept


def remember_workspace() -> None:
    """Let the browser keep the key, for the next visit without a link. Draws nothing to be seen.

    Only a key that was made here: one from a link may be anybody's.
    """
    if st.session_state.pop(_NEW, False):
        cookie = f"{_COOKIE}={workspace()}; path=/; max-age={_COOKIE_SECONDS}; SameSite=Strict"
        script = f"<script>document.cookie = '{cookie}';</script>"
        st.html(script, unsafe_allow_javascript=True)


def workspace() -> str:
    """The key of the visitor's workspace: whoever knows it owns its runs."""
    return st.session_state[_WORKSPACE]


def show_workspace(owned: bool) -> None:
    """Put the key of the workspace into the link to a run of its own, and into no other."""
    st.session_state[_OWN_RUN] = run_id() if owned else None
    if owned and st.query_params.get(_WORKSPACE) != workspace():
        st.query_params[_WORKSPACE] = workspace()
    elif not owned:
        st.query_params.pop(_WORKSPACE, None)


def page() -> str:
    """The title of the page that is drawn."""
    return st.session_state[_PAGE]


def entered() -> bool:
    """Whether the page has just been gone to."""
    return st.session_state[_ENTERED]


def run_id() -> str | None:
    """The run that is seen, or None before the first."""
    return st.session_state.get(_RUN)


def previous_run_id() -> str | None:
    """The run that was seen before a reset."""
    return st.session_state.get(_PREVIOUS_RUN)


def select_run(run_id: str | None) -> None:
    """Show a run; None is the page before the first. The one before can be gone back to."""
    state = st.session_state
    state[_PREVIOUS_RUN] = state.get(_RUN) if state.get(_RUN) != run_id else None
    state[_RUN] = run_id
    state[SETTINGS_OF] = None
    if run_id is None:
        st.query_params.pop(_RUN, None)
    else:
        state[_OWN_RUN] = run_id
        st.query_params.update(link_to(run_id, own=True))


def begin_run(run_id: str) -> None:
    """Show a run that was just made from the settings on the page: they stay as they are."""
    select_run(run_id)
    st.session_state[SETTINGS_OF] = run_id


def forget_run() -> None:
    """Show no run, and do not offer to go back: it is not there."""
    select_run(None)
    st.session_state[_PREVIOUS_RUN] = None


def keep_comparison() -> None:
    """Take the comparison from the URL into the session, or write it there again.

    How it is looked at stands in the session; a step back or forward in the browser asks for it as
    it was.
    """
    state, query = st.session_state, st.query_params
    stepped = get_script_run_ctx().is_history_navigation
    if _COMPARED in query:
        state[_COMPARED] = [key for key in query[_COMPARED].split(",") if key][:MAX_COMPARED]
    for name in (BY, AT, AXIS):
        if name in query and (stepped or name not in state):
            state[name] = query[name]


def show_comparison(*, owned: bool) -> None:
    """Write into the URL what is compared, and how it is looked at: all at once, see link_to()."""
    state = st.session_state
    shown = {_WORKSPACE: workspace() if owned else "", _COMPARED: ",".join(compared() or [])}
    shown |= {name: str(state[name]) for name in (BY, AT, AXIS) if state.get(name) is not None}
    before = st.query_params.to_dict()
    after = {name: value for name, value in (before | shown).items() if value}
    if after != before:
        st.query_params.from_dict(after)


def compared() -> list[str] | None:
    """The runs that are compared; None before any were chosen."""
    return st.session_state.get(_COMPARED)


def compare(run_ids: list[str]) -> None:
    st.session_state[_COMPARED] = run_ids[:MAX_COMPARED]
    if _COMPARED in st.query_params:
        st.query_params[_COMPARED] = ",".join(run_ids[:MAX_COMPARED])


def deleted_run() -> str | None:
    """The run that was thrown away last and can be taken back."""
    return st.session_state.get(_DELETED)


def note_deleted(run_id: str | None) -> None:
    st.session_state[_DELETED] = run_id


def drop_unless(key: str, options: Iterable[str]) -> None:
    """Forget a choice that is none of its options: a link may say anything."""
    if key in st.session_state and st.session_state[key] not in options:
        del st.session_state[key]


def text_sha256() -> str | None:
    return st.session_state.get(_TEXT)


def select_text(sha256: str) -> None:
    st.session_state[_TEXT] = sha256


def seen() -> str:
    """What is looked at on the page /alphabet: a character or a word; "" before the first."""
    return st.session_state.get(_SEEN, "")


def see(text: str, *, typed: bool = False) -> None:
    """Look at a character or a word. What was not typed leaves nothing in the box for typing."""
    st.session_state[_SEEN] = text
    if not typed:
        st.session_state[TYPED] = ""


def own_texts() -> dict[str, str]:
    """The texts that the visitor brought, oldest first: sha256 -> name."""
    return dict(st.session_state.get(_OWN_TEXTS, {}))


def remember_text(sha256: str, name: str) -> None:
    """Offer a text that the visitor brought for as long as the session lasts."""
    st.session_state[_OWN_TEXTS] = own_texts() | {sha256: name}
