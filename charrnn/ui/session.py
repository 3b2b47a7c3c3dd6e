"""What a session has selected: the page, the run, the text, the character; and its named keys.

The URL parameter `run` names the selected run, so that a reload, a bookmark or another browser
finds it again. `text` names a text that the visitor uploaded and has not trained on yet. A link to
settings has the parameters of shared/settings_link.py, until a run is selected; its `only` stays.
The other URL parameters are handled in workspace_key.py and comparison.py.

Named here is every session key that more than one function uses. A widget whose key contains the
id of its run builds it where it is drawn; the settings are stored under their own names, see
shared/settings.py.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from charrnn.runs.config import RunConfig
from charrnn.ui import workspace_key
from charrnn.ui._compat import is_history_navigation

_RUN = "run"  # also the URL parameter: the id of a run, or the view key of another visitor's
_PREVIOUS_RUN = "previous_run"
_DELETED_RUN = "deleted_run"  # the run that was deleted last, while the page says so
_PAGE = "page"  # the title of the page that was drawn last
_PAGE_CHANGED = "page_changed"
_SHOWN_RUNS = "shown_runs"  # the ids of the runs that the page shows
_TEXT = "text"  # sha256 of the selected text; also the URL parameter, for a text of one's own
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LENDERS = "lenders"  # sha256 of a text -> another visitor's run that shares it
_OWN_TEXTS = "own_texts"  # sha256 -> name of each text this visitor uploaded or pasted
_INSPECTED = "inspected"  # the character or word inspected on /alphabet

# The URL parameters of a link to settings, beside `text` and `only`.
SETTINGS_PARAMETERS = ("recipe", *RunConfig.__dataclass_fields__)
ONLY = "only"  # the controls that the link shows, () for all; also the URL parameter
FOLLOWED = "followed"  # the settings in the link that were followed last
LINK_PROBLEMS = "link_problems"  # sentences: what of the link was left out

SETTINGS_OF = "settings_of"  # the run that the settings were last copied from
AGREED = "agreed"  # run id -> its live settings when page and run last agreed on them
VALID_SETTINGS = "valid_settings"  # name -> the last value that is allowed
RECIPE = "recipe"  # the recipe that is selected on the page
DRAWN_RECIPE = "drawn_recipe"  # and the one that was when the page was drawn last
NEXT_SETTINGS = "next_settings"  # name -> the value to set before the page is drawn again
SLIDERS = "sliders"  # name of a setting -> the value at which its slider was drawn last
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
IMPORTED_FILE = "imported_file"  # the id of the uploaded file that was imported last

# Beat the network.
BEAT = "beat_game_expander"  # whether the game is open, key of an expander
BEAT_GAME = "beat_game"  # which passage is guessed: 0, 1, 2 ...
HUMAN_SCORES = "human_scores"  # sha256 of a text -> the visitor's score in the newest game

# On the page /write.
PROMPT, LENGTH, TEMPERATURE, SAMPLE_SEED = "prompt", "length", "temperature", "sample_seed"
WRITER = "writer"  # the run whose network writes
POSITION = "position"  # of the selected character in the sample
PICKS = "picks"  # position -> index of the character that was picked there
WRITE_AT = "write_at"  # with "_" and the run's id: the iteration of its snapshot
NEWEST_REQUESTS = "newest_requests"  # how often the newest snapshot was requested

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
SURPRISE_BEFORE = "surprise_before"  # with "_" and the run's id: the iteration compared with
CHECKED = "checked"  # (run and iteration, the gradients that were checked there)
CLEAR_MEMORY, CLIP_OFF = "clear_memory", "clip_off"
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


def read_url(page: str) -> None:
    """Take key and run from the URL into the session; `page` is the page being drawn.

    The URL decides in a new session, after a link, and after a step back or forward in the
    browser's history. Otherwise the session does: a click may still come with the URL from before
    the last run was selected, and the navigation drops the parameters.
    """
    state = st.session_state
    workspace_key.enter()
    state[_PAGE_CHANGED] = state.get(_PAGE) != page
    linked = st.query_params.get(_RUN)
    if is_history_navigation() or _PAGE not in state or (linked and state[_PAGE_CHANGED]):
        if linked:
            state[_RUN] = linked
        elif state.get(_RUN):  # the visitor has stepped back to before there was a run
            state[_PREVIOUS_RUN], state[_RUN] = state[_RUN], None
            state[SETTINGS_OF] = None
    elif state[_PAGE_CHANGED] or linked != state.get(_RUN):
        _put_in_url(link_to_selected(), instead_of=(_RUN,))
    state[_PAGE] = page


def page() -> str:
    """The title of the page being drawn."""
    return str(st.session_state[_PAGE])


def page_changed() -> bool:
    """Whether the page has just been opened, rather than drawn again."""
    return bool(st.session_state[_PAGE_CHANGED])


def run_id() -> str | None:
    """The id (or view key) of the selected run; None if no run is selected."""
    selected: str | None = st.session_state.get(_RUN)
    return selected


def previous_run_id() -> str | None:
    """The run that was selected before the present one."""
    previous: str | None = st.session_state.get(_PREVIOUS_RUN)
    return previous


def select_run(run_id: str | None) -> None:
    """Select an own run, or none; the one selected before becomes the previous run."""
    state = st.session_state
    if state.get(_RUN) != run_id:
        state[_PREVIOUS_RUN] = state.get(_RUN)
    state[_RUN] = run_id
    state[SETTINGS_OF] = None
    _put_in_url(link_to_selected(), instead_of=(_RUN, _TEXT, *SETTINGS_PARAMETERS))


def select_new_run(run_id: str) -> None:
    """Select a run just created from the settings on the page, which therefore stay as they are."""
    select_run(run_id)
    st.session_state[SETTINGS_OF] = run_id


def forget_run() -> None:
    """Deselect a run that no longer exists: it does not become the previous run."""
    select_run(None)
    st.session_state[_PREVIOUS_RUN] = None


def link_to(run_id: str) -> dict[str, str]:
    """The URL parameters of a run. They give nobody its workspace: the key is in the cookie."""
    return {_RUN: run_id}


def link_to_selected() -> dict[str, str]:
    """The URL parameters of the selected run, or else of a text of one's own; may be empty."""
    selected, sha256 = run_id(), text_sha256()
    only = {ONLY: ",".join(shown_controls())} if shown_controls() else {}
    if selected is None:
        return ({_TEXT: sha256} if sha256 in own_texts() else {}) | only
    return link_to(selected) | only


def _put_in_url(parameters: dict[str, str], *, instead_of: tuple[str, ...] = ()) -> None:
    """Write parameters into the URL and remove others, in one step of the browser's history.

    Every change of the URL is such a step. So callers write all parameters at once, and write
    nothing if they are there already.
    """
    before = st.query_params.to_dict()
    after = {name: value for name, value in before.items() if name not in instead_of} | parameters
    if after != before:
        st.query_params.from_dict(after)


def open_anew(parameters: Iterable[str]) -> None:
    """Let the next run of the page follow the URL alone, as in a new session.

    parameters: of that URL; the session's own values for the same names are forgotten.
    """
    for name in (_PAGE, *({*parameters} & {VIEW, BY, AT, AXIS, WALL_VIEW})):
        st.session_state.pop(name, None)


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
    sha256: str | None = st.session_state.get(_TEXT)
    return sha256


def select_text(sha256: str) -> None:
    """Select a text that is in the store."""
    st.session_state[_TEXT] = sha256


def linked_text() -> str | None:
    """The text in the URL, which the visitor may not be allowed to see; None if there is none."""
    sha256 = st.query_params.get(_TEXT, "")
    return sha256 if is_sha256(sha256) else None


def is_sha256(text: str) -> bool:
    """Whether this could name a text of the visitor's."""
    return _SHA256.fullmatch(text) is not None


def link_text(run_sha256: str | None) -> None:
    """Name the selected text in the URL if it is the visitor's own and not that of the run.

    run_sha256: the text of the selected run; None if no run is selected.
    """
    sha256 = text_sha256()
    named = {_TEXT: sha256} if sha256 in own_texts() and sha256 != run_sha256 else {}
    keeps_text = run_id() is None and not named and settings_in_url()
    _put_in_url(named, instead_of=() if keeps_text else (_TEXT,))


def forget_selected_text() -> None:
    """Select no text any more, because the selected one is gone; read an upload once more."""
    sha256 = text_sha256()
    state = st.session_state
    state[_OWN_TEXTS] = {key: name for key, name in own_texts().items() if key != sha256}
    for key in (_TEXT, LAST_TEXT, OFFER):
        state.pop(key, None)


def settings_in_url() -> dict[str, str]:
    """The URL parameters of a link to settings; {} for any other address."""
    found = st.query_params.to_dict()
    linked = {name: found[name] for name in (*SETTINGS_PARAMETERS, ONLY) if name in found}
    text = found.get(_TEXT)
    return linked | ({_TEXT: text} if text is not None and not is_sha256(text) else {})


def drop_linked_text() -> None:
    """Take a text out of the URL that is not one of the visitor's own."""
    if _TEXT in settings_in_url():
        _put_in_url({}, instead_of=(_TEXT,))


def shown_controls() -> tuple[str, ...]:
    """The controls that the link shows; () for all of them."""
    only: tuple[str, ...] = st.session_state.get(ONLY, ())
    return only


def shows(control: str) -> bool:
    """Whether the Train page shows a control: a name in settings_link.CONTROLS."""
    return not shown_controls() or control in shown_controls()


def show_only(controls: tuple[str, ...]) -> None:
    """Show only these controls of the Train page, now and after a reload; () for all."""
    st.session_state[ONLY] = controls
    _put_in_url({ONLY: ",".join(controls)} if controls else {}, instead_of=(ONLY,))


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


def ensure_option(key: str, options: Sequence[Any]) -> None:
    """Set a widget to its first option unless it has one of them: a URL may contain anything."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
