"""Version 12: rooms, the people in them, their guesses, and moments of the wall."""

import sqlalchemy as sa
from alembic import op

revision = "12"
down_revision = "11"


def upgrade() -> None:
    """There were no rooms before."""
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("code", sa.String(8), nullable=False, unique=True),
        sa.Column("presenter", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.Column("closed_at", sa.Float),
        sa.Column("names_hidden", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("start", sa.JSON, nullable=False),
        sa.Column("begins_at", sa.Float),
        sa.Column("lead", sa.JSON),
        sa.Column("question", sa.JSON),
        sa.Column("challenge", sa.JSON),
    )
    op.create_index("ix_rooms_presenter", "rooms", ["presenter"])
    op.create_table(
        "room_members",
        _room(),
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(32), nullable=False, unique=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("nickname", sa.Text, nullable=False),
        sa.Column("address", sa.String(64)),
        sa.Column("joined_at", sa.Float, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("chosen", sa.JSON),
        sa.Column("run", sa.String(32)),
    )
    op.create_index("ix_room_members_workspace", "room_members", ["workspace"])
    op.create_table(
        "room_guesses",
        _room(),
        sa.Column("question", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(64), primary_key=True),
        sa.Column("guess", sa.Float, nullable=False),
    )
    op.create_table(
        "room_moments",
        _room(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("nickname", sa.Text, nullable=False),
        sa.Column("caption", sa.Text, nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.Column("curve", sa.JSON, nullable=False),
    )


def _room() -> sa.Column[str]:
    return sa.Column("room", sa.String(32), sa.ForeignKey("rooms.id"), primary_key=True)
