"""What a worker publishes, made up for tests of the store."""

from typing import Any

RUNNING = {"status": "running", "iteration": 1}


def metrics_row(iteration: int, loss: float = 50.0) -> dict[str, Any]:
    """A row of Progress.metrics."""
    return {"iteration": iteration, "loss": loss, "smooth_loss": loss, "seconds": 0.1}
