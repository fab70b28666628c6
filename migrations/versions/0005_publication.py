"""What publishing adds: releases, readers' challenges, and the overview of the evidence in the scholar's words.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column that may be empty, and two tables."""
    op.add_column("study", sa.Column("overview", sa.Text(), nullable=True))
    _table(
        "release",
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("digest"),
        _moment("made_at"),
        _text("author"),
        _text("note"),
        _text("tool_version"),
        sa.Column("formats", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("styles", sa.JSON(none_as_null=True), nullable=False),
        _text("manifest"),
    )
    _table(
        "challenge",
        _text("noun"),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("motivation", sa.String(32), nullable=False),
        *map(_text, ("reason", "by", "by_uri", "words", "prefix", "suffix", "address", "annotation")),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        _text("digest"),
        _moment("stated_at", empty=True),
        _moment("received_at"),
        sa.Column("verdict", sa.String(32), nullable=True),
        _text("answer"),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        _moment("answered_at", empty=True),
        _one_of("motivation", "motivation", "questioning", "assessing"),
        _one_of("verdict", "answer", "upheld", "partly", "rejected"),
        _leads("release_id", "release"),
        _leads("answered_by_id", "coder"),
    )
    for column in ("subject_id", "release_id", "answered_by_id"):
        op.create_index(f"ix_challenge_{column}", "challenge", ["study_id", column])


def downgrade() -> None:
    """Drop them, and what they hold."""
    op.drop_table("challenge")
    op.drop_table("release")
    op.drop_column("study", "overview")


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        _text("key"),
        *parts,
        _moment("retired_at", empty=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f(f"fk_{name}_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"uq_{name}_key", name, ["study_id", "key"], unique=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str, *, empty: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _one_of(column: str, named: str, *members: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sa.column(column).in_(members), name=op.f(f"ck_challenge_{named}"))


def _leads(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_challenge_{column}"))
