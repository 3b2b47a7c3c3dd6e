"""Runs out of the local store and into it, as files."""

import argparse
from urllib.parse import parse_qs, urlencode, urlsplit

from charrnn.commands.local import local_store
from charrnn.commands.terminal import WENT_WRONG, Refused, file_errors, say


def export_run(options: argparse.Namespace) -> int:
    """Save a run of the local store in a file, as it stood at its last checkpoint."""
    from charrnn.runs import archive
    from charrnn.runs.contents import BadRunFile
    from charrnn.runs.transfer import NotBegun, export_run

    with file_errors("written", options.out):
        archive.check_writable(options.out)
    run_id = parse_qs(urlsplit(options.run).query).get("run", [options.run])[0]
    with local_store() as store:
        try:
            data = export_run(store, store.run(run_id), with_text=options.with_text)
        except KeyError as problem:
            raise Refused(f"no run in the store has the id {run_id[:80]!r}") from problem
        except (NotBegun, BadRunFile) as problem:
            raise Refused(str(problem), status=WENT_WRONG) from problem
    with file_errors("written", options.out, status=WENT_WRONG):
        archive.write(options.out, data)
    return 0


def import_run(options: argparse.Namespace) -> int:
    """Take a saved run into the local store, where it rests; print the link to its page."""
    import secrets

    from charrnn.commands.journey import read_text
    from charrnn.runs import archive, decoding, transfer
    from charrnn.runs.shelf import Shelf

    with file_errors("read", options.run):
        data = archive.read(options.run)
    text = None
    try:
        if options.text:
            with file_errors("read", options.text):
                text = read_text(options.text)
        with local_store(made=True) as store:
            shelf = Shelf(store, secrets.token_urlsafe(24))
            if text is None:
                text = _kept(store, archive.from_bytes(data).sha256)
            run = transfer.import_run(shelf, data, text=text)
    except decoding.NotText as problem:
        raise Refused(f"{options.text}: {problem}") from problem
    except transfer.TextNeeded as problem:
        raise Refused(
            f"{options.run} does not hold its text {problem.name!r}, nor does the store: name the "
            "file of that text with --text"
        ) from problem
    except archive.BadRunFile as problem:
        raise Refused(f"{options.run}: {problem}") from problem
    say(f"/?{urlencode({'w': shelf.workspace, 'run': run.id})}")
    return 0


def add_export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN_ID", help="the id of a run, or the link of its page")
    parser.add_argument("--out", metavar="RUN", required=True, help="the file to save it in")
    parser.add_argument("--with-text", action="store_true", help="save its text in it as well")


def add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a saved run: of train --out or of a page")
    parser.add_argument(
        "--text", metavar="FILE", help="its text, if neither it nor the store has it"
    )


def _kept(store, sha256: str | None) -> str | None:
    """A text of the store, whoever brought it: who commands here owns the store."""
    try:
        return store.text(sha256)
    except KeyError:
        return None
