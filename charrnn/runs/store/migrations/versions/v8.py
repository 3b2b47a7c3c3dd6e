"""Version 8: each run has its own name for its text, and its owner decides what its link gives."""

import sqlalchemy as sa
from alembic import op

revision = "8"
down_revision = "7"

UNKNOWN = "Untitled"


def upgrade() -> None:
    """The name of a text stays with those who gave it, and no link gives a text any more.

    So far a text had the name under which it was first stored, in whatever workspace. A run keeps
    that name if its workspace was the first to train on the text; if its workspace uploaded the
    text, the run gets the name given there. No other run has one. (Texts of the library have a
    title on every page, whatever their runs call them.)
    """
    columns = (
        sa.Column("text_name", sa.Text, nullable=False, server_default=""),
        sa.Column("shares_text", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("opens_by_id", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    for column in columns:
        op.add_column("runs", column)
    names = ("id", "sha256", "workspace", "created_at", "text_name")
    runs = sa.table("runs", *map(sa.column, names))
    corpora = sa.table("corpora", *map(sa.column, ("sha256", "name")))
    uploads = sa.table("uploads", *map(sa.column, ("workspace", "sha256", "name")))
    db = op.get_bind()
    uploaded = {(u.workspace, u.sha256): u.name for u in db.execute(sa.select(uploads))}
    named = {c.sha256: c.name for c in db.execute(sa.select(corpora))}
    first: dict[str, str] = {}  # sha256 -> the workspace whose run was the first on this text
    for run in db.execute(sa.select(runs).order_by(runs.c.created_at)).all():
        is_first = first.setdefault(run.sha256, run.workspace) == run.workspace
        fallback = named[run.sha256] if is_first else UNKNOWN
        name = uploaded.get((run.workspace, run.sha256), fallback)
        db.execute(runs.update().where(runs.c.id == run.id).values(text_name=name))
    with op.batch_alter_table("corpora") as table:  # SQLite before 3.35 cannot drop a column
        table.drop_column("name")
