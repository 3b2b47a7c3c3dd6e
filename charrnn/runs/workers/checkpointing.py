"""When snapshots and checkpoints are stored.

The iterations of snapshots follow from the settings of a run, so they are the same on every
machine. A checkpoint follows the clock, since it only matters to a worker that is killed.
"""

import math

# Writing the state of a network takes about as long as training on 250 characters, whatever its
# size, because both grow with the number of weights. Only the states of small networks are written
# faster than anybody would notice.
SMALL_STATE_BYTES = 2**20
FIRST_SNAPSHOT_CHARACTERS = 10_000  # read before the first snapshot of any other network

# Training time between two checkpoints, at most. A killed worker repeats no more than that, plus
# the time of a sample or a long step.
CHECKPOINT_SECONDS = 2.5
# More time passes between the checkpoints of a large network: they write no more bytes than this
# per second, and take no larger share of the time.
CHECKPOINT_BYTES_PER_SECOND = 2**20
CHECKPOINT_SHARE = 0.015
MAX_CHECKPOINT_SECONDS = 120.0  # however slow the last one was


def should_snapshot(iteration: int, first: int = 1) -> bool:
    """Whether to store the training state of an iteration: 0, 1, 2, 5, 10, 20, 50, 100 ...

    first: the first of them after 0, see first_snapshot().
    """
    if iteration == 0:
        return True
    return iteration >= first and str(iteration).rstrip("0") in ("1", "2", "5")


def first_snapshot(state_bytes: int, characters: int) -> int:
    """From which iteration on snapshots are stored: 1, or later for a large network.

    state_bytes: the size of a training state. characters: how many an update reads, in all streams.
    """
    if state_bytes <= SMALL_STATE_BYTES:
        return 1
    return math.ceil(FIRST_SNAPSHOT_CHARACTERS / characters)


def checkpoint_seconds(state_bytes: int, cost: float = 0.0) -> float:
    """How much training time passes between two checkpoints, at most.

    state_bytes: the size of a training state. cost: the seconds that the last checkpoint took.
    """
    if state_bytes <= SMALL_STATE_BYTES:
        return CHECKPOINT_SECONDS
    affordable = max(state_bytes / CHECKPOINT_BYTES_PER_SECOND, cost / CHECKPOINT_SHARE)
    return min(max(CHECKPOINT_SECONDS, affordable), MAX_CHECKPOINT_SECONDS)
