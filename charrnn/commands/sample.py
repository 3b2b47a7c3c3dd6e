"""Generate text from a saved run."""

import argparse

from charrnn.commands.terminal import (
    CommandError,
    add_setting,
    file_errors,
    number,
    print_error,
    print_output,
    whole_number,
)

MAX_TEMPERATURE = 3.0


def sample(options: argparse.Namespace) -> int:
    """Generate text from a saved run, beginning with a prompt if one is given."""
    import numpy as np

    from charrnn.engine import sampling
    from charrnn.runs import prompts
    from charrnn.runs.config import RunConfig, in_digits
    from charrnn.runs.files import archive
    from charrnn.runs.files.validation import BadRunFile

    for name, (low, high) in {
        "length": (1, prompts.MAX_LENGTH),
        "temperature": (0.0, MAX_TEMPERATURE),
        "seed": RunConfig.limits("seed"),
    }.items():
        value = getattr(options, name)
        if not low <= value <= high:
            allowed = f"{in_digits(low)} to {in_digits(high)}"
            raise CommandError(f"{name} is {in_digits(value)}; allowed: {allowed}")
    try:
        with file_errors("read", options.run):
            run = archive.load(options.run)
    except BadRunFile as problem:
        raise CommandError(f"{options.run}: {problem}") from problem
    vocabulary, weights = run.vocabulary, run.weights

    if unknown := vocabulary.unknown(options.prompt):
        names = ", ".join(map(repr, unknown))
        print_error(f"left out of the prompt, since the network has never seen them: {names}")
    prompt = vocabulary.known(options.prompt)
    hidden, first = prompts.read_prompt(weights, run.state["hidden"][0], vocabulary, prompt)
    with np.errstate(over="ignore"):  # at a tiny temperature, improbable becomes impossible
        ids = sampling.sample(
            weights,
            prompts.seeded_rng(options.seed),
            hidden=hidden,
            first=first,
            length=options.length,
            temperature=options.temperature,
        )
    print_output(prompt + vocabulary.decode(ids))
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    from charrnn.runs.prompts import MAX_LENGTH

    parser.add_argument(
        "run", metavar="RUN", help="A saved run, from train --out, from export or from a page."
    )
    parser.add_argument(
        "--length",
        type=whole_number,
        default=200,
        metavar="N",
        help=f"Number of characters, beyond the prompt. 1 to {MAX_LENGTH:,}; 200 unless given.",
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
        "--prompt",
        default="",
        metavar="TEXT",
        help="What the text begins with. Nothing unless given.",
    )
    add_setting(
        parser, "--seed", "seed", meaning="Random seed: a different seed writes a different text."
    )
