"""${message}.

Revision ${up_revision}, after ${down_revision or "nothing"}.

A migration is frozen: it never imports from evidence, it runs on SQLite and on PostgreSQL, it has a line in
NOTES.md, and it comes with its proof in tests/test_migrations.py (up, down, up; rows where it moves data).
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Go back from it."""
    ${downgrades if downgrades else "pass"}
