"""Train a network at the terminal, from scratch or from a saved run."""

import argparse
import math
import os
import sys
from collections.abc import Callable
from dataclasses import Field, fields
from typing import TYPE_CHECKING, Any

from charrnn.commands.terminal import (
    FAILED,
    SIGNALLED,
    CommandError,
    add_setting,
    discard_output,
    file_errors,
    number,
    print_error,
    print_output,
    stop_signals,
    whole_number,
)
from charrnn.commands.text_file import add_encoding, read_text
from charrnn.runs.texts.printable import indented

if TYPE_CHECKING:
    from charrnn.commands.training_session import TrainingSession
    from charrnn.engine.training import Trainer

PROGRESS_ITERATIONS = 1000
CHANGEABLE = ("iterations", "learning_rate")  # settings of a run that has begun


def train(options: argparse.Namespace) -> int:
    """Train a network on a text file, or a saved run further; print samples and progress."""
    import numpy as np

    _check_out(options)
    session = _resume(options) if options.resume else _begin(options)
    if options.out:
        _check_savable(session, options)
    with stop_signals() as stopped, np.errstate(all="ignore"):  # Diverged reports any of them
        try:
            _train_and_save(session, options, stopped)
        except OSError:
            if not stopped():
                raise
            discard_output()  # the terminal was closed, and that is what stopped the training
    signal_number = stopped()
    return SIGNALLED + signal_number if signal_number else 0


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
        help="Stop after so many seconds of training; samples and measurements do not count. "
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


def _check_savable(session: "TrainingSession", options: argparse.Namespace) -> None:
    """Raises CommandError if the run cannot be saved: better now than after hours of training."""
    from charrnn.runs.files import archive
    from charrnn.runs.files.validation import BadRunFile

    with file_errors("written", options.out):
        archive.check_writable(options.out)
    try:
        archive.to_bytes(session.saved_run(with_text=options.with_text))
    except BadRunFile as problem:
        raise CommandError(str(problem)) from problem


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
    except ValueError as problem:
        raise CommandError(f"{options.resume}: {problem}") from problem
    if session.trainer.iteration >= session.iterations:
        raise CommandError(
            f"{options.resume} has been trained for {session.trainer.iteration:,} iterations "
            "already: ask for more with --iterations"
        )
    return session


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given: name -> value. A limit in seconds lifts that in iterations."""
    from charrnn.runs.config import RunConfig

    _, most = RunConfig.limits("iterations")
    lifted = {"iterations": int(most)} if options.seconds else {}
    return lifted | {
        f.name: getattr(options, f.name) for f in _setting_fields() if f.name in options
    }


def _setting_fields() -> "list[Field[Any]]":
    """The settings with an option of their own kind; --seconds here ends the run for good."""
    from charrnn.runs.config import RunConfig

    return [f for f in fields(RunConfig) if f.name != "seconds"]


def _train_and_save(
    session: "TrainingSession", options: argparse.Namespace, stopped: Callable[[], int | None]
) -> None:
    """Train and save, also if training diverges or its output cannot be written.

    Raises CommandError, OSError.
    """
    from charrnn.engine.training import Diverged

    try:
        speed = _train(session, options, stopped)
    except Diverged as problem:
        advice = "try a smaller learning rate"
        if options.out:
            session.return_to_good_state()
            _save(session, options)
            advice = (
                f"{options.out} has the last good state, of iteration "
                f"{session.trainer.iteration:,}: resume it with a smaller --learning-rate"
            )
        message = f"{problem}; {advice}"
        raise CommandError(message, status=FAILED) from problem
    except OSError:
        _save(session, options)
        raise
    _save(session, options)
    print_output(f"{'stopped' if stopped() else 'done'} {_progress(session.trainer, speed)}")


def _save(session: "TrainingSession", options: argparse.Namespace) -> None:
    """Save the run if --out was given. Raises CommandError."""
    from charrnn.runs.files import archive
    from charrnn.runs.files.validation import BadRunFile

    if not options.out:
        return
    try:
        with file_errors("written", options.out, status=FAILED):
            archive.save(options.out, session.saved_run(with_text=options.with_text))
    except BadRunFile as problem:
        raise CommandError(str(problem), status=FAILED) from problem


def _save_checkpoint(session: "TrainingSession", options: argparse.Namespace) -> None:
    """Save the run on the way. A failure is reported; training goes on, and may save the next."""
    from tqdm import tqdm

    try:
        _save(session, options)
    except CommandError as problem:
        with tqdm.external_write_mode(file=sys.stderr):
            print_error(f"{problem}; training goes on")


def _train(
    session: "TrainingSession", options: argparse.Namespace, stopped: Callable[[], int | None]
) -> float:
    """Train until the last iteration or until `stopped()`; returns characters per second.

    Raises Diverged, OSError.
    """
    from tqdm import tqdm

    trainer, limit = session.trainer, session.iterations
    end = session.seconds + (options.seconds or math.inf)
    intervals = [session.config.sample_interval, PROGRESS_ITERATIONS]
    if options.checkpoint_every:
        intervals.append(options.checkpoint_every)
    first, before, speed = trainer.iteration, session.seconds, 0.0
    total = None if options.seconds else limit
    bar = tqdm(total=total, initial=first, unit="it", disable=not sys.stderr.isatty(), leave=False)
    # The bar replaces the lines of progress, unless standard output is a file.
    prints_progress = bar.disable or not sys.stdout.isatty()
    with bar:
        while True:
            iteration = trainer.iteration
            if prints_progress and iteration > first and iteration % PROGRESS_ITERATIONS == 0:
                print_output(_progress(trainer, speed))
            if (sample := session.evaluate()) is not None:
                with tqdm.external_write_mode(file=sys.stdout):
                    print_output(f"sample iteration={iteration}")
                    print_output(indented(sample))
            if session.stop_early():
                best = trainer.iteration
                print_output(f"stopped early: back at iteration {best}, the best on held-out text")
                session.change(iterations=max(1, best))
                return speed
            if session.seconds >= end:
                session.change(iterations=max(1, iteration))  # the run has reached its end
                return speed
            if iteration >= limit or stopped():
                return speed
            every = options.checkpoint_every
            if every and iteration > first and iteration % every == 0:
                _save_checkpoint(session, options)
            until = min(limit, *(iteration - iteration % n + n for n in intervals))
            for _ in session.train(until, stopped, end):
                bar.update()
            characters = (trainer.iteration - first) * trainer.seq_length * trainer.streams
            speed = characters / max(session.seconds - before, 1e-9)
            bar.set_postfix(smooth_loss=f"{trainer.smooth_loss:.2f}", refresh=False)


def _progress(trainer: "Trainer", speed: float) -> str:
    """One line of `name=value`. speed: characters per second."""
    from charrnn.engine.evaluation import bits_per_character

    values = {
        "iteration": f"{trainer.iteration}",
        "smooth_loss": f"{trainer.smooth_loss:.2f}",
        "bits_per_char": f"{bits_per_character(trainer.smooth_loss, trainer.seq_length):.3f}",
    }
    if (loss := trainer.held_out_loss()) is not None:
        values["held_out_bits"] = f"{bits_per_character(loss, 1):.3f}"
    values["chars_per_second"] = f"{speed:.0f}"
    return " ".join(f"{name}={value}" for name, value in values.items())


def _same_file(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)
