"""Version 10: runs may have other optimizers than Adagrad.

No table changes: the settings of a run and its states say which optimizer they belong to, and if
they do not, it is Adagrad. A charrnn that knows Adagrad alone has to refuse the store.
"""

revision = "10"
down_revision = "9"


def upgrade() -> None:
    """There is nothing to do but to record the version."""
