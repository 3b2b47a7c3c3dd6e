"""The command line: train a network on a text, and let a saved one write.

    python -m charrnn train FILE --iterations 2000 --out run.safetensors
    python -m charrnn sample run.safetensors --prime "the "

What is asked for goes to standard output. Whatever is wrong is one line on standard error, with
exit status 2 (the request cannot be met) or 1 (it went wrong on the way).
"""

import argparse
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import NoReturn

from charrnn.runs.blas import ONE_THREAD

# Before NumPy is loaded, which the commands do.
for _name, _value in ONE_THREAD.items():
    os.environ.setdefault(_name, _value)

PROGRAM = "python -m charrnn"
PROGRESS_ITERATIONS = 1000
MAX_TEMPERATURE = 3.0
WRONG_REQUEST, WENT_WRONG, INTERRUPTED = 2, 1, 130

# What could command a terminal, or turn its text around: samples repeat characters of any text.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Refused(Exception):
    """Why something cannot be done, and the exit status that says so."""

    def __init__(self, message: str, *, status: int = WRONG_REQUEST):
        super().__init__(message)
        self.status = status


def train(options: argparse.Namespace) -> int:
    """Train on a text file; print samples, progress and a last line `done ...`."""
    import numpy as np

    from charrnn.engine.corpus import Vocabulary
    from charrnn.engine.training import Diverged, Trainer
    from charrnn.runs import archive, decoding
    from charrnn.runs.config import RunConfig

    try:
        asked = RunConfig(**{f.name: getattr(options, f.name) for f in fields(RunConfig)})
        with _file_errors("read", options.file), open(options.file, "rb") as file:
            text = decoding.decode(file.read(decoding.MAX_TEXT_BYTES + 1))
        config = asked.fitted(len(text))
    except decoding.NotText as problem:
        raise Refused(f"{options.file}: {problem}") from problem
    except ValueError as problem:
        raise Refused(str(problem)) from problem
    if options.out:
        if os.path.realpath(options.out) == os.path.realpath(options.file):
            raise Refused(f"{options.out} is the text itself: save the network in another file")
        with _file_errors("written", options.out):
            archive.check_writable(options.out)

    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    trainer = Trainer(ids, len(vocabulary), **config.trainer_settings())
    if fitted := asked.differences(config):
        values = " ".join(f"{name}={value}" for name, (_, value) in fitted.items())
        _say(f"fitted {values}: the text has only {len(text)} characters")

    with _ctrl_c() as stopped, np.errstate(all="ignore"):  # Diverged says it all
        try:
            speed = _run(trainer, vocabulary, config, stopped)
        except Diverged as problem:
            message = f"the learning broke down: {problem}; a smaller learning rate helps"
            raise Refused(message, status=WENT_WRONG) from problem
        if options.out:
            with _file_errors("written", options.out, status=WENT_WRONG):
                archive.save(options.out, trainer, vocabulary, config)
    _say(f"{'stopped' if stopped() else 'done'} {_progress(trainer, speed)}")
    return INTERRUPTED if stopped() else 0


def _run(trainer, vocabulary, config, stopped: Callable[[], bool]) -> float:
    """Train until the last iteration or until `stopped`; returns characters per second."""
    from tqdm import tqdm

    bar = tqdm(total=config.iterations, unit="it", disable=not sys.stderr.isatty(), leave=False)
    lines = bar.disable or not sys.stdout.isatty()  # a bar replaces them, but not in a file
    seconds, speed = 0.0, 0.0
    with bar:
        while True:
            here = trainer.iteration
            if here and lines and here % PROGRESS_ITERATIONS == 0:
                _say(_progress(trainer, speed, held_out=True))
            if here % config.sample_interval == 0:
                text = vocabulary.decode(trainer.sample(config.sample_length))
                with tqdm.external_write_mode(file=sys.stdout):
                    _say(f"sample iteration={here}")
                    # Indented, so that no sample can be taken for a line of progress.
                    _say("\n".join(f"  {line}" for line in text.split("\n")))
            if here >= config.iterations or stopped():
                return speed
            next_stops = (
                here - here % n + n for n in (config.sample_interval, PROGRESS_ITERATIONS)
            )
            until = min(config.iterations, *next_stops)
            started = time.perf_counter()
            while trainer.iteration < until and not stopped():
                trainer.step()
                bar.update()
            seconds += time.perf_counter() - started
            characters = trainer.iteration * trainer.seq_length * trainer.streams
            speed = characters / max(seconds, 1e-9)
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


def sample(options: argparse.Namespace) -> int:
    """Let a saved network write on from a beginning."""
    import numpy as np

    from charrnn.engine import sampling
    from charrnn.runs import archive
    from charrnn.runs.config import RunConfig

    for name, (low, high) in {
        "length": RunConfig.limits("sample_length"),
        "temperature": (0.0, MAX_TEMPERATURE),
        "seed": RunConfig.limits("seed"),
    }.items():
        value = getattr(options, name)
        if not low <= value <= high:
            raise Refused(f"{name} is {value:,}; allowed: {low:,} to {high:,}")
    try:
        with _file_errors("read", options.run):
            run = archive.load(options.run)
    except archive.BadRunFile as problem:
        raise Refused(f"{options.run}: {problem}") from problem
    vocabulary, weights = run.vocabulary, run.weights

    if unknown := vocabulary.unknown(options.prime):
        names = ", ".join(map(repr, unknown))
        _complain(f"left out of the prime, since this network has never seen them: {names}")
    prime = "".join(c for c in options.prime if c not in unknown)
    # Without a beginning of its own a text begins on a new line, or else after a space.
    start = prime or next((c for c in "\n " if c in vocabulary.characters), None)
    *before, first = vocabulary.encode(start or vocabulary.characters[0])
    # From where training stopped: many networks never learn to begin from an empty memory.
    hidden = run.state["hidden"][0]
    for character in before:
        hidden = sampling.read(weights, hidden, character)
    with np.errstate(over="ignore"):  # divided by a tiny temperature, unlikely is impossible
        written = sampling.sample(
            weights,
            sampling.sample_rng(options.seed, run.iteration),
            hidden=hidden,
            first=first,
            length=options.length,
            temperature=options.temperature,
        )
    _say(prime + vocabulary.decode(written))
    return 0


def _train_options(parser: argparse.ArgumentParser) -> None:
    from charrnn.runs.config import RunConfig

    parser.add_argument("file", metavar="FILE", help="a text file, in any common encoding")
    for f in fields(RunConfig):
        _add_setting(parser, f"--{f.name.replace('_', '-')}", f.name)
    parser.add_argument("--out", metavar="RUN", help="save the trained network in this file")


def _sample_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a file that train --out has written")
    _add_setting(parser, "--length", "sample_length")
    parser.add_argument(
        "--temperature",
        type=_number,
        default=1.0,
        metavar="N",
        help=f"Below 1 more careful, above 1 bolder. 0 to {MAX_TEMPERATURE:g}; 1 unless given.",
    )
    parser.add_argument("--prime", default="", metavar="TEXT", help="What the text begins with.")
    _add_setting(parser, "--seed", "seed")


def _add_setting(parser: argparse.ArgumentParser, option: str, name: str) -> None:
    """An option for a field of RunConfig, which checks the value later."""
    from charrnn.runs.config import RunConfig

    f = RunConfig.__dataclass_fields__[name]
    if "choices" in f.metadata:
        kind, metavar = str, "TYPE"
        text = f"How exactly it counts. {' or '.join(f.metadata['choices'])}; {f.default}"
    else:
        kind, metavar = _whole if f.type is int else _number, "N"
        low, high = RunConfig.limits(name)
        text = f"{RunConfig.meaning(name)} {low:,} to {high:,}; {f.default:,}"
    text = f"{text} unless given.".replace("%", "%%")
    parser.add_argument(option, type=kind, default=f.default, metavar=metavar, help=text)


def _whole(text: str) -> int:
    return _parsed(int, text, "a whole number")


def _number(text: str) -> float:
    return _parsed(float, text, "a number")


def _parsed(kind: type, text: str, name: str):
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not {name}") from None


@contextmanager
def _file_errors(verb: str, path: str, *, status: int = WRONG_REQUEST) -> Iterator[None]:
    """A file that cannot be read or written becomes one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(f"{path} cannot be {verb}: {reason}", status=status) from error


@contextmanager
def _ctrl_c() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C asks to stop between two steps; the second interrupts at once."""
    asked = []

    def ask(*_) -> None:
        asked.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def _say(text: str) -> None:
    print(_UNPRINTABLE.sub("\ufffd", text), flush=True)


def _complain(message: str) -> None:
    line = _UNPRINTABLE.sub("\ufffd", message).replace("\n", " ")
    print(f"charrnn: {line}", file=sys.stderr)


# name: (what it does, its options, its help)
COMMANDS = {
    "train": (train, _train_options, "train a network on a text file"),
    "sample": (sample, _sample_options, "let a saved network write"),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, without the usage."""
        _complain(f"{message} (see {self.prog} --help)")
        sys.exit(WRONG_REQUEST)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    with suppress(AttributeError):
        sys.stdout.reconfigure(errors="replace")  # it may lack a character of the text
    parser = _Parser(prog=PROGRAM, description="A character-level RNN.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (run_command, add_options, text) in COMMANDS.items():
        command = commands.add_parser(
            name, help=text, description=run_command.__doc__, allow_abbrev=False
        )
        add_options(command)
        command.set_defaults(run_command=run_command)
    options = parser.parse_args(arguments)
    try:
        return options.run_command(options)
    except Refused as problem:
        _complain(str(problem))
        return problem.status
    except MemoryError:
        _complain("there is not enough memory for a network of this size")
        return WENT_WRONG
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # that is a reader who has seen enough
            _complain(f"the output cannot be written: {error.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or exit fails as well
        return WENT_WRONG
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
