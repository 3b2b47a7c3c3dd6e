"""What the switches of the view "One step" change, in words."""

import numpy as np

from charrnn.engine.analysis.one_step import Start, Step, one_step
from charrnn.runs.config import RunConfig, in_digits

EARLY = "Gradients are often larger early in training: try one of the first snapshots."


def notes(
    start: Start, step: Step, config: RunConfig, *, clear: bool, clip_off: bool
) -> dict[str, str]:
    """The notes of the stages "hidden", "next" and "clip", where there is anything to say."""
    found = {}
    if clear:
        carried = one_step(start).loss
        found["hidden"] = (
            f"The hidden state is cleared: the window begins with zeros and costs {step.loss:.2f} "
            f"nats; with the hidden state carried over it costs {carried:.2f}."
        )
    if not start.through_time:
        found["next"] = (
            "This run trains without gradients through time: nothing comes from the next step, so "
            "no error teaches the network what to remember."
        )
    if config.clipping != "off":
        found["clip"] = _clip_note(start, step, config, clear=clear, clip_off=clip_off)
    return found


def _clip_note(start: Start, step: Step, config: RunConfig, *, clear: bool, clip_off: bool) -> str:
    limit, g = in_digits(config.clip_limit), step.gradients.flat
    beyond, norm = int((np.abs(g) > config.clip_limit).sum()), size(g)
    by_norm = config.clipping == "norm"
    if norm <= config.clip_limit if by_norm else not beyond:
        within = f"The norm is not above {limit}" if by_norm else f"No entry is beyond ±{limit}"
        return f"{within} in this window, so clipping changes nothing. {EARLY}"
    if clip_off:
        clipped = one_step(start, clear_hidden=clear)
        ratio = size(step.updates.flat) / max(size(clipped.updates.flat), 1e-12)
        large = f"a norm of {norm:.3g}" if by_norm else f"{beyond:,} entries beyond ±{limit}"
        return (
            f"Clipping is off, in spite of {large}: the update is {ratio:.2f} times as large as "
            "with clipping."
        )
    if by_norm:
        return (
            f"The norm was {norm:.3g}, so every entry is multiplied by {limit} / {norm:.3g} = "
            f"{config.clip_limit / norm:.2g}."
        )
    return f"{beyond:,} entries were beyond ±{limit} and are cut to it."


def size(array: np.ndarray) -> float:
    """The Euclidean norm of all entries."""
    return float(np.linalg.norm(array))
