"""Reading a text that was named on the command line, in any encoding."""

import argparse

from charrnn.commands.terminal import CommandError, file_errors, print_error


def read_text(path: str, encoding: str | None = None) -> str:
    """The text in a file. Says on standard error if its encoding was guessed.

    encoding: as it was typed; None: the one that fits best. Raises CommandError.
    """
    from charrnn.runs.limits import Limits
    from charrnn.runs.texts import encodings
    from charrnn.runs.texts.decoding import NotText, decode

    try:
        codec = None if encoding is None else encodings.find(encoding)
    except LookupError as problem:
        raise CommandError(
            f"no encoding is called {encoding!r}: name one such as UTF-8, Windows-1252 or Shift_JIS"
        ) from problem
    with file_errors("read", path), open(path, "rb") as file:
        data = file.read(Limits.from_environment().text_bytes + 1)
    try:
        decoded = decode(data, codec)
    except NotText as problem:
        raise CommandError(f"{path}: {problem}") from problem
    if not decoded.is_certain:
        print_error(
            f"{path} is read as {encodings.label(decoded.encoding)}, a guess: if its text looks "
            "wrong, name the encoding with --encoding"
        )
    return decoded.text


def add_encoding(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the encoding of a text."""
    parser.add_argument(
        "--encoding",
        metavar="NAME",
        help="The encoding of the text, such as UTF-8 or Shift_JIS. Recognized unless given.",
    )
