"""Remove what is no longer needed from the local store."""

import argparse
from pathlib import Path

from charrnn.commands.local_store import local_store
from charrnn.commands.terminal import print_output


def prune(options: argparse.Namespace) -> int:
    """Remove old runs and texts from the local store, even while a server uses it."""
    from charrnn.runs.limits import Limits
    from charrnn.runs.store import retention

    limits = Limits.from_environment()
    store = local_store(pruning=not options.dry_run)
    before = _megabytes(store.database.file)
    pruned = retention.prune(store, limits, dry_run=options.dry_run)
    removed = "would remove" if options.dry_run else "removed"
    print_output(f"{removed} runs={len(pruned.deleted)} deleted more than a day ago")
    print_output(f"{removed} runs={len(pruned.unseen)} not viewed for {limits.keep_days:g} days")
    print_output(f"{removed} texts={len(pruned.texts)} not used by any run")
    if store.database.file is None or options.dry_run:
        return 0
    if pruned.kept_size:
        print_output(
            f"the file keeps its size, because {pruned.kept_size}: new runs will fill the free "
            "space"
        )
    else:
        after = _megabytes(store.database.file)
        print_output(f"the store takes {after:,.1f} MB now, {before:,.1f} MB before")
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="Only print what would be removed.")


def _megabytes(file: str | None) -> float:
    from charrnn.runs.limits import MEGABYTE

    return Path(file).stat().st_size / MEGABYTE if file else 0.0
