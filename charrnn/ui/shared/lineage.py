"""Which run a run is a copy or a branch of, and which are copies and branches of it, in words."""

from charrnn.runs.store.records import Run
from charrnn.ui.direction import isolated
from charrnn.ui.shared.formatting import listed
from charrnn.ui.shared.wording import differences


def origin_in_words(run: Run, runs: list[Run], parent: Run | None) -> str:
    """Which run this one is a copy or a branch of, and what was changed; "" if of none.

    runs: those of the visitor. parent: the run it comes from, whoever owns it; None if it was
    deleted.
    """
    if run.parent is None:
        return ""
    own = {other.id: other for other in runs}
    changes = ""
    if run.parent in own:
        title = isolated(own[run.parent].title)
        changes = f": {_changes(own[run.parent], run)}"
    elif parent is None or parent.deleted_at is not None:
        title = "an unavailable run"
    else:  # nothing else is said about a run that the visitor has no link to
        title = "another visitor's run" if run.id in own else "a run that is not shared"
    if run.branched_at is not None:
        return f"Branch of {title} at iteration {run.branched_at:,}{changes}"
    return f"Copy of {title}{changes}"


def children_in_words(run: Run, runs: list[Run]) -> list[str]:
    """The copies and branches of a run among `runs`, one line each, oldest first."""
    lines = []
    for other in sorted(runs, key=lambda other: other.number):
        if other.parent == run.id:
            kind = "Copy" if other.branched_at is None else f"Branch at {other.branched_at:,}"
            lines.append(f"{kind}: {isolated(other.title)}, {_changes(run, other)}")
    return lines


def lines(run: Run, runs: list[Run], parent: Run | None = None) -> list[str]:
    """The origin of a run, then its copies and branches, one line each: see origin_in_words()."""
    origin = origin_in_words(run, runs, parent)
    return ([origin] if origin else []) + children_in_words(run, runs)


def _changes(parent: Run, child: Run) -> str:
    return listed(differences(parent.config, child.config)) or "no changes"
