"""What a text can hold at worst, and what comes of it: it trains, or one sentence says why not."""

import math
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from charrnn.engine.corpus import Vocabulary
from charrnn.engine.training import Trainer
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits

MAX_TEXT_BYTES = Limits().text_bytes
ALL_OF_UNICODE = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xE000, 0x110000)]))
SURROGATES = "surrogatepass"  # how Java and JavaScript let halves of a pair through


def table(rows: dict) -> list:
    return [pytest.param(*row, id=name) for name, row in rows.items()]


def sample_after_training(text: str) -> str:
    """What a small network writes after a few steps on `text`."""
    config = replace(RunConfig().fitted(len(text)), hidden_size=4)
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    trainer = Trainer(ids, len(vocabulary), **config.trainer_settings())
    for _ in range(3):
        record = trainer.step()
        assert math.isfinite(record.loss)
        assert math.isfinite(record.smooth_loss)
    return vocabulary.decode(trainer.sample(40))


def assert_trains(text: str) -> None:
    sample = sample_after_training(text)
    assert len(sample) == 40
    assert set(sample) <= set(text)
    sample.encode()


def assert_one_sentence(sentence: str) -> None:
    """What is wrong and what to do, in plain words with nothing of the input in them."""
    assert sentence.startswith("This ")
    assert ": " in sentence
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert len(sentence) <= 200
    assert sentence.isascii()
    assert sentence.isprintable()


# A list, since st.text() never draws the halves of surrogate pairs from such a choice.
any_string = st.lists(st.characters() | st.characters(categories=["Cs"]), max_size=60).map("".join)
