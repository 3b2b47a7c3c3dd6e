"""Version 7: an index tells which snapshots are complete, without reading past their states."""

from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Nothing changes for the snapshots that are there."""
    op.create_index("ix_snapshots_seconds", "snapshots", ["run", "iteration", "seconds"])
