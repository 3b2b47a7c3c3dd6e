"""Generate text from a saved run."""

import argparse

from charrnn.commands.terminal import (
    CommandError,
    add_setting,
    file_errors,
    number,
    print_error,
    print_output,
)

MAX_TEMPERATURE = 3.0


def sample(options: argparse.Namespace) -> int:
    """Generate text from a saved run, with a prime if one is given."""
    import numpy as np

    from charrnn.engine import sampling
    from charrnn.runs.config import RunConfig
    from charrnn.runs.files import archive
    from charrnn.runs.files.validation import BadRunFile

    for name, (low, high) in {
        "length": RunConfig.limits("sample_length"),
        "temperature": (0.0, MAX_TEMPERATURE),
        "seed": RunConfig.limits("seed"),
    }.items():
        value = getattr(options, name)
        if not low <= value <= high:
            raise CommandError(f"{name} is {value:,}; allowed: {low:,} to {high:,}")
    try:
        with file_errors("read", options.run):
            run = archive.load(options.run)
    except BadRunFile as problem:
        raise CommandError(f"{options.run}: {problem}") from problem
    vocabulary, weights = run.vocabulary, run.weights

    if unknown := vocabulary.unknown(options.prime):
        names = ", ".join(map(repr, unknown))
        print_error(f"left out of the prime, since the network has never seen them: {names}")
    prime = vocabulary.known(options.prime)
    # Without a prime the text begins on a new line, or else after a space.
    characters = vocabulary.characters
    opening = next((c for c in "\n " if c in characters), characters[0])
    # The hidden state is the one at which training stopped: many networks never learn to begin
    # from zeros.
    hidden, first = sampling.prime(
        weights, run.state["hidden"][0], vocabulary.encode(prime or opening).tolist()
    )
    with np.errstate(over="ignore"):  # at a tiny temperature, improbable becomes impossible
        ids = sampling.sample(
            weights,
            sampling.sample_rng(options.seed, run.iteration),
            hidden=hidden,
            first=first,
            length=options.length,
            temperature=options.temperature,
        )
    print_output(prime + vocabulary.decode(ids))
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", help="A saved run, from train --out, from export or from a page."
    )
    add_setting(
        parser, "--length", "sample_length", meaning="Number of characters, beyond the prime."
    )
    parser.add_argument(
        "--temperature",
        type=number,
        default=1.0,
        metavar="N",
        help="Lower is more predictable, higher more surprising; 0 always takes the most likely "
        f"character. 0 to {MAX_TEMPERATURE:g}; 1 unless given.",
    )
    parser.add_argument(
        "--prime",
        default="",
        metavar="TEXT",
        help="What the text begins with. Nothing unless given.",
    )
    add_setting(parser, "--seed", "seed", meaning="Random seed: another one, another text.")
