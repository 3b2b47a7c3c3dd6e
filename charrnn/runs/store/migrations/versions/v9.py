"""Version 9: runs and uploads record a keyed hash of the address that they came from."""

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"


def upgrade() -> None:
    """The addresses of earlier runs are not known."""
    for table in ("runs", "uploads"):
        op.add_column(table, sa.Column("address", sa.String(64)))
