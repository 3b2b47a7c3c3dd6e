"""Version 14: several servers may share a store, and what decides between them is stored.

Who waits in the queue, and how often a worker was started for a run in vain, was in the memory of
the server before: no run has either when the store is opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "14"
down_revision = "13"


def upgrade() -> None:
    """The first server that opens the store places all runs anew."""
    op.add_column("runs", sa.Column("queue_position", sa.Integer))
    op.add_column("runs", sa.Column("server", sa.String(255)))
    op.create_table(
        "servers",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False, unique=True),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("run", sa.String(32), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("checkpoint", sa.Integer),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.Float),
        sa.Column("reason", sa.String(16), nullable=False),
    )
