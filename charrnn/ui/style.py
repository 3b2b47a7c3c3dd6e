"""Colors, icon and style sheet of the pages; the rest is the theme in .streamlit/config.toml."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import streamlit as st

_UI = Path(__file__).parent
_THEMES = tomllib.loads((_UI.parents[1] / ".streamlit/config.toml").read_text("utf-8"))["theme"]


@dataclass(frozen=True)
class Palette:
    """The colors of one theme. Text in any of the first four is legible on `paper`."""

    accent: str
    held_out: str
    muted: str
    text: str
    paper: str
    card: str  # the background of samples
    line: str  # borders, axes and grids
    on_accent: str  # text on the accent


def _palette(theme: dict[str, str], *, muted: str, card: str, on_accent: str) -> Palette:
    """The colors of a theme, and those that Streamlit's themes have no name for."""
    return Palette(
        accent=theme["primaryColor"],
        held_out=theme["blueColor"],
        muted=muted,
        text=theme["textColor"],
        paper=theme["backgroundColor"],
        card=card,
        line=theme["borderColor"],
        on_accent=on_accent,
    )


LIGHT = _palette(_THEMES["light"], muted="#736A5F", card="#F1EDE6", on_accent="#FFFFFF")
DARK = _palette(_THEMES["dark"], muted="#A69D90", card="#22201D", on_accent="#171614")

# Charts are described in the light colors; charts/specs.py translates them for the dark theme.
ACCENT, HELD_OUT, MUTED = LIGHT.accent, LIGHT.held_out, LIGHT.muted

ICON = str(_UI / "icon.svg")  # a file: an icon by name comes from the web

_SHEETS = (
    "style.css",
    "drawn.css",
    "placeholders.css",
    "alphabet/alphabet.css",
    "inside/inside.css",
    "compare/compare.css",
    "write/write.css",
    "room/room.css",
    "learn/learn.css",
)


_theme = st.components.v2.component(
    "charrnn_theme",
    html="<i hidden></i>",
    js=(_UI / "theme.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def is_dark() -> bool:
    """Whether the visitor's browser shows the dark theme."""
    return st.context.theme.type == "dark"


def sheet() -> str:
    """The style sheet of all pages, with the palette as variables: --accent etc.

    It holds both themes. Until Streamlit has chosen one, the browser's preference decides.
    """
    variables = "".join(
        f"--{color.name.replace('_', '-')}:"
        f"light-dark({getattr(LIGHT, color.name)},{getattr(DARK, color.name)});"
        for color in fields(Palette)
    )
    rules = [(_UI / name).read_text("utf-8") for name in _SHEETS]
    return "\n".join([f":root{{color-scheme:light dark;{variables}}}", *rules])


def follow_theme() -> None:
    """Draw the page in the theme that Streamlit has chosen, and again when it chooses another.

    Dialogs and menus are outside of Streamlit's own element, so they have to be told the theme.
    """
    st.html(f"<style>:root{{color-scheme:{'dark' if is_dark() else 'light'}}}</style>")
    with st.container(key="theme"):
        _theme(key="theme_watch", data={"dark": is_dark()}, on_changed_change=_draw_again)


def _draw_again() -> None:
    """Does nothing: the page is drawn again because of the call."""
