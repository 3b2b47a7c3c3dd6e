"""A run as a page: what is in the file, and that nothing in it can act, load or send."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from charrnn.engine.analysis.overlap import SourceIndex, min_match_length
from charrnn.engine.evaluation import bits_per_character
from charrnn.runs.files.replay.data import run_data
from charrnn.runs.files.replay.page import run_page
from charrnn.runs.store.records import Progress
from charrnn.ui.style import DARK, LIGHT
from tests.support.progress import RUNNING
from tests.support.store import SMALL

HOSTILE = (
    "</script><script>alert(1)</script> <!-- <img src=x onerror=alert(2)> & &lt; ]]> \u2028 \u202e "
    "</pre></style> 'single' \"double\" {braces} `ticks` ${dollar} \\u003c \ud83d\n"
).replace("\ud83d", "😀") * 12


class Page(HTMLParser):
    """The elements of a page, its text, and the contents of its scripts and styles."""

    def __init__(self, source: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": [], "pre": []}
        self._open = ""
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, tag):
        self._open = ""

    def handle_data(self, data):
        if self._open in self.inside:
            self.inside[self._open][-1] += data
        else:
            self.text += data

    @property
    def data(self) -> dict:
        return json.loads(self.inside["script"][0])


def written(run: dict) -> dict[int, str]:
    """The samples of a run in the page, by iteration."""
    return {s["iteration"]: "".join(piece for piece, _ in s["pieces"]) for s in run["samples"]}


@pytest.fixture
def hostile_run(store, workspace, work):
    corpus = store.corpora.add(HOSTILE[:40], HOSTILE)
    run = work(workspace.create(corpus, replace(SMALL, iterations=400)))
    workspace.rename(run.id, HOSTILE[:60])
    return store.runs.get(run.id)


@pytest.fixture
def run(workspace, corpus, work):
    return work(workspace.create(corpus, SMALL))


def test_all_samples_and_the_curve_are_in_it(store, run):
    page = Page(run_page(store, run, with_text=False))
    (played,) = page.data["runs"]
    samples = {
        s["iteration"]: "".join(piece for piece, _ in s["pieces"]) for s in played["samples"]
    }
    assert samples == dict(store.history.full(run.id).samples)
    assert page.data["positions"] == sorted(samples) == [*range(0, 1001, 100)]
    T, (iteration, bits) = run.config.seq_length, played["curve"][-1]
    assert (iteration, bits) == (
        1000,
        pytest.approx(bits_per_character(run.smooth_loss, T), abs=1e-4),
    )
    assert "All samples are here" in page.text
    for name, value in {"hidden_size": "8", "optimizer": "adagrad", "iterations": "1,000"}.items():
        assert name in page.text
        assert value in page.text


def test_what_is_copied_is_marked(store, run, corpus):
    page = Page(run_page(store, run, with_text=False))
    source = store.corpora.text(run.sha256)
    shortest = min_match_length(corpus.characters, corpus.baselines.trigram)
    compare = SourceIndex(source, min_length=shortest).compare
    for sample in page.data["runs"][0]["samples"]:
        text = "".join(piece for piece, _ in sample["pieces"])
        found = compare(text)
        assert [piece for piece, copied in sample["pieces"] if copied] == [
            text[start : start + length] for start, length in found.matches
        ]
        assert sample["copied"] == found.share


def test_the_text_is_in_it_only_if_it_is_asked_for(store, workspace, work):
    text = "a secret that no sample has learned: xyzzy\n" + "plain words\n" * 90
    run = work(workspace.create(store.corpora.add("s", text), replace(SMALL, iterations=100)))
    assert "xyzzy" not in run_page(store, run, with_text=False)
    (shown,) = Page(run_page(store, run, with_text=True)).inside["pre"]
    assert shown == text


def test_hostile_text_and_names_are_only_text(store, hostile_run):
    page = Page(run_page(store, hostile_run, with_text=True))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("script") == 2
    assert not {"img", "iframe", "link", "object", "form", "a", "base"} & set(tags)
    assert not [
        name for _, attributes in page.elements for name in attributes if name.startswith("on")
    ]
    assert hostile_run.title in page.text
    assert page.inside["pre"] == [HOSTILE]
    assert written(page.data["runs"][0]) == dict(store.history.full(hostile_run.id).samples)


def test_it_loads_nothing_and_only_its_own_script_may_run(store, hostile_run):
    source = run_page(store, hostile_run, with_text=False)
    page = Page(source)
    loading = {"src", "href", "srcset", "data", "action", "poster"}
    assert not [a for _, attributes in page.elements for a in attributes if a in loading]
    assert set(re.findall(r"\w+://[^\s\"']+", source)) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in "".join(page.inside["style"])
    policy = next(
        a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    _, script = page.inside["script"]
    (style,) = page.inside["style"]

    def digest(content):
        return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digest(script)}'; "
        f"style-src 'sha256-{digest(style)}'"
    )


def test_its_colors_are_those_of_the_dashboard(store, run):
    (style,) = Page(run_page(store, run, with_text=False)).inside["style"]
    for name in ("accent", "held_out", "muted", "text", "paper", "card", "line", "on_accent"):
        pair = f"light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)})".lower()
        assert f"--{name.replace('_', '-')}: {pair}" in style


def test_a_diverged_run_has_a_page_of_finite_numbers(store, run):
    _, history = store.history.observe(run.id)
    broken = replace(run, smooth_loss=float("nan"), recent_loss=float("inf"))
    data = run_data(broken, history, [], uniform=4.0)
    assert json.loads(json.dumps(data, allow_nan=False))["curve"][-1][0] < run.iteration


def test_a_run_before_its_first_update_has_a_page(store, workspace, corpus):
    run = workspace.create(corpus, SMALL)
    (played,) = Page(run_page(store, run, with_text=False)).data["runs"]
    assert played["curve"] == [[0, pytest.approx(corpus.baselines.uniform, abs=1e-4)]]
    assert played["samples"] == []


def test_the_held_out_figure_is_of_the_trained_network_and_names_its_iteration(
    store, workspace, corpus
):
    run = workspace.create(corpus, SMALL)
    assert store.leases.claim(run.id, "one")

    def page(iteration, *evaluations):
        rows = [{"iteration": n, "held_out_loss": loss} for n, loss in evaluations]
        updates = Progress(evaluations=rows)
        store.leases.publish(run.id, "one", RUNNING | {"iteration": iteration}, updates)
        return Page(run_page(store, run, with_text=False)).text

    assert "bits on held-out text" not in page(200, (0, 4.0))
    assert "bits on held-out text at iteration 300" in page(450, (300, 3.0))
    newest = page(500, (500, 2.0))
    assert "bits on held-out text" in newest
    assert "bits on held-out text at" not in newest
