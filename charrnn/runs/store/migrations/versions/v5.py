"""Version 5: runs record their recent and best loss, and baselines of their own."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"

RECENT_WINDOWS = 200
MIN_ROWS = 20


def upgrade() -> None:
    """The losses of older runs are those recorded. Their workers compute the baselines."""
    for name in ("best_smooth_loss", "recent_loss"):
        op.add_column("runs", sa.Column(name, sa.Float, nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("baselines", sa.JSON))
    names = ("id", "iteration", "smooth_loss", "best_smooth_loss", "recent_loss")
    runs = sa.table("runs", *map(sa.column, names))
    m = sa.table("metrics", *map(sa.column, ("run", "iteration", "loss", "smooth_loss"))).c
    db = op.get_bind()
    for run in db.execute(sa.select(runs.c.id, runs.c.iteration, runs.c.smooth_loss)).all():
        recorded = (m.run == run.id) & (m.iteration <= run.iteration)
        best = db.execute(sa.select(sa.func.min(m.smooth_loss)).where(recorded)).scalar()
        newest = sa.select(m.iteration, m.loss).where(recorded, m.iteration > 0)
        rows = db.execute(newest.order_by(m.iteration.desc()).limit(RECENT_WINDOWS)).all()
        recent = [row.loss for row in rows if row.iteration > rows[0].iteration - RECENT_WINDOWS]
        if len(recent) < MIN_ROWS:
            recent = [row.loss for row in rows[:MIN_ROWS]]
        values = {
            "best_smooth_loss": run.smooth_loss if best is None else min(best, run.smooth_loss),
            "recent_loss": sum(recent) / len(recent) if recent else run.smooth_loss,
        }
        db.execute(runs.update().where(runs.c.id == run.id).values(values))
