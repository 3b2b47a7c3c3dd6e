"""The choice of a recipe in the sidebar: settings that go well together, set by one click."""

import streamlit as st

from charrnn.runs.recipes import OWN, RECIPES, TITLES
from charrnn.ui import session
from charrnn.ui.shared import settings

OWN_MEANING = "These settings follow no recipe: they come from a run that was copied or imported."


def draw() -> None:
    """The recipes, and what the selected one is good for."""
    selected = settings.place_recipe()
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
