"""The page at /write: let a network write, at any moment of its life, and see its choices."""

from pathlib import Path

import streamlit as st

from charrnn.engine import alphabet
from charrnn.runs.config import RunConfig
from charrnn.runs.records import Run
from charrnn.ui import branching, services, session, settings, writing
from charrnn.ui.alphabet.reading import Moment, Subject
from charrnn.ui.linked import run_in_link
from charrnn.ui.trouble import told
from charrnn.ui.words import why_not_earlier
from charrnn.ui.write import clickable
from charrnn.ui.write.bench import STRIP, TEMPERATURES, Bench

NEWEST = "newest"
STRIP_HEIGHT = 190
LOOK_SECONDS = 2.0  # between two looks whether a run has come further, but for a crowd


def show() -> None:
    """Draw the page, for the run in the link."""
    st.html(Path(__file__).with_name("write.css"))
    settings.start()
    st.markdown("### Let it write")
    if session.entered():
        _ask_for_newest()
    with st.container(horizontal=True, vertical_alignment="center", key="who_writes"):
        run = _choose_run(run_in_link())
        if run is not None:
            subject = Subject.of_run(run)
            pace = LOOK_SECONDS * services.crowd_factor()
            st.fragment(_offer_newer, run_every=pace if run.moving else None)(subject, pace)
    if run is None:
        st.markdown("There is no network yet: press Train on the page Train, then come back.")
        return
    st.fragment(_draw)(subject)


def _choose_run(linked: Run | None) -> Run | None:
    """The run in the link, or else the newest; another of the visitor's own can be chosen."""
    if linked and not services.owned(linked):
        st.caption("Somebody shows you this network: you can let it write.")
        return linked
    runs = {run.id: run for run in services.shelf().runs()}
    if not runs:
        return None
    shown = linked.id if linked else next(iter(runs))
    if linked is None:
        session.select_run(shown)
    st.session_state[session.WRITER] = shown
    st.selectbox(
        "Which network",
        list(runs),
        format_func=lambda run_id: _named(runs[run_id]),
        key=session.WRITER,
        on_change=_choose_writer,
        label_visibility="collapsed",
        width=420,
    )
    return runs[shown]


def _named(run: Run) -> str:
    corpus = services.corpus(run.sha256)
    size = run.config.hidden_size
    return f"{run.title} · {corpus.name} · hidden {size} · iteration {run.iteration:,}"


def _choose_writer() -> None:
    session.select_run(st.session_state[session.WRITER])
    _ask_for_newest()


def _ask_for_newest() -> None:
    st.session_state[session.NEWEST_ASKED] = st.session_state.get(session.NEWEST_ASKED, 0) + 1
    _forget_picks()


def _newest(subject: Subject) -> Moment:
    """The newest when it was asked for: what is looked at stays, though the run trains on."""
    return _held(subject.run.id, st.session_state.get(session.NEWEST_ASKED, 0), subject)


@st.cache_resource(show_spinner=False, scope="session", max_entries=2)
def _held(run_id: str, asked: int, _subject: Subject) -> Moment:
    return _subject.newest_moment()


@told()
def _offer_newer(subject: Subject, pace: float) -> None:
    services.look_again_in(pace)
    held = _newest(subject).iteration
    now = services.store().checkpoint_iteration(subject.run.id) or held
    if now > held and st.button(
        f"From iteration {held:,}. It is at {now:,} now: take that",
        icon=":material/update:",
        type="tertiary",
    ):
        _ask_for_newest()
        st.rerun()


@told()
def _draw(subject: Subject) -> None:
    run = subject.run
    moment = _choose_moment(subject, run)
    with st.container(horizontal=True, key="bench"):
        with st.container(key="bench_settings"):
            bench, how = _choose(subject, moment)
        with st.container(key="bench_text"):
            _written(subject, bench, **how)
    st.markdown("#### The same dice at five temperatures")
    with st.container(horizontal=True, key="strip"):
        for temperature in STRIP:
            with st.container(key=f"strip_{str(temperature).replace('.', '_')}"):
                ids = bench.write(**how | {"temperature": temperature})
                st.markdown(f"**{temperature:g}** · {_mood(temperature)}")
                text = bench.prompt + subject.vocabulary.decode(ids)
                writing.draw(text, subject.corpus, height=STRIP_HEIGHT)


def _mood(temperature: float) -> str:
    if temperature == 0:
        return "always the likeliest"
    if temperature < 1:
        return "careful" if temperature < 0.7 else "a little careful"
    return "as it believes" if temperature == 1 else "bold"


def _choose_moment(subject: Subject, run: Run) -> Moment:
    kept = services.store().snapshot_iterations(run.id)
    key = f"{session.WRITE_AT}_{run.id}"
    if st.session_state.get(key) not in kept:
        st.session_state[key] = NEWEST
    with st.container(horizontal=True, vertical_alignment="bottom", key="moment"):
        chosen = st.select_slider(
            "The network as it was at iteration",
            [*kept, NEWEST],
            format_func=lambda n: n if n == NEWEST else f"{n:,}",
            help=why_not_earlier(kept),
            key=key,
            persist_state="session",
            on_change=_forget_picks,
        )
        moment = _newest(subject) if chosen == NEWEST else subject.moment(chosen)
        branching.offer(run, moment.iteration)
    return moment


def _choose(subject: Subject, moment: Moment) -> tuple[Bench, dict]:
    prompt = st.text_input(
        "Prompt: what it begins with",
        key=session.PROMPT,
        max_chars=200,
        live="200ms",
        placeholder="type, and the odds follow",
        persist_state="session",
        on_change=_forget_picks,
    )
    strangers = subject.vocabulary.unknown(prompt)
    if strangers:
        named = ", ".join(f"{alphabet.symbol(c)} ({alphabet.name(c)})" for c in strangers)
        them = "it" if len(strangers) == 1 else "them"
        st.text(f"Left out, since this network has never seen {them}: {named}")
    bench = Bench(moment, subject.vocabulary, subject.vocabulary.known(prompt))
    temperature = st.select_slider(
        "Temperature: how bold it is",
        TEMPERATURES,
        value=1.0,
        key=session.TEMPERATURE,
        format_func=lambda t: f"{t:g}",
        persist_state="session",
        help="The odds are sharpened below 1 and evened out above. At 0 the likeliest is certain.",
    )
    low, high = RunConfig.limits("sample_length")
    length = st.number_input(
        "Length, in characters",
        low,
        high,
        200,
        step=50,
        key=session.LENGTH,
        persist_state="session",
        on_change=_forget_picks,
    )
    low, high = RunConfig.limits("seed")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        dice = st.number_input(
            "Dice",
            low,
            high,
            0,
            key=session.DICE,
            persist_state="session",
            on_change=_forget_picks,
            help="The same number throws the same dice.",
        )
        st.button("Roll", icon=":material/casino:", on_click=_roll)
    picked = {int(k): v for k, v in st.session_state.get(session.PICKS, {}).items()}
    how = {"dice": dice, "length": length, "temperature": temperature}
    return bench, how | {"picked": {k: v for k, v in picked.items() if k < length}}


def _roll() -> None:
    st.session_state[session.DICE] = (st.session_state[session.DICE] + 1) % 2**32
    _forget_picks()


def _forget_picks() -> None:
    st.session_state[session.PICKS] = {}
    st.session_state[session.PLACE] = None


def _written(subject: Subject, bench: Bench, **how) -> None:
    ids = bench.write(**how)
    text = subject.vocabulary.decode(ids)
    place = st.session_state.get(session.PLACE)
    place = place if place is not None and place < len(ids) else None
    clickable.characters(
        bench.prompt,
        text,
        place=place,
        picked=sorted(how["picked"]),
        key="characters",
        on_click=_see_place,
    )
    copied = writing.source(subject.corpus).compare(bench.prompt + text)
    st.caption("Click a character to see what it was chosen from.")
    st.html(writing.meter(bench.prompt + text, copied))
    before = ids[: place or 0]
    st.markdown(f"##### {_question(subject, bench, ids, place)}")
    clickable.pickable(
        bench.odds(before, how["temperature"]),
        subject.vocabulary,
        chosen=None if place is None else int(ids[place]),
        key="odds",
        on_click=_pick,
    )
    st.caption(
        "Thick: the odds at this temperature. Thin: at 1. "
        + ("Click another to go on from there." if place is not None else "Click to add one.")
    )
    st.session_state[session.VOCABULARY] = subject.corpus.vocabulary


def _question(subject: Subject, bench: Bench, ids, place: int | None) -> str:
    if place is None:
        return "What may come first" if not bench.prompt else "What may come after the prompt"
    return f"Character {place + 1:,} was chosen from these"


def _see_place() -> None:
    clicked = st.session_state["characters"].get("clicked")
    if clicked is not None:
        st.session_state[session.PLACE] = int(clicked)


def _pick() -> None:
    """Another character in place of the one that is looked at; or one more for the prompt."""
    state = st.session_state
    clicked = state["odds"].get("clicked")
    if clicked is None:
        return
    place = state.get(session.PLACE)
    if place is None:
        state[session.PROMPT] += state[session.VOCABULARY][int(clicked)]
        return
    earlier = {k: v for k, v in state.get(session.PICKS, {}).items() if int(k) < place}
    state[session.PICKS] = earlier | {place: int(clicked)}
