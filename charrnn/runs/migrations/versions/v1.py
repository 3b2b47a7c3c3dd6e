"""The tables as they were first made."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing: a store without a version has these tables."""
