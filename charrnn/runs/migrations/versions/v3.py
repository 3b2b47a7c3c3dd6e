"""A text remembers when it was last brought, so that one that nobody uses can be tidied away."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Of the texts from before nothing is known."""
    op.add_column("corpora", sa.Column("added_at", sa.Float))
