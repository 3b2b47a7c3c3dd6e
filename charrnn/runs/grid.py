"""Which iterations of a run are kept, whatever machine it trains on."""


def recorded(iteration: int) -> bool:
    """Whether an iteration's loss is kept: all at first, then every 2nd, 4th, 8th ...

    A grid of iterations, not of seconds, so that every machine keeps the same rows. About a
    thousand rows for every doubling; readers thin them by powers of two.
    """
    step = 1 << max(0, (iteration // 1024).bit_length() - 1)
    return iteration % step == 0


def looked_back_on(iteration: int) -> bool:
    """Whether an iteration's state is kept: 0, 1, 2, 5, 10, 20, 50, 100 ..."""
    return iteration == 0 or str(iteration).rstrip("0") in ("1", "2", "5")
