"""How figures are said."""


def duration(seconds: float) -> str:
    """A time as somebody would say it: 8 s, 2 min 05 s, 1 h 20 min."""
    seconds = round(seconds)
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{minutes} min {seconds % 60:02d} s" if minutes else f"{seconds} s"
