"""Making room: what nobody needs any more is removed from the local store."""

import argparse
from pathlib import Path

from charrnn.commands.local import local_store
from charrnn.commands.terminal import say

MEGABYTE = 2**20


def tidy(options: argparse.Namespace) -> int:
    """Remove old runs and texts from the local store; a server may use it meanwhile."""
    from charrnn.runs import tidying
    from charrnn.runs.limits import Limits

    with local_store() as store:
        limits = Limits.here()
        before = _megabytes(store.file)
        tidied = tidying.tidy(store, limits, dry_run=options.dry_run)
    done = "would remove" if options.dry_run else "removed"
    say(f"{done} runs={len(tidied.thrown_away)} thrown away more than a day ago")
    say(f"{done} runs={len(tidied.unseen)} that no page has shown for {limits.keep_days:g} days")
    say(f"{done} texts={len(tidied.texts)} that no run uses")
    if tidied.compacted:
        say(f"the store has {_megabytes(store.file):,.1f} MB, and had {before:,.1f}")
    elif not options.dry_run and store.file:
        say("the file keeps its size, since another program uses it; what comes fills the room")
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would go, and remove nothing"
    )


def _megabytes(file: str | None) -> float:
    return Path(file).stat().st_size / MEGABYTE if file else 0.0
