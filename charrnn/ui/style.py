"""Colours, icon and style sheet of the pages; the rest is the theme in .streamlit/config.toml."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as in .streamlit/config.toml.

    Text in any of the first four is legible on `paper`.
    """

    accent: str
    held_out: str
    muted: str
    text: str
    paper: str
    card: str  # the background of samples
    line: str  # borders, axes and grids
    on_accent: str  # text on the accent


LIGHT = Palette(
    accent="#AD4E1B",
    held_out="#2A7392",
    muted="#736A5F",
    text="#26221D",
    paper="#FBF8F3",
    card="#F1EDE6",
    line="#DDD3C3",
    on_accent="#FFFFFF",
)
DARK = Palette(
    accent="#E58A54",
    held_out="#5FA8C4",
    muted="#A69D90",
    text="#EDE6DA",
    paper="#171614",
    card="#22201D",
    line="#3A352E",
    on_accent="#171614",
)

# Charts are described in the light colours; charts/specs.py translates them for the dark theme.
ACCENT, HELD_OUT, MUTED = LIGHT.accent, LIGHT.held_out, LIGHT.muted

ICON = str(Path(__file__).with_name("icon.svg"))  # a file: an icon by name comes from the web


def is_dark() -> bool:
    """Whether the visitor's browser shows the dark theme."""
    return st.context.theme.type == "dark"


def apply() -> None:
    """Add the style sheet that all pages share, with the palette as variables: --accent etc."""
    palette = asdict(DARK if is_dark() else LIGHT)
    variables = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in palette.items())
    sheet = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
    st.html(f"<style>:root{{{variables}}}\n{sheet}</style>")
