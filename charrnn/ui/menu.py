"""What can be done with a run, beside training it."""

import streamlit as st

from charrnn.runs.records import Run
from charrnn.runs.shelf import MAX_NAME_LENGTH
from charrnn.ui import keeping, services, session, twins
from charrnn.ui.dialogs import dialog
from charrnn.ui.plain import plain
from charrnn.ui.trouble import told

ACTIONS = {
    "duplicate": ":material/content_copy: Duplicate and change",
    "grid": ":material/grid_view: Grid of twins",
    "rename": ":material/edit: Rename",
    "save": ":material/save: Save a copy",
    "show": ":material/share: Show to others",
    "delete": ":material/delete: Delete",
}


def draw_menu(run: Run, *, on_shelf: bool = False) -> str | None:
    """The button; returns what was picked. on_shelf: small."""
    return st.menu_button(
        "⋮" if on_shelf else "More",
        list(ACTIONS),
        format_func=ACTIONS.__getitem__,
        key=f"menu_{run.id}",
        type="tertiary",
        help=f"What to do with {plain(run.title)}",
    )


def act(run: Run, action: str) -> None:
    """Do what was picked. Raises StoreError."""
    if action == "duplicate":
        twins.duplicate(run)
    elif action == "grid":
        twins.grid(run)
    elif action == "rename":
        rename(run)
    elif action == "save":
        keeping.save(run)
    elif action == "show":
        show_to_others(run)
    else:
        throw_away(run)
        st.rerun()


def throw_away(run: Run) -> None:
    """Delete a run; the shelf on the page Compare offers to take it back."""
    services.shelf().delete(run.id)
    session.note_deleted(run.id)
    session.compare([key for key in session.compared() or [] if key != run.id])
    if session.run_id() == run.id:
        session.forget_run()


@dialog("Rename", icon=":material/edit:")
@told()
def rename(run: Run) -> None:
    """Another name; none is the number again."""
    with st.form("rename", border=False):  # so that Enter will do
        name = st.text_input(
            "Name", run.name, max_chars=MAX_NAME_LENGTH, placeholder=f"Run {run.number}"
        )
        done = st.form_submit_button("Rename", type="primary")
    if done:
        services.shelf().rename(run.id, name)
        st.rerun()


@dialog("Show to others", icon=":material/share:")
def show_to_others(run: Run) -> None:
    """The link that lets others look at a run, and no more."""
    st.markdown(
        "Whoever has this link can look at the run while it trains, and start one like it. "
        "They cannot pause, change or delete yours."
    )
    st.code(f"{address()}/?run={run.view_key}", language=None, wrap_lines=True)


def address() -> str:
    """Where the dashboard is, as the visitor's browser knows it; "" if it does not say."""
    url = (st.context.url or "").split("?")[0].rstrip("/")
    return url if session.page() == "Train" else url.rsplit("/", 1)[0]
