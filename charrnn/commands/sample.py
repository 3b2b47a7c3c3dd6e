"""Let a saved network write."""

import argparse

from charrnn.commands.terminal import Refused, add_setting, complain, file_errors, number, say

MAX_TEMPERATURE = 3.0


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
        with file_errors("read", options.run):
            run = archive.load(options.run)
    except archive.BadRunFile as problem:
        raise Refused(f"{options.run}: {problem}") from problem
    vocabulary, weights = run.vocabulary, run.weights

    if unknown := vocabulary.unknown(options.prime):
        names = ", ".join(map(repr, unknown))
        complain(f"left out of the prime, since this network has never seen them: {names}")
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
    say(prime + vocabulary.decode(written))
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a saved network: of train --out or of a page")
    add_setting(parser, "--length", "sample_length")
    parser.add_argument(
        "--temperature",
        type=number,
        default=1.0,
        metavar="N",
        help=f"Below 1 more careful, above 1 bolder. 0 to {MAX_TEMPERATURE:g}; 1 unless given.",
    )
    parser.add_argument("--prime", default="", metavar="TEXT", help="What the text begins with.")
    add_setting(parser, "--seed", "seed")
