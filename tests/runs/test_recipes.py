"""A run keeps its recipe: branched, saved, imported or resumed, it continues bit for bit."""

import json
from dataclasses import replace

import pytest

from charrnn.engine.optimizers.by_name import OPTIMIZERS
from charrnn.runs.config import RunConfig
from charrnn.runs.files import archive, header, transfer
from charrnn.runs.files.transfer import import_run
from charrnn.runs.limits import Limits
from charrnn.runs.recipes import LEARNING_SETTINGS, OWN, RECIPES, RULES
from charrnn.runs.store.workspace import Workspace
from tests.support.transfer import TEXT, store_in, train
from tests.support.uninterrupted import stored_rows

# What each recipe has of its own, in a network that trains in no time and decays on the way.
SMALL = {"hidden_size": 9, "streams": 2, "seq_length": 8, "iterations": 300, "sample_interval": 100}
VARIANTS = [
    pytest.param(RECIPES["textbook"].settings, id="textbook"),
    pytest.param(
        RECIPES["quick"].settings | {"warm_up": 20, "decay_iterations": 250, "decay_epochs": 90},
        id="quick",
    ),
    pytest.param(
        {"optimizer": "rmsprop", "learning_rate": 0.003, "initial_weights": "identity"},
        id="rmsprop",
    ),
    pytest.param({"optimizer": "sgd", "clipping": "off", "schedule": "linear"}, id="sgd"),
    pytest.param({"hidden_state": "cleared", "gradients_through_time": "off"}, id="rules broken"),
]


@pytest.fixture
def workspace(tmp_path):
    return Workspace(store_in(tmp_path), "workspace")


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_branch_and_an_imported_run_continue_to_the_same_bits(workspace, tmp_path, variant):
    config, store = RunConfig(**{**variant, **SMALL}), workspace.store
    run = workspace.create(store.corpora.add("cats", TEXT), config)
    train(store, run, 100)
    data = transfer.export_run(store, run, with_text=True)
    train(store, run, 299)  # a worker of its own goes on from the checkpoint

    branch = workspace.branch(run, 100)
    assert replace(branch.config, iterations=config.iterations) == config
    train(store, branch, 299)
    assert stored_rows(store, branch) == stored_rows(store, run)

    (tmp_path / "other").mkdir()
    other = store_in(tmp_path / "other")
    imported = import_run(Workspace(other, "other"), data)
    assert imported.config == config
    train(other, imported, 299)
    assert stored_rows(other, imported)["checkpoints"] == stored_rows(store, run)["checkpoints"]

    whole = workspace.create(store.corpora.get(run.sha256), config)
    train(store, whole, 299)
    assert stored_rows(store, whole)["checkpoints"] == stored_rows(store, run)["checkpoints"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_only_the_textbooks_way_of_learning_is_saved_as_an_earlier_charrnn_reads_it(
    workspace, name
):
    config = RunConfig(**{**SMALL, "optimizer": name})
    run = workspace.create(workspace.store.corpora.add("cats", TEXT), config)
    train(workspace.store, run, 5)
    data = transfer.export_run(workspace.store, run, with_text=False)
    metadata = header.parse(data).metadata
    settings = set(json.loads(metadata["config"]))
    assert not set(RULES) & settings
    as_before = not set(LEARNING_SETTINGS) & settings
    assert (metadata["version"], as_before) == (("2", True) if name == "adagrad" else ("3", False))
    assert archive.from_bytes(data).config == config


@pytest.mark.parametrize("rule", RULES)
def test_a_run_that_breaks_a_rule_is_saved_in_a_version_that_an_earlier_charrnn_refuses(
    workspace, rule
):
    broken = {"hidden_state": "cleared", "gradients_through_time": "off"}[rule]
    config = RunConfig(**{**SMALL, rule: broken})
    run = workspace.create(workspace.store.corpora.add("cats", TEXT), config)
    train(workspace.store, run, 5)
    data = transfer.export_run(workspace.store, run, with_text=False)
    assert header.parse(data).metadata["version"] == "4"
    assert archive.from_bytes(data).config == config


def test_how_far_a_decay_goes_is_saved_in_a_version_that_an_earlier_charrnn_refuses(workspace):
    config = RunConfig(**SMALL, schedule="linear", decay_to=0.01)
    run = workspace.create(workspace.store.corpora.add("cats", TEXT), config)
    train(workspace.store, run, 5)
    data = transfer.export_run(workspace.store, run, with_text=False)
    assert header.parse(data).metadata["version"] == "5"
    assert archive.from_bytes(data).config == config


@pytest.mark.parametrize("name", ["quick", "patient"])
def test_a_run_of_a_recipe_from_before_there_was_a_choice_keeps_its_recipe(name):
    settings = RunConfig(**RECIPES[name].settings).to_dict()
    del settings["decay_to"]
    before = RunConfig.from_dict(settings)
    assert (before.recipe, before.decay_to) == (name, 0.002)


def test_settings_from_before_there_was_a_choice_are_the_textbooks():
    before = {n: v for n, v in RunConfig(seed=7).to_dict().items() if n not in LEARNING_SETTINGS}
    config = RunConfig.from_dict(before)
    assert config == RunConfig(seed=7)
    assert config.recipe == "textbook"


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_recognized_whatever_the_size_of_its_network(name):
    recipe = RECIPES[name]
    config = RunConfig(**recipe.settings)
    Limits().check(config, vocab_size=200)
    assert config.recipe == name
    assert replace(config, hidden_size=33, streams=3, learning_rate=0.01).recipe == name
    assert replace(config, clip_limit=4.0).recipe == OWN


def test_the_textbook_recipe_changes_no_default():
    assert RunConfig(**RECIPES["textbook"].settings) == RunConfig()


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_explained_in_one_sentence(name):
    meaning = RECIPES[name].meaning
    assert meaning[0].isupper()
    assert meaning.endswith(".")
    assert meaning.count(".") == 1
