"""Version 1: the first tables. A store without a recorded version has them."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing to do."""
