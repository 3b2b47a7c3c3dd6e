"""Play: the history of one or more runs, drawn and read out in the browser.

It gets everything in one message, so playing costs the server nothing, and nothing flickers.
"""

import streamlit as st

from charrnn.runs.files.replay import assets
from charrnn.runs.files.replay.data import Data, observe, replay_of, run_data
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import services
from charrnn.ui.shared import samples
from charrnn.ui.shared.dialogs import run_dialog

MAX_SAMPLES = 128  # of each run
ICON = ":material/play_circle:"

_replay = st.components.v2.component(
    "charrnn_replay",
    html='<div class="replay"></div>',
    css=assets.PLAYER_STYLE,
    js=assets.SCRIPT
    + """
export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".replay");
  const isNew = !box.replay;
  replay(box, data);
  if (!isNew) return;
  box.focus({ preventScroll: true });
  box.replay.bar.play();
}
""",
    isolate_styles=False,
)


@run_dialog("Play the history", width="large", icon=ICON)
def play(run: Run) -> None:
    """The dialog in which the history of a run plays."""
    baselines = run.baselines or services.text_of(run).baselines
    label = "The smooth loss of this run over its iterations, in bits per character"
    draw(replay_of([played_run(run)], baselines, label=label), key=f"replay_{run.id}")


def played_run(run: Run, *, name: str = "", **style: str) -> Data:
    """A run for replay_of(). name: above its samples. style: `color` and `dash` of its curve."""
    run, history, texts = observe(services.store(), run.id, samples=MAX_SAMPLES)
    corpus = services.text_of(run)
    readable: Corpus | None = samples.readable(run)
    return run_data(
        run,
        history,
        texts,
        uniform=corpus.baselines.uniform,
        compare=samples.source(readable).compare if readable else None,
        name=name,
        **style,
    )


def draw(data: Data, *, key: str) -> None:
    """Draw a history that begins to play at once. data: see replay_of()."""
    _replay(key=key, data=data)
