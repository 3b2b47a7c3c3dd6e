"""Counting writers: what n-grams write beside the network, and when the network overtakes each."""

from typing import NamedTuple

import streamlit as st

from charrnn.engine.analysis.counting import counting_bits, overtaken_at
from charrnn.engine.corpus import training_length
from charrnn.engine.evaluation import bits_per_character, newest_evaluation
from charrnn.engine.ngram_writer import MAX_COUNTED, MAX_ORDER, NgramWriter
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.prompts import seeded_rng
from charrnn.runs.store.records import Corpus, Run
from charrnn.ui import services, session
from charrnn.ui.errors import shows_errors
from charrnn.ui.shared import samples, settings
from charrnn.ui.shared.memory_cache import MemoryCache
from charrnn.ui.shared.snapshots import text_ids

LENGTH = 200  # characters of each sample
HEIGHT = 230  # pixels
REFRESH_SECONDS = 3.0
LABELS = ("unigrams", "bigrams", "trigrams", "4-grams", "5-grams")  # by 1 to MAX_ORDER characters


class Counted(NamedTuple):
    """What counting achieves on a text."""

    bits: list[float]  # per held-out character, by 1 to MAX_ORDER characters; [] without such
    samples: list[str]


# For the lock more than for the room: counting a long text takes much memory, one at a time.
COUNTED = MemoryCache[Counted](lambda counted: sum(map(len, counted.samples)))


def draw(run: Run | None, corpus: Corpus) -> None:
    """The switch, and below it what counting writes beside the newest sample of the network."""
    if run and not services.may_read_text(run):
        return  # what counting writes would give the text away
    with st.container(key="counting_writers"):
        shown = st.toggle(
            "Compare with counting",
            key=session.COUNTING,
            persist_state="session",
            width="stretch",
            help="What a program writes that has only counted which character follows which, in "
            "the same training text. A diamond in the chart marks where the network overtakes it.",
        )
        if shown:
            moving = run is not None and run.moving
            every = REFRESH_SECONDS * services.refresh_factor() if moving else None
            st.fragment(_draw, run_every=every)(run, corpus)


def counted(corpus: Corpus, held_out: float) -> Counted:
    """What counting achieves, cached: the same for every run of a text."""
    n_train = training_length(corpus.characters, held_out)
    key = (services.url(), corpus.sha256, n_train)
    return COUNTED.get(key, lambda: _count(corpus, n_train))


def _count(corpus: Corpus, n_train: int) -> Counted:
    ids, vocabulary = text_ids(services.url(), corpus.sha256), Vocabulary(corpus.vocabulary)
    writer = NgramWriter(ids[:n_train], len(vocabulary))
    written = []
    for order in range(1, MAX_ORDER + 1):
        # From the end of what was counted, as if it read on.
        context = ids[max(0, n_train - MAX_ORDER) : n_train].tolist()
        found = writer.write(seeded_rng(0), order=order, context=context, length=LENGTH)
        written.append(vocabulary.decode(found))
    return Counted(counting_bits(ids, len(vocabulary), n_train), written)


@shows_errors()
def _draw(run: Run | None, corpus: Corpus) -> None:
    held_out_share = run.config.held_out if run else settings.value("held_out")
    found = counted(corpus, held_out_share)
    evaluations: list[tuple[int, float]] = []
    with st.container(key="counting_samples"):
        if run:
            run, history = services.store().history.observe(run.id, points=1)
            evaluations = [(n, bits_per_character(nats, 1)) for n, nats in history.evaluations]
            newest = newest_evaluation(evaluations)
            if history.newest_sample:
                n, text = history.newest_sample
                with st.container():
                    st.markdown("**The network**")
                    held_out = _held_out(newest[1] if newest else None)
                    st.caption(f"{held_out}  \niteration {n:,}")
                    samples.draw(text[:LENGTH], None, height=HEIGHT)
        for order, text in enumerate(found.samples):
            with st.container():
                st.markdown(f"**{LABELS[order].capitalize()}**")
                bits = found.bits[order] if found.bits else None
                st.caption(f"{_held_out(bits)}{_overtaken(evaluations, bits)}")
                samples.draw(text, None, height=HEIGHT)
    st.caption(_how(corpus, found, held_out_share))


def _held_out(bits: float | None) -> str:
    return "not scored yet" if bits is None else f"{bits:.2f} bits"


def _overtaken(evaluations: list[tuple[int, float]], bits: float | None) -> str:
    """Whether the network has overtaken it, on a line of its own."""
    if bits is None or not evaluations:
        return ""
    iteration = overtaken_at(evaluations, bits)
    return "  \nstill ahead" if iteration is None else f"  \novertaken at {iteration:,}"


def _how(corpus: Corpus, found: Counted, held_out: float) -> str:
    if not found.bits:
        return "Nothing is held out of this text, so neither can be scored on text that is new."
    n_train = training_length(corpus.characters, held_out)
    counted_on = f"the {n_train:,} characters that the network trains on"
    if n_train > MAX_COUNTED:
        counted_on = f"the last {MAX_COUNTED:,} characters of the training text"
    return (
        f"Counted on {counted_on}; both are scored on the same "
        f"{corpus.characters - n_train:,} held-out characters, in bits per character. Rare "
        "sequences are smoothed with shorter ones (Witten-Bell)."
    )
