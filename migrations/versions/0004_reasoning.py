"""What reasoning adds: further likelihoods, coders' priors, what words of likelihood mean, settings of checks.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEW = (("study", "word_scale"), ("study", "checks"), ("decision", "locator"))
#: The new tables: what each belongs to, what else it leads to, and its text.
TABLES = (("prior", "hypothesis", "coder", "basis"), ("likelihood", "test", "hypothesis", "note"))


def upgrade() -> None:
    """Add columns that may be empty, and two tables."""
    for table, name in NEW:
        op.add_column(table, sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    for table, owner, other, text in TABLES:
        one, two = f"{owner}_id", f"{other}_id"
        op.create_table(
            table,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("study_id", sa.Uuid(), nullable=False),
            sa.Column(one, sa.Uuid(), nullable=False),
            sa.Column(two, sa.Uuid(), nullable=False),
            sa.Column("p", sa.JSON(none_as_null=True), nullable=False),
            sa.Column(text, sa.Text(), nullable=False),
            sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
            sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f(f"fk_{table}_study_id")),
            sa.ForeignKeyConstraint([one], [f"{owner}.id"], name=op.f(f"fk_{table}_{one}")),
            sa.ForeignKeyConstraint([two], [f"{other}.id"], name=op.f(f"fk_{table}_{two}")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"uq_{table}_{one}_{two}", table, ["study_id", one, two], unique=True)
        op.create_index(f"ix_{table}_{two}", table, ["study_id", two])


def downgrade() -> None:
    """Drop them, and what they hold."""
    for table, *_ in TABLES:
        op.drop_table(table)
    for table, name in NEW:
        op.drop_column(table, name)
