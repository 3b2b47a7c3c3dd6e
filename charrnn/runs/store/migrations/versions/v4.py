"""Version 4: columns have the field's names, and a failed run records its kind of failure."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"

OLD_DIVERGED_MESSAGE = "The learning broke down%"  # LIKE pattern for the message of version 3


def upgrade() -> None:
    """Runs that diverged are recognized by their message, which is kept."""
    op.alter_column("corpora", "landmarks", new_column_name="baselines")
    op.alter_column("runs", "likeliest", new_column_name="greedy_sample")
    op.alter_column("runs", "looked_at", new_column_name="viewed_at")
    op.add_column("runs", sa.Column("failure", sa.String(16), nullable=False, server_default=""))
    runs = sa.table("runs", sa.column("status"), sa.column("message"), sa.column("failure"))
    diverged = (runs.c.status == "failed") & runs.c.message.like(OLD_DIVERGED_MESSAGE)
    op.execute(runs.update().where(diverged).values(failure="diverged"))
