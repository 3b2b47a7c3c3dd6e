"""The choice of a recipe in the sidebar: settings that go well together, set by one click."""

import streamlit as st

from charrnn.runs.recipes import NOTEBOOK, OWN, RECIPES, TITLES
from charrnn.runs.store.records import Run
from charrnn.ui import session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import settings, settings_input
from charrnn.ui.shared.linked_run import leave_run

OWN_MEANING = (
    "These settings follow no recipe: they were changed under Advanced, or come from a run that "
    "was copied or imported."
)


def draw() -> None:
    """The recipes, and what the selected one is good for."""
    selected = settings_input.place_recipe()
    st.pills(
        "recipe",
        [*RECIPES, OWN] if selected == OWN else [*RECIPES],
        key=session.RECIPE,
        format_func=TITLES.__getitem__,
        required=True,
        help="  \n".join(f"**{recipe.title}**: {recipe.meaning}" for recipe in RECIPES.values()),
        persist_state="session",
    )
    st.caption(OWN_MEANING if selected == OWN else RECIPES[selected].meaning)


def draw_notebook_button(run: Run | None) -> None:
    """One click to the settings of the notebook that many learn from. run: the one on the page."""
    st.button(
        "As in the notebook",
        type="tertiary",
        icon=":material/menu_book:",
        on_click=_as_in_the_notebook,
        args=(run,),
        disabled=all(settings.value(name) == NOTEBOOK[name] for name in NOTEBOOK),
        help="83 hidden units, sequences of 25 characters, one stream, Adagrad at learning rate "
        "0.1.",
    )


@shows_errors()
def _as_in_the_notebook(run: Run | None) -> None:
    leave_run(run)
    settings_input.put(NOTEBOOK)
