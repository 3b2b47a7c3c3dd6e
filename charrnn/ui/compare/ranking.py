"""Which of the compared runs has the lowest loss, and whether that may be chance.

The held-out loss decides: it says how well a network predicts text that it has not seen. Runs that
hold nothing out, or different parts, are compared by their smooth loss. Runs of different texts are
not ranked.

Training amplifies the smallest difference, so two runs that differ only in their random seed end
with different losses. Their spread is what chance does: a difference between settings means
something only if it is larger.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from charrnn.ui.compare.compared_run import ComparedRun
from charrnn.ui.direction import isolated
from charrnn.ui.shared import wording
from charrnn.ui.shared.formatting import listed

# One weight changed in its last bit moved the held-out loss of a run by up to 0.3 bits per
# character at iteration 10,000 with learning rate 0.1, by 0.04 with 0.05, and not with 0.02.
CHANCE_BITS = 0.3
DIFFERENT_TEXTS = (
    "These runs learn different texts, and some texts are easier than others, so they are not "
    "ranked. “Only …” above the chart compares the runs of one text."
)


@dataclass(frozen=True)
class Group:
    """Runs that differ in their random seed only, or a single run, at one iteration."""

    runs: tuple[ComparedRun, ...]
    iteration: int
    by_held_out: bool

    @property
    def bits(self) -> list[float]:
        """The held-out or else the smooth loss of each run at the iteration, in bits/character."""
        if self.by_held_out:
            return [compared.held_out_bits_at(self.iteration) for compared in self.runs]
        return [compared.smooth_bits_at(self.iteration) for compared in self.runs]

    @property
    def mean(self) -> float:
        return sum(self.bits) / len(self.runs)

    @property
    def spread(self) -> float:
        """The difference between the highest and the lowest loss."""
        return max(self.bits) - min(self.bits)


def groups(compared_runs: list[ComparedRun], iteration: int | None = None) -> list[Group]:
    """The runs in groups of repeats, in order of their first run.

    iteration: at which to compare; by default, for each group, the last that all its runs have
    reached.
    """
    alike: dict[Hashable, list[ComparedRun]] = {}
    for compared in compared_runs:
        alike.setdefault(all_but_the_seed(compared), []).append(compared)
    found = []
    for runs in alike.values():
        by_seed: dict[int, ComparedRun] = {}
        for compared in runs:
            by_seed.setdefault(compared.run.config.seed, compared)  # no repeat has the same seed
        if len(by_seed) > 1:
            found.append(tuple(by_seed.values()))
        else:
            found += [(compared,) for compared in runs]
    held_out = by_held_out(compared_runs)
    return [
        Group(runs, _reached(runs) if iteration is None else iteration, held_out) for runs in found
    ]


def by_held_out(compared_runs: Sequence[ComparedRun]) -> bool:
    """Whether the runs can be compared by their held-out loss: all hold the same part out."""
    shares = {compared.run.config.held_out for compared in compared_runs}
    return len(shares) == 1 and all(compared.evaluated_at for compared in compared_runs)


def _reached(compared_runs: Sequence[ComparedRun]) -> int:
    """The last iteration at which all have the loss that they are compared by."""
    if by_held_out(compared_runs):
        return min(compared.evaluated_at or 0 for compared in compared_runs)
    return min(compared.run.iteration for compared in compared_runs)


def all_but_the_seed(compared: ComparedRun) -> Hashable:
    """What has to be equal in two runs for one to repeat the other."""
    run = compared.run
    settings = run.config.trainer_settings() | {"seed": None}
    return (run.sha256, run.branched_at, run.learning_rate, *settings.values())


def in_words(compared_runs: list[ComparedRun]) -> str:
    """The curves in words: who has the lowest loss at the last iteration that all have reached."""
    if len(compared_runs) == 1:
        (only,) = compared_runs
        return f"{isolated(only.run.title)} is at {only.run.bits:.2f} bits per character."
    not_started = [isolated(c.run.title) for c in compared_runs if c.run.iteration == 0]
    if not_started:
        are = "is" if len(not_started) == 1 else "are"
        return f"{listed(not_started)} {are} still at iteration 0: there is nothing to compare yet."
    if len({compared.run.sha256 for compared in compared_runs}) > 1:
        return DIFFERENT_TEXTS
    reached = _reached(compared_runs)
    at = f"At iteration {reached:,}"
    if max(compared.run.iteration for compared in compared_runs) > reached:
        measured = (
            "at which all have been evaluated"
            if by_held_out(compared_runs)
            else "that all have reached"
        )
        at += f", the last {measured},"
    ranked = sorted(groups(compared_runs, reached), key=lambda group: group.mean)
    if len(ranked) == 1:
        return (
            f"{at} {_repeats_in_words(ranked[0])} They differ in the random seed only: that is "
            "how much chance alone changes."
        )
    sentence = f"{at} {_lowest_in_words(ranked, compared_runs)}"
    return " ".join(filter(None, [sentence, _chance_in_words(ranked)]))


def _lowest_in_words(ranked: list[Group], compared_runs: list[ComparedRun]) -> str:
    # Rounded, so that losses that read the same count as equal.
    lowest = f"{ranked[0].mean:.2f}"
    best = [group for group in ranked if f"{group.mean:.2f}" == lowest]
    names = listed([_name(group, compared_runs) for group in _in_page_order(best, compared_runs)])
    loss = "held-out loss" if ranked[0].by_held_out else "smooth loss"
    if len(best) == len(ranked):
        return f"{names} have the same {loss}: {lowest} bits per character."
    if len(best) > 1:
        return f"{names} share the lowest {loss}: {lowest} bits per character."
    if len(best[0].runs) > 1:
        return (
            f"{names} has the lowest {loss}: {_mean_in_words(best[0])} in {len(best[0].runs)} runs."
        )
    return f"{names} has the lowest {loss}: {lowest} bits per character."


def _in_page_order(some: list[Group], compared_runs: list[ComparedRun]) -> list[Group]:
    return sorted(some, key=lambda group: compared_runs.index(group.runs[0]))


def _name(group: Group, compared_runs: list[ComparedRun]) -> str:
    """The name of a single run, or the settings of its group that differ from other groups."""
    first = group.runs[0]
    if len(group.runs) == 1:
        settings = first.differing_settings
        return isolated(first.run.title) + (f" ({settings})" if settings else "")
    names = wording.varying_settings([compared.run.config for compared in compared_runs])
    settings = wording.values_in_words(first.run.config, [n for n in names if n != "seed"])
    return settings or f"{isolated(first.run.title)} with its repeats"


def _repeats_in_words(group: Group) -> str:
    loss = "held-out loss" if group.by_held_out else "smooth loss"
    return f"the {loss} of these {len(group.runs)} runs has {_mean_in_words(group)}."


def _mean_in_words(group: Group) -> str:
    return (
        f"a mean of {group.mean:.2f} bits per character, from {min(group.bits):.2f} to "
        f"{max(group.bits):.2f}"
    )


def _chance_in_words(ranked: list[Group]) -> str:
    """Whether the lead of the first group over the next may be chance; "" if it has none."""
    first, second = ranked[:2]
    lead = second.mean - first.mean
    if f"{first.mean:.2f}" == f"{second.mean:.2f}":
        return ""
    repeated = [group.spread for group in ranked if len(group.runs) > 1]
    if not repeated:
        if lead >= CHANCE_BITS:
            return ""
        return (
            f"That is {lead:.2f} bits ahead of the next, and without repeats a difference below "
            f"about 0.1 to {CHANCE_BITS:g} bits may be chance."
        )
    spread = max(repeated)
    if lead > spread:
        return (
            f"Its lead of {lead:.2f} bits is larger than the spread of the repeats, {spread:.2f} "
            "bits: probably more than chance."
        )
    return (
        f"Its lead of {lead:.2f} bits is within the spread of the repeats, {spread:.2f} bits: it "
        "may be chance."
    )
