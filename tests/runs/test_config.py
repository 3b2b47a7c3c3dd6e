"""Settings have limits, say what is wrong with a value, and survive the way to JSON and back."""

import inspect
import json
import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.engine.corpus import training_length
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig, in_digits

NUMBERS = [f.name for f in fields(RunConfig) if "choices" not in f.metadata]
CHOICES = {f.name: f.metadata["choices"] for f in fields(RunConfig) if "choices" in f.metadata}
WHOLE_NUMBERS = [f.name for f in fields(RunConfig) if f.type is int]


def value_of(name):
    low, high = RunConfig.limits(name)
    if name in WHOLE_NUMBERS:
        return st.integers(low, high)
    return st.floats(low, high)


configs = st.builds(
    RunConfig,
    **{name: st.sampled_from(choices) for name, choices in CHOICES.items()},
    **{name: value_of(name) for name in NUMBERS},
)


def test_defaults_are_the_textbook_settings():
    assert RunConfig().to_dict() == {
        "hidden_size": 100,
        "seq_length": 25,
        "learning_rate": 0.1,
        "iterations": 100_000,
        "seconds": 0.0,
        "sample_length": 200,
        "sample_interval": 1000,
        "seed": 0,
        "streams": 1,
        "held_out": 0.1,
        "early_stopping": "off",
        "dtype": "float32",
        "optimizer": "adagrad",
        "clipping": "value",
        "clip_limit": 5.0,
        "schedule": "constant",
        "warm_up": 0,
        "decay_iterations": 100_000,
        "decay_epochs": 1000,
        "decay_to": 0.002,
        "initial_weights": "normal",
        "initial_scale": 0.01,
        "hidden_state": "carried",
        "gradients_through_time": "on",
    }


@pytest.mark.parametrize("name", NUMBERS)
def test_both_limits_are_allowed_and_nothing_beyond(name):
    low, high = RunConfig.limits(name)
    assert low < high
    for allowed in (low, high):
        assert getattr(RunConfig(**{name: allowed}), name) == allowed
    for beyond in (low - 1, high + 1, -(10**30), 10**30):
        with pytest.raises(ValueError, match=rf"^{name} is .*; allowed: ") as error:
            RunConfig(**{name: beyond})
        allowed = f"{in_digits(low)} to {in_digits(high)}"
        assert f"{name} is {in_digits(beyond)}; allowed: {allowed}" == str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("hidden_size", 5000, "hidden_size is 5,000; allowed: 1 to 1,024"),
        ("seq_length", 0, "seq_length is 0; allowed: 1 to 500"),
        ("learning_rate", -0.1, "learning_rate is -0.1; allowed: 0.00001 to 10"),
        ("learning_rate", math.nan, "learning_rate is nan; allowed: 0.00001 to 10"),
        ("learning_rate", math.inf, "learning_rate is inf; allowed: 0.00001 to 10"),
        ("held_out", math.nan, "held_out is nan; allowed: 0 to 0.5"),
        ("dtype", "float16", "dtype is 'float16'; allowed: float32 or float64"),
        ("dtype", None, "dtype is None; allowed: float32 or float64"),
        ("clipping", "hard", "clipping is 'hard'; allowed: value, norm or off"),
        ("hidden_size", 83.0, "hidden_size is 83.0; it must be a whole number"),
        ("hidden_size", math.nan, "hidden_size is nan; it must be a whole number"),
        ("learning_rate", "0.1", "learning_rate is '0.1'; it must be a number"),
    ],
)
def test_error_shows_the_value_and_what_is_allowed(name, value, message):
    with pytest.raises(ValueError, match=name) as error:
        RunConfig(**{name: value})
    assert str(error.value) == message


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [True, False, "7", None, [1], 1j], ids=repr)
def test_value_of_the_wrong_type_is_refused(name, value):
    with pytest.raises(ValueError, match="it must be a") as error:
        RunConfig(**{name: value})
    assert str(error.value).startswith(f"{name} is {value!r}; it must be a")


def test_whole_number_is_accepted_where_a_fraction_is_allowed():
    assert RunConfig(learning_rate=1, held_out=0).learning_rate == 1


@pytest.mark.parametrize("name", [*NUMBERS, *CHOICES])
def test_every_setting_is_explained_in_one_sentence(name):
    meaning = RunConfig.meaning(name)
    assert meaning[0].isupper()
    assert meaning.endswith(".")
    assert meaning.count(".") == 1


def test_config_is_immutable():
    with pytest.raises(FrozenInstanceError):
        RunConfig().seed = 1


@given(configs)
def test_config_survives_the_way_to_json_and_back(config):
    assert RunConfig.from_dict(config.to_dict()) == config
    assert RunConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_trainer_gets_every_setting_that_it_takes():
    parameters = inspect.signature(Trainer).parameters
    config = RunConfig(seed=7, streams=2)
    settings = config.trainer_settings()
    assert set(settings) == set(parameters) - {"ids", "vocab_size"}
    assert settings.items() <= config.to_dict().items()


def test_settings_missing_from_a_dict_have_their_defaults():
    assert RunConfig.from_dict({"seed": 7}) == RunConfig(seed=7)


def test_settings_in_a_dict_are_validated():
    with pytest.raises(ValueError, match="'hiden_size' is not a setting"):
        RunConfig.from_dict({"hiden_size": 83})
    with pytest.raises(ValueError, match="hidden_size is 0; allowed: 1 to 1,024"):
        RunConfig.from_dict({"hidden_size": 0})


@given(configs, configs)
def test_differences_are_the_fields_that_differ(one, other):
    differences = one.differences(other)
    own, others = one.to_dict(), other.to_dict()
    assert own | {name: pair[1] for name, pair in differences.items()} == others
    assert others | {name: pair[0] for name, pair in differences.items()} == own
    assert all(a != b for a, b in differences.values())
    assert (differences == {}) == (one == other)


def test_differences_have_both_values():
    assert RunConfig(seed=1).differences(RunConfig(hidden_size=83)) == {
        "hidden_size": (100, 83),
        "seed": (1, 0),
    }


@given(configs, st.integers(2, 5000))
def test_fitting_only_reduces_seq_length_and_streams(config, n):
    fitted = config.fitted(n)
    assert set(config.differences(fitted)) <= {"seq_length", "streams"}
    assert fitted.seq_length <= config.seq_length
    assert fitted.streams <= config.streams
    assert fitted.fitted(n) == fitted
    assert training_length(n, fitted.held_out) // fitted.streams > fitted.seq_length


def test_config_that_fits_is_not_changed():
    assert RunConfig().fitted(463_189) == RunConfig()


@pytest.mark.parametrize("text", ["ab", "aba", "abc", "abcd", "abcde", "to be or not to be"])
@pytest.mark.parametrize("held_out", [0.0, 0.1, 0.5])
def test_fitted_config_trains_on_any_text_of_two_characters_or_more(text, held_out):
    config = RunConfig(held_out=held_out, streams=4, hidden_size=3).fitted(len(text))
    vocabulary = Vocabulary.of(text)
    trainer = Trainer(
        vocabulary.encode(text),
        len(vocabulary),
        hidden_size=3,
        seq_length=config.seq_length,
        streams=config.streams,
        held_out=held_out,
    )
    assert math.isfinite(trainer.step().loss)


@pytest.mark.parametrize("n", [0, 1])
def test_text_too_short_for_any_window_is_refused(n):
    with pytest.raises(ValueError, match="at least 2 characters"):
        RunConfig().fitted(n)


def test_one_update_reads_a_sequence_in_every_stream():
    assert RunConfig(seq_length=10, streams=3).characters_per_iteration == 30


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"schedule": "cosine", "warm_up": 20, "decay_iterations": 300},
        {"schedule": "linear", "decay_epochs": 2, "streams": 3, "held_out": 0.2},
    ],
)
def test_the_share_of_the_learning_rate_is_the_one_that_a_trainer_uses(settings):
    config, ids = RunConfig(hidden_size=2, seq_length=7, **settings), np.arange(5000) % 3
    trainer = Trainer(ids, 3, **config.trainer_settings())
    for iteration in (0, 5, 19, 20, 150, 299, 400, 10_000):
        trainer.iteration = iteration
        share = config.share_of_rate(iteration, len(ids))
        assert trainer.scheduled_learning_rate() == config.learning_rate * share
