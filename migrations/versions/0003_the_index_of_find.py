"""The index of find: which passages there are, and their words in the database's own full-text search.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it empty; whoever upgrades a ledger fills it afterwards, and ``db reindex`` does at any time."""
    sqlite = op.get_context().dialect.name == "sqlite"
    # SQLite takes INTEGER PRIMARY KEY, and no other words, for the number of the row itself.
    op.create_table(
        "passage",
        sa.Column("id", sa.Integer() if sqlite else sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(*(("id",) if sqlite else ("study_id", "id")), name=op.f("pk_passage")),
    )
    op.create_index(
        op.f("uq_passage_record_id_field"), "passage", ["study_id", "record_id", "field"], unique=True
    )
    if sqlite:
        # Folded words go in, cut as "ascii" cuts them; the words themselves are in the tables they come from.
        op.execute("CREATE VIRTUAL TABLE passage_index USING fts5(words, content='', tokenize='ascii')")
        # Words are gathered in up to 32 MB of memory before they are written: a large import takes half the time.
        op.execute("INSERT INTO passage_index (passage_index, rank) VALUES ('hashsize', 33554432)")
        return
    op.execute(
        "CREATE TABLE passage_index (study_id uuid NOT NULL, id bigint NOT NULL, slice integer NOT NULL, "
        "vector tsvector NOT NULL, CONSTRAINT pk_passage_index PRIMARY KEY (study_id, id, slice))"
    )
    op.execute("CREATE INDEX ix_passage_index_vector ON passage_index USING gin (vector)")
    op.execute("CREATE INDEX ix_passage_index_sliced ON passage_index (study_id, id) WHERE slice > 0")


def downgrade() -> None:
    """Drop it; nothing is lost by that."""
    op.execute("DROP TABLE passage_index")
    op.drop_table("passage")
