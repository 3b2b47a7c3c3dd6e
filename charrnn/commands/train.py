"""Train a network at the terminal, from the beginning or from where a saved one stood."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import fields

from charrnn.commands.terminal import (
    INTERRUPTED,
    WENT_WRONG,
    Refused,
    add_setting,
    ctrl_c,
    file_errors,
    say,
)
from charrnn.runs.printable import indented

PROGRESS_ITERATIONS = 1000
CHANGEABLE = ("iterations", "learning_rate")  # of a run that has begun


def train(options: argparse.Namespace) -> int:
    """Train on a text file; print samples, progress and a last line `done ...`."""
    import numpy as np

    from charrnn.engine.training import Diverged
    from charrnn.runs import archive

    if options.out and options.file and _same(options.out, options.file):
        raise Refused(f"{options.out} is the text itself: save the network in another file")
    journey = _resumed(options) if options.resume else _begun(options)
    if options.out:
        with file_errors("written", options.out):
            archive.check_writable(options.out)
    with ctrl_c() as stopped, np.errstate(all="ignore"):  # Diverged says it all
        try:
            speed = _run(journey, stopped)
        except Diverged as problem:
            message = f"the learning broke down: {problem}; a smaller learning rate helps"
            raise Refused(message, status=WENT_WRONG) from problem
        if options.out:
            with file_errors("written", options.out, status=WENT_WRONG):
                archive.save(options.out, journey.saved(with_text=options.with_text))
    say(f"{'stopped' if stopped() else 'done'} {_progress(journey.trainer, speed)}")
    return INTERRUPTED if stopped() else 0


def add_options(parser: argparse.ArgumentParser) -> None:
    from charrnn.runs.config import RunConfig

    help_of_file = "a text file, in any common encoding; not needed to resume a run that holds it"
    parser.add_argument("file", metavar="FILE", nargs="?", help=help_of_file)
    for f in fields(RunConfig):
        option = f"--{f.name.replace('_', '-')}"
        add_setting(parser, option, f.name, default=argparse.SUPPRESS)
    parser.add_argument(
        "--resume",
        metavar="RUN",
        help="go on from a saved network; only iterations and learning rate can be given anew",
    )
    parser.add_argument("--out", metavar="RUN", help="save the trained network in this file")
    parser.add_argument("--with-text", action="store_true", help="save the text in it as well")


def _begun(options: argparse.Namespace):
    """A training from the beginning."""
    from charrnn.commands.journey import Journey, read_text
    from charrnn.runs import decoding, naming
    from charrnn.runs.config import RunConfig

    if not options.file:
        raise Refused("FILE is missing: name a text to train on")
    try:
        asked = RunConfig(**_settings(options))
        with file_errors("read", options.file):
            text = read_text(options.file)
        config = asked.fitted(len(text))
        journey = Journey.begin(text, naming.clean_name(options.file), config)
    except decoding.NotText as problem:
        raise Refused(f"{options.file}: {problem}") from problem
    except ValueError as problem:
        raise Refused(str(problem)) from problem
    if fitted := asked.differences(config):
        values = " ".join(f"{name}={value}" for name, (_, value) in fitted.items())
        say(f"fitted {values}: the text has only {len(text)} characters")
    return journey


def _resumed(options: argparse.Namespace):
    """A training from where a saved run stood."""
    from charrnn.commands.journey import Journey, read_text
    from charrnn.runs import archive, decoding

    wishes = _settings(options)
    if fixed := sorted(wishes.keys() - set(CHANGEABLE)):
        raise Refused(f"{fixed[0]} is as it is in a run that has begun: leave it out")
    text = None
    try:
        with file_errors("read", options.resume):
            saved = archive.load(options.resume)
        if options.file:
            with file_errors("read", options.file):
                text = read_text(options.file)
        journey = Journey.resume(saved, text)
        journey.wish(**wishes)
    except decoding.NotText as problem:
        raise Refused(f"{options.file}: {problem}") from problem
    except ValueError as problem:
        raise Refused(f"{options.resume}: {problem}") from problem
    if journey.trainer.iteration >= journey.iterations:
        raise Refused(
            f"{options.resume} has gone through {journey.trainer.iteration:,} iterations already: "
            "ask for more with --iterations"
        )
    return journey


def _settings(options: argparse.Namespace) -> dict:
    """Those that were given."""
    from charrnn.runs.config import RunConfig

    return {n: getattr(options, n) for n in RunConfig.__dataclass_fields__ if n in options}


def _run(journey, stopped: Callable[[], bool]) -> float:
    """Train until the last iteration or until `stopped`; returns characters per second."""
    from tqdm import tqdm

    trainer, limit = journey.trainer, journey.iterations
    first, before, speed = trainer.iteration, journey.seconds, 0.0
    bar = tqdm(total=limit, initial=first, unit="it", disable=not sys.stderr.isatty(), leave=False)
    lines = bar.disable or not sys.stdout.isatty()  # a bar replaces them, but not in a file
    with bar:
        while True:
            here = trainer.iteration
            if here > first and lines and here % PROGRESS_ITERATIONS == 0:
                say(_progress(trainer, speed, held_out=True))
            if (text := journey.look()) is not None:
                with tqdm.external_write_mode(file=sys.stdout):
                    say(f"sample iteration={here}")
                    say(indented(text))
            if here >= limit or stopped():
                return speed
            stops = (journey.config.sample_interval, PROGRESS_ITERATIONS)
            until = min(limit, *(here - here % n + n for n in stops))
            for _ in journey.walk(until, stopped):
                bar.update()
            characters = (trainer.iteration - first) * trainer.seq_length * trainer.streams
            speed = characters / max(journey.seconds - before, 1e-9)
            bar.set_postfix(smooth_loss=f"{trainer.smooth_loss:.2f}", refresh=False)


def _progress(trainer, speed: float, *, held_out: bool = False) -> str:
    from charrnn.engine.evaluation import bits_per_character

    facts = {
        "iteration": trainer.iteration,
        "smooth_loss": f"{trainer.smooth_loss:.2f}",
        "bits_per_char": f"{bits_per_character(trainer.smooth_loss, trainer.seq_length):.3f}",
    }
    if held_out and (loss := trainer.held_out_loss()) is not None:
        facts["held_out_bits_per_char"] = f"{bits_per_character(loss, 1):.3f}"
    facts["chars_per_second"] = f"{speed:.0f}"
    return " ".join(f"{name}={value}" for name, value in facts.items())


def _same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)
