"""Which run a run is a copy or a branch of, in words."""

from dataclasses import replace

import pytest

from charrnn.runs.config import RunConfig
from charrnn.ui.shared import lineage

CONFIG = RunConfig(learning_rate=0.1, hidden_size=100)


@pytest.fixture
def family(workspace, corpus):
    """A run, its copy with two changes, a branch of it, and an unrelated run."""
    run = workspace.create(corpus, CONFIG)
    copy = workspace.create(
        corpus, replace(CONFIG, learning_rate=0.3, hidden_size=50), parent=run.id
    )
    branch = replace(workspace.create(corpus, CONFIG, parent=run.id), branched_at=12_000)
    return run, copy, branch, workspace.create(corpus, CONFIG)


def test_a_run_and_its_copy_both_describe_the_differences(family):
    run, copy, branch, unrelated = family
    runs = list(family)
    assert lineage.lines(copy, runs) == [
        "Copy of Run 1: hidden_size 100 → 50 and learning rate 0.1 → 0.3"
    ]
    assert lineage.lines(branch, runs) == ["Branch of Run 1 at iteration 12,000: no changes"]
    assert lineage.lines(run, runs) == [
        "Copy: Run 2, hidden_size 100 → 50 and learning rate 0.1 → 0.3",
        "Branch at 12,000: Run 3, no changes",
    ]
    assert lineage.lines(unrelated, runs) == []


def test_a_parent_out_of_reach_is_called_unavailable(family):
    _, copy, branch, _ = family
    assert lineage.lines(copy, [copy]) == ["Copy of an unavailable run"]
    assert lineage.lines(branch, [branch]) == ["Branch of an unavailable run at iteration 12,000"]


def test_a_parent_that_is_not_the_visitors_is_neither_named_nor_called_unavailable(family):
    run, copy, branch, _ = family
    theirs = replace(run, workspace="another")
    assert lineage.lines(copy, [copy], theirs) == ["Copy of another visitor's run"]
    assert lineage.lines(branch, [branch], theirs) == [
        "Branch of another visitor's run at iteration 12,000"
    ]
    # Seen by somebody with whom only the copy is shared:
    assert lineage.lines(copy, [], run) == ["Copy of a run that is not shared"]
    assert lineage.lines(copy, [], replace(run, deleted_at=1.0)) == ["Copy of an unavailable run"]
