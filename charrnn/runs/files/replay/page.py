"""A run as a page: one HTML file that opens offline, with its curve, samples and settings.

The file loads nothing and sends nothing: a Content Security Policy in it allows its own script and
style sheet, by their hashes, and nothing else. What comes from people is in one block of JSON,
which the script sets as text, or is escaped.
"""

import base64
import hashlib
import html
import json
import math
from typing import Any

from charrnn.engine.analysis.overlap import SourceIndex, min_match_length
from charrnn.engine.evaluation import bits_per_character, newest_evaluation
from charrnn.runs.config import RunConfig, in_digits
from charrnn.runs.files.replay import assets
from charrnn.runs.files.replay.data import observe, replay_of, run_data
from charrnn.runs.store.records import Corpus, History, Run
from charrnn.runs.store.store import Store

MAX_SAMPLES = 1000  # of a longer run every 2nd, 4th ... is in the page
LABEL = "The smooth loss of the run over its iterations, in bits per character"

_SCRIPT = f"""{assets.SCRIPT}
const data = JSON.parse(document.getElementById("data").textContent);
replay(document.getElementById("replay"), data);
"""
_STYLE = assets.read("page.css") + assets.PLAYER_STYLE


def run_page(store: Store, run: Run, *, with_text: bool) -> str:
    """The page of a run as it is now. Raises KeyError if it is gone.

    with_text: whether the text it learns from is in it. The copied passages of its samples are
    marked in any case.
    """
    run, history, samples = observe(store, run.id, samples=MAX_SAMPLES)
    corpus, text = store.corpora.get(run.sha256), store.corpora.text(run.sha256)
    baselines = run.baselines or corpus.baselines
    shortest = min_match_length(corpus.characters, corpus.baselines.trigram)
    compare = SourceIndex(text, min_length=shortest).compare
    data = run_data(run, history, samples, uniform=baselines.uniform, compare=compare)
    body = [
        f"<h1>{_escaped(run.title)}</h1>",
        f"<p>{_about(run, corpus)}</p>",
        _figures(run, history),
        '<div id="replay" class="replay"></div>',
        "<noscript><p>The curve and the samples need JavaScript, which is switched off here.</p>"
        "</noscript>",
        f'<p class="note">{_note(run, len(samples))}</p>',
        f"<h2>Settings</h2>{_settings(run.config)}",
    ]
    if with_text:
        body.append(f"<h2>The text</h2><pre class='text'>{_escaped(text)}</pre>")
    return _document(run.title, "\n".join(body), replay_of([data], baselines, label=LABEL))


def _document(title: str, body: str, data: Any) -> str:
    policy = f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)}"
    # In a script element, "<" alone could end it or open a comment.
    embedded = json.dumps(data, allow_nan=False).replace("<", "\\u003c")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="charrnn">
<title>{_escaped(title)} · charrnn</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
{body}
</main>
<script type="application/json" id="data">{embedded}</script>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _escaped(text: str) -> str:
    return html.escape(text)


def _about(run: Run, corpus: Corpus) -> str:
    return (
        "A character-level recurrent network, trained with charrnn on "
        f"<bdi>{_escaped(run.text_name)}</bdi>: {corpus.characters:,} characters, "
        f"{len(corpus.vocabulary):,} different."
    )


def _figures(run: Run, history: History) -> str:
    figures = {
        "iterations": f"{run.iteration:,}",
        "bits per character": _in_words(run.bits),
    }
    if newest := newest_evaluation(history.evaluations):
        iteration, held_out = newest
        then = "" if iteration == run.iteration else f" at iteration {iteration:,}"
        figures[f"bits on held-out text{then}"] = _in_words(bits_per_character(held_out, 1))
    figures["characters read"] = f"{run.iteration * run.config.characters_per_iteration:,}"
    figures["seconds of training"] = f"{run.seconds:,.0f}"
    items = "".join(
        f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures.items()
    )
    return f"<dl>{items}</dl>"


def _in_words(bits: float) -> str:
    return f"{bits:.2f}" if math.isfinite(bits) else "none: training diverged"


def _note(run: Run, shown: int) -> str:
    every = run.iteration // run.config.sample_interval + 1
    which = "All samples are here" if shown >= every else f"{shown:,} of {every:,} samples are here"
    return f"{which}. Underlined: copied from the text. Click the curve to go to a sample."


def _settings(config: RunConfig) -> str:
    rows = "".join(
        f"<tr><th>{name}</th><td>{_escaped(_value(value))}</td>"
        f"<td>{_escaped(RunConfig.meaning(name))}</td></tr>"
        for name, value in config.to_dict().items()
    )
    return f"<table>{rows}</table>"


def _value(value: Any) -> str:
    return value if isinstance(value, str) else in_digits(value)
