"""The scripts and the style sheet that play a history, in the dashboard and in a saved page."""

from pathlib import Path

_HERE = Path(__file__).parent


def read(name: str) -> str:
    """A file of this folder."""
    return (_HERE / name).read_text(encoding="utf-8")


PLAYER = read("player.js")  # defines player(); other pictures can be played with it, too
PLAYER_STYLE = read("replay.css")
SCRIPT = f"{PLAYER}\n{read('replay.js')}"  # defines replay(box, data)
