"""How figures are said, and how far back one can look."""


def duration(seconds: float) -> str:
    """A time as somebody would say it: 8 s, 2 min 05 s, 1 h 20 min."""
    seconds = round(seconds)
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{minutes} min {seconds % 60:02d} s" if minutes else f"{seconds} s"


def listed(words: list[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def back_to(kept: list[int]) -> str:
    """From where on one can look back. kept: the iterations of which the network is kept."""
    if not kept:
        return "no earlier moment is kept yet"
    if kept[0] == 0:
        return "from before the first update to now"
    return f"from iteration {kept[0]:,}, the earliest that is kept, to now"


def why_not_earlier(kept: list[int]) -> str | None:
    """Why one cannot look back to the beginning; None if one can."""
    if not kept or kept[0] == 0:
        return None
    return "This network came out of a file, which holds only the moment when it was saved."
