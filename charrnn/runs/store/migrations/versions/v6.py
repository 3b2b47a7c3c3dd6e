"""Version 6: which texts a workspace uploaded, so that only it can open them by a link."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Nothing is known about the texts that are there; a workspace still has those of its runs."""
    op.create_table(
        "uploads",
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("corpora.sha256"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
