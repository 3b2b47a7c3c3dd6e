"""Version 2: runs belong to workspaces and record their parent; snapshots are complete states."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Older runs belong to no workspace; their old links still show them."""
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("workspace", sa.String(64), nullable=False, server_default=""))
        runs.add_column(sa.Column("number", sa.Integer, nullable=False, server_default="1"))
        runs.add_column(sa.Column("name", sa.Text, nullable=False, server_default=""))
        runs.add_column(sa.Column("parent", sa.String(32)))
        runs.add_column(sa.Column("branched_at", sa.Integer))
        runs.add_column(sa.Column("view_key", sa.String(32), nullable=False, server_default=""))
        runs.add_column(sa.Column("looked_at", sa.Float, nullable=False, server_default="0"))
        runs.add_column(sa.Column("deleted_at", sa.Float))
    table = sa.table("runs", sa.column("id"), sa.column("view_key"), sa.column("looked_at"))
    created_at = sa.column("created_at")
    op.execute(table.update().values(view_key=table.c.id, looked_at=created_at))
    with op.batch_alter_table("runs") as runs:
        for name in ("workspace", "number", "name", "view_key", "looked_at"):
            runs.alter_column(name, server_default=None)
        runs.create_unique_constraint("runs_view_key", ["view_key"])
        runs.create_index("ix_runs_workspace", ["workspace"])
    with op.batch_alter_table("snapshots") as snapshots:
        snapshots.alter_column("weights", new_column_name="state")
        snapshots.add_column(sa.Column("seconds", sa.Float))
