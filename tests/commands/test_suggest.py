"""The command suggest: what it prints can be given to the command train."""

import pytest

from charrnn import __main__
from charrnn.engine.training import Diverged
from charrnn.runs.suggestions import trial
from charrnn.runs.suggestions.trial import Mark


@pytest.fixture
def faked(monkeypatch):
    """Trials that take no time; with fewer hidden units they end better, with 256 they diverge."""

    def run_trial(ids, vocab_size, config):
        if config.hidden_size == 256:
            raise Diverged(5, "the loss is no longer a number")
        yield Mark(1000, 2.0, config.hidden_size / 100)

    monkeypatch.setattr(trial, "run_trial", run_trial)


def test_it_prints_every_trial_and_the_best_as_options_of_train(faked, text, capsys):
    assert __main__.main(["suggest", str(text)]) == 0
    *trials, last = capsys.readouterr().out.splitlines()
    assert trials[0].endswith("held_out_bits=1.000 iterations=1000 cpu_seconds=2.0")
    assert sum(line.endswith("diverged") for line in trials) == 1
    best = "--recipe quick --hidden-size 96 --seq-length 25 --streams 2 --learning-rate 0.003"
    assert last == f"suggested {best}"
    __main__._parsed(["train", str(text), *best.split()])


def test_a_text_too_short_to_measure_on_is_refused(tmp_path, capsys):
    short = tmp_path / "short.txt"
    short.write_text("a short text")
    assert __main__.main(["suggest", str(short)]) == 2
    assert "too short" in capsys.readouterr().err
