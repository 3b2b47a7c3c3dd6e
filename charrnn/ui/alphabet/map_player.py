"""The embedding map over the snapshots of a run, played in the browser."""

from pathlib import Path

import numpy as np
import streamlit as st

from charrnn.engine.analysis import character_info
from charrnn.runs.files.replay import assets
from charrnn.runs.store.records import Run
from charrnn.ui import services
from charrnn.ui.alphabet.embedding_charts import KIND_COLORS
from charrnn.ui.alphabet.measurements import embedding_maps
from charrnn.ui.shared.charts.specs import thinned
from charrnn.ui.shared.dialogs import run_dialog
from charrnn.ui.shared.replay import ICON
from charrnn.ui.shared.snapshots import Subject

MAX_FRAMES = 32  # snapshots
MAX_LABELS = 120  # the most frequent characters; the others are points

_HERE = Path(__file__).parent
_map_player = st.components.v2.component(
    "charrnn_map_player",
    html='<div class="map-player"></div>',
    css=assets.PLAYER_STYLE + (_HERE / "map_player.css").read_text(encoding="utf-8"),
    js=f"{assets.PLAYER}\n{(_HERE / 'map_player.js').read_text(encoding='utf-8')}",
    isolate_styles=False,
)


@run_dialog("Play the map", width="large", icon=ICON)
def play(run: Run) -> None:
    """The dialog in which the characters drift from snapshot to snapshot."""
    subject = Subject.of_run(run)
    kept = services.store().snapshots.iterations(run.id)
    ids, maps = embedding_maps(subject, run, kept, thinned(kept, MAX_FRAMES))
    characters = [subject.vocabulary.characters[i] for i in ids]
    frequent = set(subject.by_frequency[:MAX_LABELS].tolist())
    _map_player(
        key=f"map_player_{run.id}",
        data={
            "frames": [
                {"iteration": n, "points": _in_unit_square(points).round(4).tolist()}
                for n, points in maps.items()
            ],
            "characters": [
                {
                    "symbol": character_info.symbol(c),
                    "name": character_info.name(c),
                    "color": KIND_COLORS[character_info.kind(c)],
                    "labeled": int(i) in frequent,
                }
                for i, c in zip(ids, characters, strict=True)
            ],
        },
    )
    st.caption(
        "Each snapshot of the network, with the characters where their embeddings are. Characters "
        "that are used in similar ways drift together."
    )


def _in_unit_square(points: np.ndarray) -> np.ndarray:
    """The points, (n, 2), from 0 to 1 on both axes: as on the page, each map fills its frame."""
    low, high = points.min(axis=0), points.max(axis=0)
    unit: np.ndarray = (points - low) / np.maximum(high - low, 1e-9)
    return unit
