"""What sources bring with them: what others know them by, photographs, and words that no field holds.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEW = {
    "source": ("images", "identifiers", "further"),
    "quote": ("identifiers",),
    "observation": ("identifiers",),
}


def upgrade() -> None:
    """Add columns that may be empty: rows stay as their revisions left them."""
    for table, names in NEW.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Drop them, and what they hold."""
    for table, names in NEW.items():
        for name in names:
            op.drop_column(table, name)
