"""How the page writes durations, perplexities, lists, people and the range of snapshots."""


def duration(seconds: float) -> str:
    """A duration for people: 8 s, 2 min 05 s, 1 h 20 min."""
    seconds = round(seconds)
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{minutes} min {seconds % 60:02d} s" if minutes else f"{seconds} s"


def effective_choices(bits: float, *, digits: int = 1) -> str:
    """The perplexity, 2 to the power of bits per character, which can be astronomical."""
    return f"{2**bits:,.{digits}f}" if bits < 20 else "over a million"


def listed(words: list[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def people_in_words(count: int) -> str:
    """1 person, 2 people."""
    return f"{count} {'person' if count == 1 else 'people'}"


def snapshot_range(iterations: list[int]) -> str:
    """Which part of a run its snapshots cover. iterations: those with a snapshot, ascending."""
    if not iterations:
        return "no earlier snapshot yet"
    if iterations[0] == 0:
        return "from before the first update to now"
    return f"from iteration {iterations[0]:,}, the earliest snapshot, to now"


def why_no_earlier_snapshot(iterations: list[int]) -> str | None:
    """Why the snapshots do not go back to iteration 0; None if they do, or if there are none."""
    if not iterations or iterations[0] == 0:
        return None
    return (
        "This run was imported from a file, or it branched off from a large network. Neither takes "
        "all earlier snapshots along."
    )
