"""Training at the terminal: samples and progress are printed, and the run is saved."""

import argparse
import math
import sys
from collections.abc import Callable

import numpy as np
from tqdm import tqdm

from charrnn.commands.terminal import (
    FAILED,
    SIGNALLED,
    CommandError,
    discard_output,
    file_errors,
    print_error,
    print_output,
    stop_signals,
)
from charrnn.commands.training_session import TrainingSession
from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.training import Diverged, Trainer
from charrnn.runs.files import archive
from charrnn.runs.files.validation import BadRunFile
from charrnn.runs.texts.printable import indented

PROGRESS_ITERATIONS = 1000


def train_at_terminal(session: TrainingSession, options: argparse.Namespace) -> int:
    """Train, print and save until training ends or is stopped; returns the exit status.

    options: of the command `train`, here and below. Raises CommandError, OSError.
    """
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


def _check_savable(session: TrainingSession, options: argparse.Namespace) -> None:
    """Raises CommandError if the run cannot be saved: better now than after hours of training."""
    with file_errors("written", options.out):
        archive.check_writable(options.out)
    try:
        archive.to_bytes(session.saved_run(with_text=options.with_text))
    except BadRunFile as problem:
        raise CommandError(str(problem)) from problem


def _train_and_save(
    session: TrainingSession, options: argparse.Namespace, stopped: Callable[[], int | None]
) -> None:
    """Train and save, also if training diverges or its output cannot be written.

    Raises CommandError, OSError.
    """
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
    ending = "stopped" if stopped() else "done"
    print_output(f"{ending} {_progress(session.trainer, speed, session.loss_now())}")


def _train(
    session: TrainingSession, options: argparse.Namespace, stopped: Callable[[], int | None]
) -> float:
    """Train until the last iteration or until `stopped()`; returns characters per second.

    Raises Diverged, OSError.
    """
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
            sample = session.evaluate()
            if prints_progress and iteration > first and iteration % PROGRESS_ITERATIONS == 0:
                print_output(_progress(trainer, speed, session.newest_loss))
            if sample is not None:
                with tqdm.external_write_mode(file=sys.stdout):
                    print_output(f"sample iteration={iteration}")
                    print_output(indented(sample))
            if session.stop_early():
                best = trainer.iteration
                since = "" if session.is_at_best else " since the run was resumed"
                print_output(
                    f"stopped early: back at iteration {best}, the best on held-out text{since}"
                )
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
            characters = (trainer.iteration - first) * session.config.characters_per_iteration
            speed = characters / max(session.seconds - before, 1e-9)
            bar.set_postfix(smooth_loss=f"{trainer.smooth_loss:.2f}", refresh=False)


def _progress(trainer: Trainer, speed: float, held_out_loss: float) -> str:
    """One line of `name=value`. speed: characters per second. held_out_loss: nats per character, or
    nan."""
    values = {
        "iteration": f"{trainer.iteration}",
        "smooth_loss": f"{trainer.smooth_loss:.2f}",
        "bits_per_char": f"{bits_per_character(trainer.smooth_loss, trainer.seq_length):.3f}",
    }
    if not math.isnan(held_out_loss):
        values["held_out_bits"] = f"{bits_per_character(held_out_loss, 1):.3f}"
    values["chars_per_second"] = f"{speed:.0f}"
    return " ".join(f"{name}={value}" for name, value in values.items())


def _save(session: TrainingSession, options: argparse.Namespace) -> None:
    """Save the run if --out was given. Raises CommandError."""
    if not options.out:
        return
    try:
        with file_errors("written", options.out, status=FAILED):
            archive.save(options.out, session.saved_run(with_text=options.with_text))
    except BadRunFile as problem:
        raise CommandError(str(problem), status=FAILED) from problem


def _save_checkpoint(session: TrainingSession, options: argparse.Namespace) -> None:
    """Save the run on the way. A failure is reported; training continues, and may save the next."""
    try:
        _save(session, options)
    except CommandError as problem:
        with tqdm.external_write_mode(file=sys.stderr):
            print_error(f"{problem}; training continues")
