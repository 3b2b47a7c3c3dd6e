"""A worker trains its run to the limit, and records losses, samples and snapshots on the way."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from charrnn.engine.analysis.baselines import Baselines
from charrnn.engine.gauges import Measurement
from charrnn.engine.training import Trainer
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import GREEDY_SAMPLE_LENGTH
from charrnn.runs.recording import are_measured, should_measure, should_record
from charrnn.runs.store.workspace import Workspace
from charrnn.runs.workers import checkpointing, recorder, worker
from charrnn.runs.workers.checkpointing import should_snapshot
from tests.support.workers import (
    SMALL,
    checkpoint,
    expected_rows,
    history,
    publish_often,
    rows_without_times,
    work,
)

# --- To the limit -------------------------------------------------------------------------------


def test_a_run_trains_to_its_limit_and_is_finished(store, corpus):
    run = work(store, store.runs.create(corpus, SMALL))
    assert (run.status, run.desired, run.iteration, run.message) == ("finished", "paused", 450, "")
    assert run.smooth_loss == history(store, run).metrics[-1][2]
    assert run.seconds > 0
    assert run.characters_per_second > 0
    assert len(run.greedy_sample) == GREEDY_SAMPLE_LENGTH
    assert checkpoint(store, run)["iteration"] == 450


def test_samples_are_taken_at_the_start_and_at_every_interval(store, corpus):
    run = work(store, store.runs.create(corpus, SMALL))
    h = history(store, run)
    assert h.sample_iterations == [0, 100, 200, 300, 400]
    assert [n for n, _ in h.evaluations] == [*h.sample_iterations, 450]  # and at the end
    samples = [store.history.sample(run.id, n) for n in h.sample_iterations]
    assert [len(text) for text in samples] == [30] * 5
    assert len(set(samples)) == 5
    assert h.newest_sample == (400, samples[-1])


def test_two_runs_with_the_same_seed_equal_a_trainer_alone(store, corpus, monkeypatch):
    config = replace(SMALL, seed=7, streams=2, iterations=2200, sample_interval=1000)
    first = work(store, store.runs.create(corpus, config))
    publish_often(monkeypatch)  # in other portions
    second = work(store, store.runs.create(corpus, config))
    assert rows_without_times(store, first) == rows_without_times(store, second)
    expected = expected_rows(store.corpora.text(corpus.sha256), config)
    assert rows_without_times(store, first) == expected


def test_runs_with_different_seeds_differ(store, corpus):
    runs = [store.runs.create(corpus, replace(SMALL, seed=seed)) for seed in (0, 1)]
    first, second = (rows_without_times(store, work(store, run))[0] for run in runs)
    assert first[1:] != second[1:]


def test_the_held_out_loss_is_measured_where_challenges_count_to(store, corpus, monkeypatch):
    """However many characters an update reads, and however seldom samples are written."""
    monkeypatch.setattr(recorder, "BUDGETS", [1_010, 5_000])
    config = replace(SMALL, streams=4, sample_interval=1000)  # 100 characters in an update
    run = work(store, store.runs.create(corpus, config))
    assert [n for n, _ in store.history.evaluations(run.id)] == [0, 10, 50, 450]


def test_a_run_whose_limit_is_raised_is_measured_at_each_end(store, corpus):
    run = work(store, store.runs.create(corpus, replace(SMALL, sample_interval=1000)))
    store.runs.request(run.id, desired="running", iterations=700)
    run = work(store, store.runs.get(run.id))
    assert [n for n, _ in store.history.evaluations(run.id)] == [0, 450, 700]
    assert history(store, run).evaluations == store.history.evaluations(run.id)


def test_a_run_without_held_out_text_has_no_evaluations(store, corpus):
    run = work(store, store.runs.create(corpus, replace(SMALL, held_out=0.0)))
    assert history(store, run).evaluations == []


def test_losses_are_recorded_at_intervals_that_double():
    recorded = [n for n in range(20_000) if should_record(n)]
    assert recorded[:2049] == list(range(2049))
    assert {b - a for a, b in pairwise(recorded) if a >= 16384} == {16}
    assert len(recorded) < 1024 * 6
    assert all(should_record(2**k) for k in range(40))


def test_snapshots_are_log_spaced():
    snapshots = [n for n in range(1001) if should_snapshot(n)]
    assert snapshots == [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]


def test_snapshots_of_a_large_network_begin_later_and_depend_on_its_settings_alone(
    store, corpus, monkeypatch
):
    monkeypatch.setattr(checkpointing, "SMALL_STATE_BYTES", 100)
    config = replace(SMALL, streams=2, sample_interval=1000)  # 50 characters in an update
    runs = [store.runs.create(corpus, config) for _ in range(2)]
    work(store, runs[0])
    publish_often(monkeypatch)  # in other portions
    work(store, runs[1])
    for run in runs:
        assert store.snapshots.iterations(run.id) == [0, 200, 450]  # the last is the best


@pytest.mark.parametrize("characters", [1, 25, 400, 128_000])
def test_snapshots_of_a_large_network_cost_little_of_its_training(characters):
    """One costs as much as training on 250 characters."""
    first = checkpointing.first_snapshot(80 * 2**20, characters)
    stored = [n for n in range(1, 200_000) if should_snapshot(n, first)]
    assert stored
    for count, n in enumerate(stored, 1):
        assert count * 250 <= 0.05 * n * characters


@pytest.mark.parametrize("megabytes", [0.01, 1, 5, 20, 80, 160])
def test_checkpoints_write_a_limited_number_of_bytes_a_minute(megabytes):
    seconds = checkpointing.checkpoint_seconds(int(megabytes * 2**20))
    assert seconds >= 2.5
    assert 60 / seconds * megabytes <= 60.01 or seconds == 120
    assert seconds == 2.5 or megabytes > 2.5


def test_checkpoints_of_a_large_network_take_a_small_share_of_the_time_on_a_slow_disk():
    for cost in (0.0, 0.1, 0.5, 1.5):
        assert cost <= 0.015 * checkpointing.checkpoint_seconds(20 * 2**20, cost) * 1.001
    assert checkpointing.checkpoint_seconds(20 * 2**20, 1000.0) == 120
    assert checkpointing.checkpoint_seconds(1000, 1000.0) == 2.5  # others may have kept it waiting


def losses(store, corpus, config):
    """The losses and the smooth losses of all windows, from a Trainer alone."""
    vocabulary = Vocabulary(corpus.vocabulary)
    ids = vocabulary.encode(store.corpora.text(corpus.sha256))
    trainer = Trainer(ids, len(vocabulary), **config.trainer_settings())
    records = [trainer.step() for _ in range(config.iterations)]
    return [r.loss for r in records], [r.smooth_loss for r in records]


@pytest.mark.parametrize("iterations", [1, 150, 450])
def test_recent_loss_is_the_mean_of_the_last_200_windows(store, corpus, iterations):
    config = replace(SMALL, iterations=iterations)
    run = work(store, store.runs.create(corpus, config))
    last = losses(store, corpus, config)[0][-200:]
    assert run.recent_loss == pytest.approx(sum(last) / len(last))


def test_best_smooth_loss_is_the_lowest_of_all_windows_recorded_or_not(store, corpus):
    config = replace(SMALL, iterations=5000, sample_interval=1000)
    run = store.runs.create(corpus, config, pause_at=4099)
    run = work(store, run)
    lowest = min(losses(store, corpus, replace(config, iterations=4099))[1])
    assert run.best_smooth_loss == lowest <= run.smooth_loss
    store.runs.request(run.id, desired="running")
    assert work(store, run).best_smooth_loss == min(losses(store, corpus, config)[1])


def test_loss_figures_do_not_jump_when_a_run_resumes(store, corpus):
    run = work(store, store.runs.create(corpus, replace(SMALL, iterations=6000), pause_at=5000))
    store.runs.request(run.id, desired="running", pause_at=5001)
    resumed = work(store, run)
    assert resumed.recent_loss == pytest.approx(run.recent_loss, rel=0.02)
    assert resumed.best_smooth_loss <= run.best_smooth_loss


def test_a_run_has_the_baselines_for_what_it_holds_out(store, corpus, monkeypatch):
    asked = []

    def note(ids, vocab_size, held_out):
        asked.append((len(ids), vocab_size, held_out))
        return Baselines(4.0, 3.0, 2.0, held_out)

    monkeypatch.setattr(worker, "baselines_for", note)
    run = store.runs.create(corpus, replace(SMALL, held_out=0.25), pause_at=10)
    assert run.baselines is None
    run = work(store, run)
    assert run.baselines == Baselines(4.0, 3.0, 2.0, 0.25)
    store.runs.request(run.id, desired="running")
    assert work(store, run).baselines == run.baselines
    assert asked == [(corpus.characters, len(corpus.vocabulary), 0.25)]  # only once


def test_gauges_are_recorded_at_intervals_that_double():
    measured = [n for n in range(1, 60_001) if should_measure(n)]
    assert measured[:3] == [100, 200, 300]
    assert measured[-2:] == [59_200, 60_000]
    assert are_measured(np.array(measured))
    assert not any(are_measured(np.array([n])) for n in range(20_000) if not should_measure(n))


def test_a_worker_records_the_gauges_of_its_steps_and_a_branch_takes_them_along(store, corpus):
    run = work(store, store.runs.create(corpus, SMALL, workspace="w" * 24))
    vocabulary = Vocabulary(corpus.vocabulary)
    ids = vocabulary.encode(store.corpora.text(corpus.sha256))
    trainer = Trainer(ids, len(vocabulary), **SMALL.trainer_settings())
    measurement, expected = Measurement(trainer.weights), []
    for n in range(1, SMALL.iterations + 1):
        trainer.step(measurement)
        if n % 100 == 0:
            expected.append((n, measurement.gauges))
    assert store.history.gauges(run) == expected
    assert store.history.gauges(run, points=4) == expected[1::2]
    assert store.history.newest_gauges(run, 3) == expected[-3:]
    earlier = replace(run, iteration=250)
    assert store.history.newest_gauges(earlier, 9) == expected[:2]
    branch = Workspace(store, "w" * 24).branch(run, 200)
    assert store.history.gauges(branch) == expected[:2]
