"""Version 11: the gauges of a run, by iteration."""

import sqlalchemy as sa
from alembic import op

revision = "11"
down_revision = "10"

COLUMNS = (
    *("clipped_Wxh", "clipped_Whh", "clipped_Why", "clipped_bh", "clipped_by", "clip_factor"),
    *("gradient_norm", "update_Wxh", "update_Whh", "update_Why", "saturated"),
)


def upgrade() -> None:
    """What earlier runs would have measured is not known."""
    op.create_table(
        "gauges",
        sa.Column("run", sa.String(32), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("iteration", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Float, nullable=False) for name in COLUMNS),
    )
