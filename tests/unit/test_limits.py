"""What is allowed here: said by the environment, and refused in one sentence."""

from dataclasses import fields

import pytest

from charrnn.engine.parameters import Parameters
from charrnn.runs.config import RunConfig
from charrnn.runs.limits import BadLimit, Limits, TooLarge
from charrnn.runs.records import StoreError
from charrnn.runs.shelf import Shelf

VARIABLES = {f.name: f.metadata["variable"] for f in fields(Limits)}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


def test_without_variables_the_defaults_hold():
    assert Limits.here() == Limits()
    assert len(set(VARIABLES.values())) == len(VARIABLES) == 8


@pytest.mark.parametrize(("name", "variable"), VARIABLES.items())
def test_every_limit_has_a_variable_of_its_own(monkeypatch, name, variable):
    monkeypatch.setenv(variable, " 1.5 ")
    changed = {
        f.name: getattr(Limits.here(), f.name)
        for f in fields(Limits)
        if getattr(Limits.here(), f.name) != f.default
    }
    assert changed == {name: 1.5}


@pytest.mark.parametrize("variable", VARIABLES.values())
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "many", "1,000", "10 MB"])
def test_what_is_no_limit_is_refused_in_one_sentence(monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadLimit) as caught:
        Limits.here()
    assert str(caught.value) == f"{variable} is {value!r}; it must be a number above 0."
    assert isinstance(caught.value, StoreError)  # the page says it as it says all of these


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_is_none(monkeypatch, value):
    monkeypatch.setenv("CHARRNN_WEIGHTS", value)
    assert Limits.here() == Limits()


def test_a_network_may_be_exactly_as_large_as_is_allowed():
    config = RunConfig(hidden_size=100)
    size = Parameters.size(80, 100)
    Limits(weights=size).check(config, 80)
    with pytest.raises(TooLarge, match=rf"would have {size:,} weights, and {size - 1:,} are"):
        Limits(weights=size - 1).check(config, 80)


def test_a_step_may_take_exactly_as_long_as_is_allowed():
    config = RunConfig(hidden_size=100, seq_length=25, streams=4)
    products = 25 * 4 * 100 * (100 + 2 * 80)
    Limits(step_products=products).check(config, 80)
    with pytest.raises(TooLarge, match=rf"take {products:,} multiplications"):
        Limits(step_products=products - 1).check(config, 80)


def test_the_defaults_allow_what_people_would_try():
    Limits().check(RunConfig(hidden_size=1024), 100)
    Limits().check(RunConfig(hidden_size=512, seq_length=100), 5000)


def test_text_in_bytes():
    assert Limits().text_bytes == 25 * 2**20
    assert Limits(text_megabytes=0.5).text_bytes == 2**19


def test_what_is_too_large_is_not_begun(store, corpus, monkeypatch):
    shelf = Shelf(store, "me")
    parent = shelf.create(corpus, RunConfig())
    monkeypatch.setenv("CHARRNN_WEIGHTS", "1000")
    for begin in (store.create_run, shelf.create):
        with pytest.raises(TooLarge, match="choose a smaller hidden_size"):
            begin(corpus, RunConfig())
    assert [run.id for run in shelf.runs()] == [parent.id]
