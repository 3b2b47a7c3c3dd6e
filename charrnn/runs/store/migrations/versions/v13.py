"""Version 13: runs may be experiments, and may break the rules that every recipe keeps.

The settings of a run say which rules it breaks. A charrnn that knows of none has to refuse the
store.
"""

import sqlalchemy as sa
from alembic import op

revision = "13"
down_revision = "12"


def upgrade() -> None:
    """No earlier run is an experiment."""
    op.add_column("runs", sa.Column("experiment", sa.JSON))
