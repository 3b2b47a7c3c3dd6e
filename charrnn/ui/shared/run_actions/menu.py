"""The menu of a run: everything that can be done with it besides training it."""

import streamlit as st

from charrnn.runs.store.records import Run
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import deleted_runs, workspace_link
from charrnn.ui.shared.run_actions import duplicate, rename, save, share, sweep

ACTIONS = {
    "duplicate": ":material/content_copy: Duplicate and change",
    "sweep": ":material/grid_view: Sweep",
    "rename": ":material/edit: Rename",
    "save": ":material/save: Save a copy",
    "share": ":material/share: Share a read-only link",
    "device": ":material/devices: Open my runs on another device",
    "delete": ":material/delete: Delete",
}


def draw_menu(run: Run, *, in_list: bool = False) -> str | None:
    """Draw the menu; returns the chosen key of ACTIONS, for act().

    in_list: whether the button stands in the list of runs, where it is only a symbol.
    """
    actions = f"Actions for {escape_markdown(run.title)}"
    return st.menu_button(
        f"⋮ *{actions}*" if in_list else "More",  # the style sheet hides the words
        list(ACTIONS),
        format_func=ACTIONS.__getitem__,
        key=f"menu_{run.id}",
        type="tertiary",
        help=actions,
    )


def act(run: Run, action: str) -> None:
    """Do what was chosen from the menu. Raises StoreError, RunNotFound."""
    if action == "duplicate":
        duplicate.duplicate(run)
    elif action == "sweep":
        sweep.sweep(run)
    elif action == "rename":
        rename.rename(run)
    elif action == "save":
        save.save(run)
    elif action == "share":
        share.share(run)
    elif action == "device":
        workspace_link.offer_link(run)
    else:
        deleted_runs.delete(run)
        st.rerun()
