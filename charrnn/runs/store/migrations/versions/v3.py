"""Version 3: texts record when they were last added, so that unused ones can be pruned."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """For older texts the time is unknown: NULL."""
    op.add_column("corpora", sa.Column("added_at", sa.Float))
