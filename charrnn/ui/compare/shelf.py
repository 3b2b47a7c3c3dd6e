"""The visitor's runs, newest first: choose, open, rename, duplicate, throw away and take back."""

import html
from functools import partial

import streamlit as st

from charrnn.engine.evaluation import bits_per_character
from charrnn.runs.records import Run
from charrnn.ui import services, session, sitemap
from charrnn.ui.compare.samples import swatch
from charrnn.ui.compare.subject import COLOURS, DASHES
from charrnn.ui.compare.tick import tick
from charrnn.ui.menu import act, draw_menu
from charrnn.ui.plain import plain
from charrnn.ui.trouble import told

SHOWN_AT_FIRST = 20
REFRESH_SECONDS = 3.0  # but for a crowd, see crowd.py


def draw() -> None:
    """The list; it marks what is running for as long as something does."""
    pace = _pace(services.shelf().runs())
    st.fragment(_draw, run_every=pace)(pace, _chosen())


def _chosen() -> tuple[str, ...]:
    return tuple(session.compared() or ())


def _pace(runs: list[Run]) -> float | None:
    """Seconds between two looks, while something moves."""
    moving = any(run.moving for run in runs)
    return REFRESH_SECONDS * services.crowd_factor() if moving else None


@told()
def _draw(pace: float | None, chosen: tuple[str, ...]) -> None:
    runs = services.shelf().runs()
    if pace:
        services.look_again_in(pace)
    if _chosen() != chosen or _pace(runs) != pace:
        st.rerun()  # the rest of the page follows the choice
    st.markdown("##### Your runs")
    _offer_undo()
    if not runs:
        st.caption("None yet: press Train on the page Train, then come back.")
        return
    texts = len({run.sha256 for run in runs}) > 1
    everything = len(runs) <= SHOWN_AT_FIRST or st.toggle(f"Show all {len(runs)}", key="all_runs")
    action = None
    for run in runs if everything else runs[:SHOWN_AT_FIRST]:
        action = _row(run, chosen, name_text=texts) or action
    if action:
        act(*action)


def _row(run: Run, chosen: tuple[str, ...], *, name_text: bool) -> tuple[Run, str] | None:
    key = f"compared_{run.number}"  # an id may hold what a component cannot have in its key
    full = f"{len(chosen)} are compared: untick one first"
    with st.container(horizontal=True, vertical_alignment="center", key=f"shelf_{run.id}"):
        tick(
            run.title,
            ticked=run.id in chosen,
            full=full if len(chosen) >= session.MAX_COMPARED else "",
            key=key,
            on_change=partial(_choose, run.id, key),
        )
        sitemap.link("Train", "Open", query=session.link_to(run.id, own=True))
        picked = draw_menu(run, on_shelf=True)
    st.html(_facts(run, name_text=name_text))
    return (run, picked) if picked else None


def _facts(run: Run, *, name_text: bool) -> str:
    """What it is and how far it has come, in two short lines, after a piece of its curve."""
    bits = bits_per_character(run.smooth_loss, run.config.seq_length)
    colour = COLOURS[(run.number - 1) % len(COLOURS)]
    dash = DASHES[(run.number - 1) // len(COLOURS) % len(DASHES)]
    config = run.config
    lines = [
        f"hidden {config.hidden_size} · seq {config.seq_length} · rate {config.learning_rate:g}",
        f"{bits:.2f} bits at {run.iteration:,}",
    ]
    if name_text:
        lines.insert(0, html.escape(services.corpus(run.sha256).name))
    state = "training" if run.active and run.owned else "waiting" if run.active else ""
    marked = f" · <b>{state}</b>" if state else ""
    lines = "".join(f"<span>{line}</span>" for line in [*lines[:-1], lines[-1] + marked])
    return f'<div class="facts">{swatch(colour, dash)}<p>{lines}</p></div>'


def _choose(run_id: str, key: str) -> None:
    others = [other for other in _chosen() if other != run_id]
    session.compare([*others, run_id] if st.session_state[key].get("ticked") else others)


def _offer_undo() -> None:
    run_id = session.deleted_run()
    if run_id is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo"):
        st.caption(f"{plain(services.store().run(run_id).title)} is deleted.")
        st.button("Undo", icon=":material/undo:", type="tertiary", on_click=_undo, args=(run_id,))


@told()
def _undo(run_id: str) -> None:
    services.shelf().restore(run_id)
    session.note_deleted(None)
    session.compare([*_chosen(), run_id])
