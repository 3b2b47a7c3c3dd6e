"""An experiment of the page Learn, trained in this process."""

from dataclasses import replace

import pytest

from charrnn.runs.store.records import Experiment
from charrnn.runs.texts import library
from charrnn.ui.learn import experiment


@pytest.fixture
def answer(store, workspace, work):
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
            runs.append(work(workspace.create(corpus, config, experiment=mark)))
        return experiment.result_of(runs)

    return answer
