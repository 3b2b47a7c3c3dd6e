"""What a session remembers: the page, the run, the text, the character; and its named keys.

What is selected is written by selection.py, since it is in the URL as well. Named here is every
session key that more than one function uses. A widget whose key contains the id of its run builds
it where it is drawn; the settings are stored under their own names, see shared/settings.py.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig

RUN = "run"  # also the URL parameter: the id of a run, or the view key of another visitor's
PREVIOUS_RUN = "previous_run"
ERROR = "error"  # (message, icon) of what failed in a callback, until the page has said so
_DELETED_RUN = "deleted_run"  # the run that was deleted last, while the page says so
PAGE = "page"  # the title of the page that was drawn last
PAGE_CHANGED = "page_changed"
REDRAWS = "redraws"  # the page has asked to be drawn anew, without a click
REDRAWN = "redrawn"  # whether it is drawn anew for that reason
RUN_NOT_FOUND = "run_not_found"  # whether the page says so about the run in its link
_SHOWN_RUNS = "shown_runs"  # the ids of the runs that the page shows
TEXT = "text"  # sha256 of the selected text; also the URL parameter, for a text of one's own
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LENDERS = "lenders"  # sha256 of a text -> another visitor's run that shares it
_OWN_TEXTS = "own_texts"  # sha256 -> name of each text this visitor uploaded or pasted
_INSPECTED = "inspected"  # the character or word inspected on /alphabet

# The URL parameters of a link to settings, beside `text` and `only`.
SETTINGS_PARAMETERS = ("recipe", *RunConfig.__dataclass_fields__)
ONLY = "only"  # the controls that the link shows, () for all; also the URL parameter
FOLLOWED = "followed"  # the settings in the link that were followed last
LINK_PROBLEMS = "link_problems"  # sentences: what was left out of the link, and why

SETTINGS_OF = "settings_of"  # the run that the settings were last copied from
AGREED = "agreed"  # run id -> its live settings when page and run last agreed on them
SETTINGS = "settings"  # name -> the value that the page has for a setting
VALID_SETTINGS = "valid_settings"  # name -> the last value that is allowed
RECIPE = "recipe"  # the recipe that is selected on the page
NEXT_SETTINGS = "next_settings"  # name -> the value to set before the page is drawn again
DRAWN = "drawn"  # which values of the controls the browser may show: a DrawnControls
DRAWING = "drawing"  # the number of the drawing that the browser shows, key of a hidden control
TAKEN = "taken"  # what the controls showed when their values were taken last
DIALOG = "dialog"  # whether a dialog is open
AXIS = "axis"  # of loss charts, on every page

# On the Train page.
SOURCE = "source"
OFFER = "offer"
UPLOAD = "upload"
PASTE = "paste"
LINK_SHOWS = "link_shows"  # the controls that a copied link shows; [] for all
TRAIN_ON_UPLOAD = "train_on_upload"  # (pause_at,): Train was pressed before a file had arrived
LAST_TEXT = "last_text"  # the text uploaded or pasted last, and whether it could be read
ENCODINGS = "encodings"  # (id of the uploaded file, its encoding as guessed, all plausible ones)
STEP_SIZE = "step_size"
ANSWERED_AT = "answered_at"  # when the page had answered the last click on the main button
UNIT = "unit"
COUNTING = "counting"  # whether what counting writes is shown, key of a switch
CLICKED_SAMPLE = "clicked_sample"  # the iteration clicked in the chart, until it has been shown

TAKEN_CHALLENGE = "taken_challenge"  # the key of the challenge that the visitor has taken on
CHALLENGES = "challenges"  # whether they are open, key of an expander

# On the page /compare.
BY = "by"
AT = "at"
RUN_FILE = "run_file"
IMPORTED_FILE = "imported_file"  # the id of the file that was imported last; the run's title

# Beat the network.
BEAT = "beat_game_expander"  # whether the game is open, key of an expander
BEAT_GAME = "beat_game"  # which passage is guessed: 0, 1, 2 ...

# On the page /write.
PROMPT, LENGTH, TEMPERATURE, SAMPLE_SEED = "prompt", "length", "temperature", "sample_seed"
WRITER = "writer"  # the run whose network writes
POSITION = "position"  # of the selected character in the sample
PICKS = "picks"  # position -> index of the character that was picked there
WRITE_AT = "write_at"  # with "_" and the run's id: the iteration of its snapshot
WRITE_REQUESTS = "write_requests"  # how often the newest snapshot was requested

# The URL parameters of a sample. They change with every key pressed in the prompt, so changing them
# adds no entry to the browser's history.
WITHOUT_HISTORY_ENTRY = ("iteration", "prompt", "temperature", "seed", "length")

# On the page /inside.
LOOKED_INTO = "looked_into"  # the run that the page shows
VIEW = "view"  # the title of the view; also the URL parameter
UNITS_VIEW = "Units"
INSIDE_AT = "inside_at"  # with "_" and the run's id: the iteration of its snapshot
READS, READS_FROM, READS_LINE, READS_SEED = "reads", "reads_from", "reads_line", "reads_seed"
INSIDE_REQUESTS = "inside_requests"  # how often the newest snapshot was requested
OVER_SNAPSHOTS = "over_snapshots"
ONE_POSITION = "one_position"
HELD_UNITS, HELD_AT = "held_units", "held_at"
SURPRISAL_BEFORE = "surprisal_before"  # with "_" and the run's id: the iteration compared with
CHECKED = "checked"  # (run and iteration, the gradients that were checked there)
CLEAR_HIDDEN, CLIP_OFF = "clear_hidden", "clip_off"
HELD_OUT_FROM = "held_out_from"
HIDDEN_UNIT = "hidden_unit"  # the one that the text is colored by

# On the page /room.
WALL_VIEW = "show"  # also the URL parameter

# On the page /learn.
QUESTION = "question"  # the URL parameter: the key of the card
GUESS, LEARN_TEXT = "guess", "learn_text"  # with "_" and the key of the card

# On the page /alphabet.
SHOWN = "shown"  # the run whose text and network the page shows
FIND = "find"
SORT = "sort"
ROWS = "rows"  # (widget key of the table, its characters from top to bottom)
TYPED = "typed"
MAP = "map"  # (widget key of the map, the characters it shows)
MAP_CLICKED = "map_clicked"  # a character was clicked in the map, the other panels do not know yet
WINDOW = "window"
STREAM = "stream"
ORDER = "order"
PAGE_OF_CHARACTERS = "page_of_characters"
EMBEDDINGS_AT = "embeddings_at"  # with "_" and the run's id: the iteration of its snapshot
QUOTES, DASHES, SPACES, INVISIBLE = "quotes", "dashes", "spaces", "invisible"
COMPOSED, RARE, REPLACEMENT = "composed", "rare", "replacement"


# --- Page and run -------------------------------------------------------------------------------


def page() -> str:
    """The title of the page being drawn."""
    return str(st.session_state[PAGE])


def page_changed() -> bool:
    """Whether the page has just been opened, rather than drawn again."""
    return bool(st.session_state[PAGE_CHANGED])


def redrawn() -> bool:
    """Whether the page is drawn anew without a click, so that it has to repeat what it has said."""
    return bool(st.session_state.get(REDRAWN)) and not page_changed()


def run_id() -> str | None:
    """The id (or view key) of the selected run; None if no run is selected."""
    selected: str | None = st.session_state.get(RUN)
    return selected


def previous_run_id() -> str | None:
    """The run that was selected before the present one."""
    previous: str | None = st.session_state.get(PREVIOUS_RUN)
    return previous


def shown_runs() -> list[str]:
    """The ids of the runs that the page shows: see services.show_runs()."""
    return list(st.session_state.get(_SHOWN_RUNS, []))


def note_shown_runs(run_ids: Iterable[str]) -> None:
    """Remember which runs the page shows."""
    st.session_state[_SHOWN_RUNS] = list(run_ids)


def deleted_run() -> str | None:
    """The run that was deleted last, if the page should say so."""
    deleted: str | None = st.session_state.get(_DELETED_RUN)
    return deleted


def note_deleted(run_id: str | None) -> None:
    """Let the page say that this run was deleted; None: say nothing any more."""
    st.session_state[_DELETED_RUN] = run_id


# --- Text and character -------------------------------------------------------------------------


def text_sha256() -> str | None:
    """The selected text; None before the first selection."""
    sha256: str | None = st.session_state.get(TEXT)
    return sha256


def select_text(sha256: str) -> None:
    """Select a text that is in the store."""
    st.session_state[TEXT] = sha256


def is_sha256(text: str) -> bool:
    """Whether this could name a text of the visitor's."""
    return _SHA256.fullmatch(text) is not None


def forget_selected_text() -> None:
    """Select no text any more, because the selected one is gone; read an upload once more."""
    sha256 = text_sha256()
    state = st.session_state
    state[_OWN_TEXTS] = {key: name for key, name in own_texts().items() if key != sha256}
    for key in (TEXT, LAST_TEXT, OFFER):
        state.pop(key, None)


def shown_controls() -> tuple[str, ...]:
    """The controls that the link shows; () for all of them."""
    only: tuple[str, ...] = st.session_state.get(ONLY, ())
    return only


def shows(control: str) -> bool:
    """Whether the Train page shows a control: a name in settings_link.CONTROLS."""
    return not shown_controls() or control in shown_controls()


def borrow_text(sha256: str, run_id: str) -> None:
    """Note that the visitor has a text only as long as another visitor's run shares it."""
    if sha256 not in own_texts():
        st.session_state[_LENDERS] = st.session_state.get(_LENDERS, {}) | {sha256: run_id}


def lender(sha256: str | None) -> str | None:
    """The id of the run that shares a borrowed text; None for any other text."""
    run_id: str | None = st.session_state.get(_LENDERS, {}).get(sha256)
    return run_id


def own_texts() -> dict[str, str]:
    """The texts that this visitor uploaded or pasted, oldest first: sha256 -> name."""
    return dict(st.session_state.get(_OWN_TEXTS, {}))


def remember_text(sha256: str, name: str) -> None:
    """List a visitor's text among the texts to pick from, until the session ends."""
    st.session_state[_OWN_TEXTS] = own_texts() | {sha256: name}


def forget_text(sha256: str) -> None:
    """List a text no longer among the texts to pick from."""
    st.session_state[_OWN_TEXTS] = {k: v for k, v in own_texts().items() if k != sha256}


def inspected() -> str:
    """The character or word inspected on the page /alphabet; "" before the first."""
    return str(st.session_state.get(_INSPECTED, ""))


def inspect(text: str, *, typed: bool = False) -> None:
    """Inspect a character or word. Unless it was typed, the text box becomes empty."""
    st.session_state[_INSPECTED] = text
    if not typed:
        st.session_state[TYPED] = ""


def look_at_unit(unit: int) -> None:
    """Color the text by a hidden unit, in its view of the page /inside."""
    st.session_state[HIDDEN_UNIT] = unit
    st.session_state[VIEW] = UNITS_VIEW


# --- Widgets ------------------------------------------------------------------------------------


def set_widget(key: str, value: Any) -> None:
    """Set a widget's value, unless it has it: what is set is sent to the browser.

    There it would replace, at every refresh of a live part, what the visitor is just choosing.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def ensure_option(key: str, options: Sequence[Any]) -> None:
    """Set a widget to its first option unless it has one of them: a URL may contain anything."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
