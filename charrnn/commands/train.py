"""The command `train`: its options, and the session of training that they ask for."""

import argparse
import os
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any

from charrnn.commands.terminal import (
    CommandError,
    add_setting,
    file_errors,
    number,
    print_output,
    whole_number,
)
from charrnn.commands.text_file import add_encoding, read_text
from charrnn.runs.errors import StoreError

if TYPE_CHECKING:
    from charrnn.commands.training_session import TrainingSession

CHANGEABLE = ("iterations", "learning_rate")  # settings of a run that has begun


def train(options: argparse.Namespace) -> int:
    """Train a network on a text file, or a saved run further; print samples and progress."""
    _check_out(options)
    session = _resume(options) if options.resume else _begin(options)
    # Only now, so that a wrong call does not wait for it.
    from charrnn.commands.training_loop import train_at_terminal

    return train_at_terminal(session, options)


def add_options(parser: argparse.ArgumentParser) -> None:
    from charrnn.runs.recipes import RECIPES

    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="A text file in any common encoding. With --resume, the same text again; not needed "
        "if the saved run includes it.",
    )
    add_encoding(parser)
    parser.add_argument(
        "--recipe",
        choices=RECIPES,
        help=" ".join(f"{name}: {recipe.meaning}" for name, recipe in RECIPES.items())
        + " Any of its settings can be changed by an option below; textbook unless given.",
    )
    parser.add_argument(
        "--seconds",
        type=number,
        metavar="N",
        help="Stop after N seconds of training; samples and measurements do not count. "
        "Without --iterations, nothing else ends it.",
    )
    for f in _setting_fields():
        option = f"--{f.name.replace('_', '-')}"
        add_setting(parser, option, f.name, default=argparse.SUPPRESS)
    parser.add_argument(
        "--resume",
        metavar="RUN",
        help="Continue a saved run; only --iterations and --learning-rate can be changed.",
    )
    parser.add_argument(
        "--out",
        metavar="RUN",
        help="The file to save the run in, when training ends or is stopped.",
    )
    parser.add_argument(
        "--checkpoint-every",
        type=whole_number,
        metavar="N",
        help="Save it in that file on the way as well, every N iterations; never unless given.",
    )
    parser.add_argument("--with-text", action="store_true", help="Include the text in that file.")


def _check_out(options: argparse.Namespace) -> None:
    """Raises CommandError if the options about the file of the run make no sense."""
    if options.out == "":
        raise CommandError("--out has no name: name a file to save the run in")
    if options.out and options.file and _same_file(options.out, options.file):
        raise CommandError(f"{options.out} is the text itself: save the run in another file")
    if not options.out:
        for option in ("checkpoint_every", "with_text"):
            if getattr(options, option):
                name = option.replace("_", "-")
                raise CommandError(f"--{name} needs --out: name a file to save the run in")
    if options.seconds is not None and not options.seconds > 0:
        raise CommandError(f"seconds is {options.seconds:g}; it must be above 0")
    every = options.checkpoint_every
    if every is not None and every < 1:
        raise CommandError(f"checkpoint_every is {every:,}; it must be at least 1")


def _begin(options: argparse.Namespace) -> "TrainingSession":
    """A session on a text file. Raises CommandError."""
    from charrnn.commands.training_session import TrainingSession
    from charrnn.runs.config import RunConfig
    from charrnn.runs.recipes import RECIPES
    from charrnn.runs.texts.names import clean_name

    if not options.file:
        raise CommandError("FILE is missing: name a text to train on")
    try:
        recipe = RECIPES[options.recipe or "textbook"]
        requested = RunConfig(**{**recipe.settings, **_settings(options)})
        text = read_text(options.file, options.encoding)
        config = requested.fitted(len(text))
        session = TrainingSession.begin(text, clean_name(options.file), config)
    except StoreError:  # comes first because BadLimit is a ValueError as well
        raise
    except ValueError as problem:
        raise CommandError(str(problem)) from problem
    if reduced := requested.differences(config):
        values = " ".join(f"{name}={value}" for name, (_, value) in reduced.items())
        print_output(f"reduced {values}: the text has only {len(text)} characters")
    return session


def _resume(options: argparse.Namespace) -> "TrainingSession":
    """A session that continues a saved run. Raises CommandError."""
    from charrnn.commands.training_session import TrainingSession
    from charrnn.runs.files import archive

    settings = _settings(options)
    given = settings.keys() | ({"recipe"} if options.recipe else set())
    if fixed := sorted(given - set(CHANGEABLE)):
        raise CommandError(f"{fixed[0]} cannot be changed in a run that has begun: leave it out")
    text = None
    try:
        with file_errors("read", options.resume):
            saved = archive.load(options.resume)
        if options.file:
            text = read_text(options.file, options.encoding)
        session = TrainingSession.resume(saved, text)
        session.change(**settings)
    except StoreError:  # as above
        raise
    except ValueError as problem:
        raise CommandError(f"{options.resume}: {problem}") from problem
    if session.trainer.iteration >= session.iterations:
        raise CommandError(
            f"{options.resume} has been trained for {session.trainer.iteration:,} iterations "
            "already: ask for more with --iterations"
        )
    return session


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given: name -> value. With --seconds, iterations are not limited."""
    from charrnn.runs.config import RunConfig

    _, most = RunConfig.limits("iterations")
    lifted = {"iterations": int(most)} if options.seconds else {}
    return lifted | {
        f.name: getattr(options, f.name) for f in _setting_fields() if f.name in options
    }


def _setting_fields() -> "list[Field[Any]]":
    """The settings whose option means the same: not seconds, which pauses a run on a page."""
    from charrnn.runs.config import RunConfig

    return [f for f in fields(RunConfig) if f.name != "seconds"]


def _same_file(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)
