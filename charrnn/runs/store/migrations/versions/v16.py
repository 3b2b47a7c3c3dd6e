"""Version 16: a moment of a room names its member by number, beside the nickname."""

import sqlalchemy as sa
from alembic import op

revision = "16"
down_revision = "15"


def upgrade() -> None:
    """Moments of members who are still in the room get their numbers; nicknames are distinct."""
    op.add_column("room_moments", sa.Column("member", sa.Integer))
    op.execute(
        "UPDATE room_moments SET member = (SELECT number FROM room_members WHERE"
        " room_members.room = room_moments.room"
        " AND room_members.nickname = room_moments.nickname)"
    )
