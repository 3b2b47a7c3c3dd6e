"""The worst that a text can contain, and the two acceptable outcomes: training, or a refusal."""

import math
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import Limits

MAX_TEXT_BYTES = Limits().text_bytes
ALL_OF_UNICODE = "".join(map(chr, [*range(0xA0, 0xD800), *range(0xE000, 0x110000)]))
SURROGATES = "surrogatepass"  # as Java and JavaScript encode halves of a pair


def params(rows: dict) -> list:
    """Parameters for a test, named by their keys."""
    return [pytest.param(*row, id=name) for name, row in rows.items()]


def sample_after_training(text: str) -> str:
    """What a small network writes after three iterations on `text`."""
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
    """What is wrong and what to do, in one sentence that repeats nothing of the input."""
    assert sentence.startswith("This ")
    assert ": " in sentence
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert len(sentence) <= 200
    assert sentence.isascii()
    assert sentence.isprintable()


# A list, since st.text() never draws lone surrogates from such a choice.
any_string = st.lists(st.characters() | st.characters(categories=["Cs"]), max_size=60).map("".join)
