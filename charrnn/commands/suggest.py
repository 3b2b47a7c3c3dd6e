"""Find settings that learn a text fast, by trying a few for a few seconds each."""

import argparse
from typing import TYPE_CHECKING

from charrnn.commands.terminal import CommandError, print_output
from charrnn.commands.text_file import add_encoding, read_text

if TYPE_CHECKING:
    from charrnn.runs.config import RunConfig


def suggest(options: argparse.Namespace) -> int:
    """Train a few networks on a text file for two seconds each; print which learned fastest.

    The first one has the settings that are the defaults of train. The loss is measured on held-out
    text. How many iterations fit into two seconds is measured, too, so results differ a little
    from one call to the next.
    """
    from charrnn.engine.corpus import training_length
    from charrnn.engine.training import Diverged
    from charrnn.engine.vocabulary import Vocabulary
    from charrnn.runs.config import RunConfig
    from charrnn.runs.limits import Limits
    from charrnn.runs.suggestions.candidates import candidates
    from charrnn.runs.suggestions.ranking import ranked
    from charrnn.runs.suggestions.trial import Trial, run_trial

    text = read_text(options.file, options.encoding)
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    try:
        configs = candidates(RunConfig(), len(text), len(vocabulary), Limits.from_environment())
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    if training_length(len(text), configs[0].held_out) == len(text):
        raise CommandError(f"{options.file} is too short: nothing can be held out to measure with")
    trials = [Trial(config) for config in configs]
    for trial in trials:
        try:
            trial.marks.extend(run_trial(ids, len(vocabulary), trial.config))
        except Diverged:
            print_output(f"{_settings(trial.config)} diverged")
            continue
        trial.state = "done"
        iteration, seconds, bits = trial.marks[-1]
        figures = f"held_out_bits={bits:.3f} iterations={iteration} cpu_seconds={seconds:.1f}"
        print_output(f"{_settings(trial.config)} {figures}")
    for best in ranked(trials)[:1]:
        print_output(f"suggested {_settings(best.config)}")
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="A text file in any common encoding.")
    add_encoding(parser)


def _settings(config: "RunConfig") -> str:
    """The settings as options of the command train."""
    values = {
        "recipe": config.recipe,
        "hidden-size": config.hidden_size,
        "seq-length": config.seq_length,
        "streams": config.streams,
        "learning-rate": config.learning_rate,
    }
    return " ".join(f"--{name} {value}" for name, value in values.items())
