"""An experiment of the page Learn, trained in this process."""

from dataclasses import replace

import pytest

from charrnn.engine.training import Diverged
from charrnn.runs.store.records import Experiment
from charrnn.runs.texts import library
from charrnn.runs.workers.worker import Worker
from charrnn.ui.learn import experiment_runs
from tests.support.workers import NAME, StopWhenIdle, worker_process


@pytest.fixture
def train(store):
    """train(run): train it in this process until it is idle, or has diverged."""

    def train(run):
        assert store.leases.claim(run.id, NAME)
        worker = Worker(store, store.runs.get(run.id), NAME)
        try:
            worker.work(StopWhenIdle(store, run))
        except Diverged as error:
            worker.fail(error)
        store.leases.release(run.id, NAME)
        return store.runs.get(run.id)

    return train


@pytest.fixture
def train_alone(store, eventually):
    """train_alone(run): train it in a process of its own, where NumPy uses one thread only.

    With several streams, NumPy would use them all, which takes ten times as long on busy cores.
    """

    def train_alone(run):
        with worker_process(run):
            eventually(lambda: store.runs.get(run.id).status == "finished", seconds=300)
        return store.runs.get(run.id)

    return train_alone


@pytest.fixture
def answer(store, workspace, train, train_alone):
    """answer(card, iterations): the result of its experiment with so many iterations."""

    def answer(card, iterations=None, *, only=None, guess=""):
        titles = {entry.key: entry.title for entry in library.available()}
        corpus = store.corpora.add(titles[card.text], library.load(card.text))
        runs = []
        for plan in card.plans(corpus):
            if only and plan.label not in only:
                continue
            config = plan.config
            if iterations:
                config = replace(config, iterations=min(iterations, config.iterations))
            mark = Experiment(card.key, "group", plan.label, guess)
            run = workspace.create(corpus, config, experiment=mark)
            runs.append(train(run) if config.streams == 1 else train_alone(run))
        return experiment_runs.result_of(runs)

    return answer
