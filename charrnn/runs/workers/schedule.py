"""The iterations at which losses and snapshots are stored, the same on every machine."""


def should_record(iteration: int) -> bool:
    """Whether to store the loss of an iteration: every one at first, then every 2nd, 4th, 8th ...

    The schedule depends on the iteration and not on the clock, so that every machine stores the
    same rows. From iteration 1,024 on, each doubling of the iteration adds about 1,000 rows.
    """
    step = 1 << max(0, (iteration // 1024).bit_length() - 1)
    return iteration % step == 0


def should_snapshot(iteration: int) -> bool:
    """Whether to store the training state of an iteration: 0, 1, 2, 5, 10, 20, 50, 100 ..."""
    return iteration == 0 or str(iteration).rstrip("0") in ("1", "2", "5")
