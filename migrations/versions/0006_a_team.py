"""What a team needs: rounds of coding, adjudicated codes, logins, and conflicts between copies of a ledger.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns that may be empty, and four tables."""
    op.add_column("coder", sa.Column("login", sa.Text(), nullable=True))
    _table(
        "coding_round",
        _text("key"),
        _link("variable_version_id"),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=True),
        _text("note"),
        _moment("made_at"),
        _moment("frozen_at", empty=True),
        _leads("coding_round", "variable_version_id", "variable_version"),
    )
    _table(
        "assignment",
        *map(_link, ("coding_round_id", "case_id", "coder_id")),
        sa.Column("position", sa.Integer(), nullable=False),
        *(_leads("assignment", f"{table}_id", table) for table in ("coding_round", "case", "coder")),
    )
    with op.batch_alter_table("decision") as decision:
        decision.add_column(sa.Column("coding_round_id", sa.Uuid(), nullable=True))
        decision.create_foreign_key(
            op.f("fk_decision_coding_round_id"), "coding_round", ["coding_round_id"], ["id"]
        )
    _table(
        "decision_adjudicated",
        *map(_link, ("decision_id", "adjudicated_id")),
        *(_leads("decision_adjudicated", column, "decision") for column in ("decision_id", "adjudicated_id")),
    )
    _table(
        "conflict",
        *map(_text, ("key", "noun")),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        *map(_text, ("table_name", "row", "field")),
        sa.Column("base", sa.Text(), nullable=True),
        *map(_text, ("ours", "theirs", "ours_by", "theirs_by")),
        _moment("made_at"),
        sa.Column("resolution", sa.String(32), nullable=True),
        _text("resolved_by"),
        _moment("resolved_at", empty=True),
        _text("note"),
        sa.CheckConstraint(
            sa.column("resolution").in_(("ours", "theirs", "other")), name=op.f("ck_conflict_resolution")
        ),
    )
    for table, columns in _UNIQUE.items():
        op.create_index(f"uq_{table}_{'_'.join(columns)}", table, ["study_id", *columns], unique=True)
    for table, columns in _BACKWARDS.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, ["study_id", column])


def downgrade() -> None:
    """Drop them, and what they hold."""
    for table in ("conflict", "decision_adjudicated"):
        op.drop_table(table)
    op.drop_index("ix_decision_coding_round_id", "decision")
    with op.batch_alter_table("decision") as decision:
        decision.drop_constraint(op.f("fk_decision_coding_round_id"), type_="foreignkey")
        decision.drop_column("coding_round_id")
    for table in ("assignment", "coding_round"):
        op.drop_table(table)
    op.drop_column("coder", "login")


_UNIQUE = {
    "coding_round": ("key",),
    "assignment": ("coding_round_id", "case_id", "coder_id"),
    "decision_adjudicated": ("decision_id", "adjudicated_id"),
    "conflict": ("key",),
}
_BACKWARDS = {
    "coding_round": ("variable_version_id",),
    "assignment": ("case_id", "coder_id"),
    "decision": ("coding_round_id",),
    "decision_adjudicated": ("adjudicated_id",),
    "conflict": ("subject_id",),
}


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        *parts,
        _moment("retired_at", empty=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f(f"fk_{name}_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _link(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _moment(name: str, *, empty: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def _leads(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
