"""What a team needs: rounds of coding, adjudicated codes, logins, and conflicts between copies of a ledger.

Revision 0006, after 0005.

On PostgreSQL it also makes who may do what the server's business: ``../server/0006_*.sql``. Other engines know no row
policies, or none that are these, so they go without.
"""

from pathlib import Path

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
    if op.get_context().dialect.name == "postgresql":
        connection = op.get_bind()
        functions(connection)
        if make_groups(connection):
            roles(connection)


def downgrade() -> None:
    """Drop them, and what they hold. The group roles are the server's, and other ledgers may need them."""
    if op.get_context().dialect.name == "postgresql":
        connection = op.get_bind()
        _open(connection)
        for name in _FUNCTIONS:
            connection.execute(sa.text(f"DROP FUNCTION IF EXISTS {name}"))
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


GROUPS = ("evidence_reader", "evidence_coder", "evidence_adjudicator", "evidence_owner")
#: Tables that only some may write, or that have rows kept from some.
_KEPT = (
    "study", "coder", "coding_round", "assignment", "decision", "decision_test", "decision_observation",
    "decision_search", "decision_adjudicated", "review", "challenge", "conflict", "revision", "change", "passage",
    "passage_index",
)  # fmt: skip
_EVIDENCE = (
    "actor", "commitment", "membership", "source", "text", "quote", "case", "alias", "participation", "episode",
    "episode_case", "variable", "variable_version", "concept", "hypothesis", "rivalry", "test", "likelihood", "prior",
    "observation", "observation_quote", "search", "bearing", "redirect", "release", "challenge", "conflict",
)  # fmt: skip
_FUNCTIONS = (
    "evidence_found(tsquery)", "evidence_hidden_passages()", "evidence_hidden()", "evidence_mine()",
    "evidence_last_passage(uuid, bigint, bigint)", "evidence_decision_keys(uuid, text)", "evidence_unfrozen()",
)  # fmt: skip


def functions(connection: sa.Connection) -> None:
    """Make what policies and the program ask; without the group roles there is nothing to hide, and they say so."""
    _run(connection, "0006_functions.sql")


def make_groups(connection: sa.Connection) -> bool:
    """Make the group roles that the server lacks, and tell whether it has all of them now."""
    for group in GROUPS:
        # Another ledger of the same server may be made at this moment.
        connection.execute(
            sa.text(
                f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{group}') THEN "
                f"CREATE ROLE {group} NOLOGIN; END IF; "
                "EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$"
            )
        )
    known = sa.text("SELECT count(*) FROM pg_roles WHERE rolname = ANY (:groups)")
    return connection.execute(known, {"groups": list(GROUPS)}).scalar_one() == len(GROUPS)


def roles(connection: sa.Connection) -> None:
    """Say what each group may do, in place of what was said before; the tables become the owners'."""
    _open(connection)
    _run(connection, "0006_roles.sql")
    for table in _secured(connection):
        connection.execute(
            sa.text(
                f'CREATE POLICY evidence_all ON "{table}" TO evidence_owner USING (true) WITH CHECK (true)'
            )
        )
    # So that owners appoint the others. Only who may make roles appoints owners.
    connection.execute(
        sa.text(
            "DO $$ BEGIN IF NOT pg_has_role('evidence_owner', 'evidence_coder', 'MEMBER WITH ADMIN OPTION') THEN "
            "GRANT evidence_reader, evidence_coder, evidence_adjudicator TO evidence_owner WITH ADMIN OPTION; END IF; "
            "EXCEPTION WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL; END $$"
        )
    )
    # So that any owner can upgrade the ledger. Where that may not be said, only who made it can.
    names = [f'TABLE "{name}"' for name in (*_EVIDENCE, *_KEPT, "alembic_version")]
    names += [f"FUNCTION {name}" for name in _FUNCTIONS]
    steps = " ".join(f"ALTER {name} OWNER TO evidence_owner;" for name in dict.fromkeys(names))
    connection.execute(
        sa.text(
            "DO $$ BEGIN EXECUTE format('GRANT CREATE ON SCHEMA %I TO evidence_owner', current_schema()); "
            "IF NOT pg_has_role('evidence_owner', 'MEMBER') THEN GRANT evidence_owner TO CURRENT_USER; END IF; "
            f"{steps} EXCEPTION WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL; END $$"
        )
    )


def _open(connection: sa.Connection) -> None:
    """Take every policy away."""
    policies = sa.text(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema() AND policyname LIKE 'evidence\\_%'"
    )
    for table, policy in connection.execute(policies).all():
        connection.execute(sa.text(f'DROP POLICY "{policy}" ON "{table}"'))
    for table in _secured(connection):
        connection.execute(sa.text(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'))


def _secured(connection: sa.Connection) -> list[str]:
    asked = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace ORDER BY 1"
    return [name for name in connection.execute(sa.text(asked)).scalars() if name in _KEPT]


def _run(connection: sa.Connection, name: str) -> None:
    """Run a file of statements."""
    schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    lists = {"all": dict.fromkeys((*_EVIDENCE, *_KEPT, "alembic_version")), "evidence": _EVIDENCE}
    lines = (Path(__file__).parents[1] / "server" / name).read_text("utf-8").replace(":schema", schema)
    for word, tables in lists.items():
        lines = lines.replace(f":{word}", ", ".join(f'"{table}"' for table in tables))
    lines = lines.replace(":functions", ", ".join(_FUNCTIONS))
    # By the driver: several statements, and signs that SQLAlchemy would read as its own.
    connection.connection.driver_connection.execute(lines)


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
