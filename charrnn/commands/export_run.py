"""Save a run of the local store as a file, or as an HTML page."""

import argparse
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from charrnn.commands.local_store import local_store
from charrnn.commands.terminal import FAILED, CommandError, file_errors

RUN_HELP = (
    "The id of a run, or the link to its page. Older ids may begin with a hyphen: give all options "
    "first, and write -- before a RUN_ID that begins with a hyphen."
)


def export_run(options: argparse.Namespace) -> int:
    """Save a run of the local store as a file, as of its newest checkpoint, or as an HTML page."""
    from charrnn.runs.files import archive, transfer
    from charrnn.runs.files.replay.page import run_page
    from charrnn.runs.files.validation import BadRunFile

    with file_errors("written", options.out):
        archive.check_writable(options.out)
    run_id = _run_id(options.run)
    store = local_store()
    try:
        run = store.runs.get(run_id)
        if options.html:
            data = run_page(store, run, with_text=options.with_text).encode()
        else:
            data = transfer.export_run(store, run, with_text=options.with_text)
    except KeyError as problem:
        raise CommandError(f"no run in the store has the id {run_id[:80]!r}") from problem
    except (transfer.NoCheckpoint, BadRunFile) as problem:
        raise CommandError(str(problem), status=FAILED) from problem
    with file_errors("written", options.out, status=FAILED):
        archive.write(options.out, data)
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN_ID", help=RUN_HELP)
    parser.add_argument("--out", metavar="RUN", required=True, help="The file to save it in.")
    parser.add_argument(
        "--html",
        action="store_true",
        help="Save a page instead, which opens offline in any browser: curve, samples, settings.",
    )
    parser.add_argument("--with-text", action="store_true", help="Include its text in the file.")


def _run_id(typed: str) -> str:
    """The id in the link to a run's page; anything else counts as an id itself."""
    with suppress(ValueError):  # it cannot be split, so it is no link
        return parse_qs(urlsplit(typed).query).get("run", [typed])[0]
    return typed
