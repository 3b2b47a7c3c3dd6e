"""Import a saved run into the local store."""

import argparse
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from charrnn.commands.local_store import local_store
from charrnn.commands.terminal import CommandError, file_errors, print_output
from charrnn.commands.text_file import add_encoding, read_text

if TYPE_CHECKING:
    from charrnn.runs.store.store import Store


def import_run(options: argparse.Namespace) -> int:
    """Import a saved run into the local store, paused, and print the link to its page."""
    import secrets

    from charrnn.runs.files import archive, transfer
    from charrnn.runs.files.validation import BadRunFile
    from charrnn.runs.store.workspace import Workspace

    with file_errors("read", options.run):
        data = archive.read(options.run)
    text = read_text(options.text, options.encoding) if options.text else None
    try:
        store = local_store(create=True)
        workspace = Workspace(store, secrets.token_urlsafe(24))
        if text is None:
            text = _stored_text(store, archive.from_bytes(data).sha256)
        run = transfer.import_run(workspace, data, text=text)
    except transfer.TextNeeded as problem:
        raise CommandError(
            f"neither {options.run} nor the store has its text {problem.name!r}: name the file of "
            "that text with --text"
        ) from problem
    except BadRunFile as problem:
        raise CommandError(f"{options.run}: {problem}") from problem
    print_output(f"/?{urlencode({'w': workspace.key, 'run': run.id})}")
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", help="A saved run, from train --out, from export or from a page."
    )
    parser.add_argument(
        "--text",
        metavar="FILE",
        help="Its text, if neither the saved run nor the store has it.",
    )
    add_encoding(parser)


def _stored_text(store: "Store", sha256: str | None) -> str | None:
    """A text of the store, whichever visitor uploaded it: whoever runs this owns the store."""
    if sha256 is None:
        return None
    try:
        return store.corpora.text(sha256)
    except KeyError:
        return None
