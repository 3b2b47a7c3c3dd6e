"""Version 15: what visitors score against the networks is kept beside the runs."""

import sqlalchemy as sa
from alembic import op

revision = "15"
down_revision = "14"


def upgrade() -> None:
    """No game was kept before."""
    op.create_table(
        "games",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("run", sa.String(32), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("played_at", sa.Float, nullable=False),
        sa.Column("score", sa.JSON, nullable=False),
    )
