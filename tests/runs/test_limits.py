"""Limits come from environment variables, and what exceeds them is refused in one sentence."""

import tracemalloc
from dataclasses import fields

import numpy as np
import pytest

from charrnn.engine.parameters import Parameters
from charrnn.engine.training import Trainer
from charrnn.runs import memory
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.limits import MEGABYTE, BadLimit, Limits, TooLarge
from charrnn.runs.serialization import state_to_bytes
from charrnn.runs.store.workspace import Workspace

WHOLE = {f.metadata["variable"] for f in fields(Limits) if f.metadata["whole"]}
VARIABLES = {f.name: f.metadata["variable"] for f in fields(Limits)}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


def test_without_variables_the_defaults_apply():
    assert Limits.from_environment() == Limits()
    assert len(set(VARIABLES.values())) == len(VARIABLES) == 12


@pytest.mark.parametrize(("name", "variable"), VARIABLES.items())
def test_every_limit_has_a_variable_of_its_own(monkeypatch, name, variable):
    value = 3.0 if variable in WHOLE else 1.5
    monkeypatch.setenv(variable, f" {value} ")
    changed = {
        f.name: getattr(Limits.from_environment(), f.name)
        for f in fields(Limits)
        if getattr(Limits.from_environment(), f.name) != f.default
    }
    assert changed == {name: value}


@pytest.mark.parametrize("variable", VARIABLES.values())
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "many", "1,000", "10 MB"])
def test_invalid_limit_is_refused_in_one_sentence(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadLimit) as caught:
        Limits.from_environment()
    kind = "a whole number" if variable in WHOLE else "a number"
    assert str(caught.value) == f"{variable} is {value!r}; it must be {kind} above 0."
    assert isinstance(caught.value, StoreError)  # so that pages show it


def test_a_limit_that_no_number_in_a_database_can_hold_is_refused(monkeypatch):
    monkeypatch.setenv("CHARRNN_SERVER_RUNS", "1e19")
    with pytest.raises(BadLimit, match=r"is '1e19'; it must be at most 1,000,000,000,000\."):
        Limits.from_environment()


@pytest.mark.parametrize("variable", ["CHARRNN_VISITOR_RUNS", "CHARRNN_SERVER_RUNS"])
def test_half_a_run_is_refused_since_every_run_would_wait_forever(monkeypatch, variable):
    monkeypatch.setenv(variable, "0.5")
    with pytest.raises(BadLimit, match=r"is '0\.5'; it must be a whole number above 0\."):
        Limits.from_environment()


@pytest.mark.parametrize("value", ["", "  "])
def test_empty_variable_counts_as_unset(monkeypatch, value):
    monkeypatch.setenv("CHARRNN_WEIGHTS", value)
    assert Limits.from_environment() == Limits()


def test_network_may_be_exactly_as_large_as_allowed():
    config = RunConfig(hidden_size=100)
    size = Parameters.size(80, 100)
    Limits(weights=size).check(config, 80)
    with pytest.raises(
        TooLarge, match=rf"would have {size:,} weights, and at most {size - 1:,} are"
    ):
        Limits(weights=size - 1).check(config, 80)


def test_update_may_take_exactly_as_many_multiplications_as_allowed():
    config = RunConfig(hidden_size=100, seq_length=25, streams=4)
    products = 25 * 4 * 100 * (100 + 2 * 80)
    Limits(step_products=products).check(config, 80)
    with pytest.raises(TooLarge, match=rf"take {products:,} multiplications"):
        Limits(step_products=products - 1).check(config, 80)


def test_network_may_take_exactly_as_much_memory_as_allowed():
    config = RunConfig(hidden_size=8, seq_length=75, streams=64)
    megabytes = memory.training_bytes(config, 2000) / MEGABYTE
    Limits(worker_megabytes=megabytes).check(config, 2000)
    with pytest.raises(TooLarge, match="choose a smaller seq_length or fewer streams, or a text"):
        Limits(worker_megabytes=megabytes - 0.01).check(config, 2000)
    with pytest.raises(TooLarge, match="choose a smaller hidden_size, or a text"):
        Limits(worker_megabytes=10).check(RunConfig(hidden_size=500), 100)


def test_windows_as_wide_as_a_large_vocabulary_are_refused_before_they_take_a_gigabyte():
    wide = RunConfig(hidden_size=8, seq_length=75, streams=64)
    with pytest.raises(TooLarge, match=r"would take 9\d\d MB of memory, and at most 900 MB"):
        Limits().check(wide, 20_000)


@pytest.mark.parametrize(
    ("vocab_size", "settings"),
    [
        (3000, {"hidden_size": 8, "seq_length": 50, "streams": 32}),  # the windows are most of it
        (60, {"hidden_size": 400, "seq_length": 50, "streams": 16, "dtype": "float64"}),
    ],
)
def test_arithmetic_agrees_with_the_memory_that_is_allocated(vocab_size, settings):
    config = RunConfig(held_out=0.0, **settings)
    ids = np.resize(np.arange(vocab_size), 10_000)
    tracemalloc.start()
    trainer = Trainer(ids, vocab_size, **config.trainer_settings())
    trainer.step()
    _good_and_candidate = trainer.state(), trainer.state()  # as in good_state.py
    state_to_bytes(trainer.state())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    counted = memory.training_bytes(config, vocab_size)
    assert 0.6 * counted < peak < 1.1 * counted


def test_defaults_allow_large_networks():
    Limits().check(RunConfig(hidden_size=1024), 100)
    Limits().check(RunConfig(hidden_size=512, seq_length=100), 5000)
    Limits().check(RunConfig(hidden_size=240), 20_000)


def test_text_limit_is_converted_to_bytes():
    assert Limits().text_bytes == 25 * 2**20
    assert Limits(text_megabytes=0.5).text_bytes == 2**19


def test_run_that_exceeds_a_limit_is_not_created(store, corpus, monkeypatch):
    workspace = Workspace(store, "me")
    parent = workspace.create(corpus, RunConfig())
    monkeypatch.setenv("CHARRNN_WEIGHTS", "1000")
    for create in (store.runs.create, workspace.create):
        with pytest.raises(TooLarge, match="choose a smaller hidden_size"):
            create(corpus, RunConfig())
    assert [run.id for run in workspace.runs()] == [parent.id]
