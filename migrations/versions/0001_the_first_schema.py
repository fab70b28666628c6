"""The first schema.

Revision 0001, after nothing.

A migration is frozen: it never imports from evidence, it runs on SQLite and on PostgreSQL, it has a line in
NOTES.md, and it comes with its proof in tests/test_migrations.py (up, down, up; rows where it moves data).
"""

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: A column with its rule, if it has one, once it is known of which table; rules are named after both.
Part = Callable[[str], list[sa.schema.SchemaItem]]


def columns(kind: sa.types.TypeEngine[object], names: str) -> Part:
    """Return columns of one type, their names parted by spaces; a question mark lets a value be missing."""
    return lambda _table: [
        sa.Column(name.removesuffix("?"), kind, nullable=name.endswith("?")) for name in names.split()
    ]


texts = partial(columns, sa.Text())  # words, keys, EDTF dates
numbers = partial(columns, sa.Integer())
truths = partial(columns, sa.Boolean())
days = partial(columns, sa.Date())
moments = partial(columns, sa.DateTime(timezone=True))  # in UTC
jsons = partial(columns, sa.JSON(none_as_null=True))
ids = partial(columns, sa.Uuid())


def word(name: str, named: str, *members: str) -> Part:
    """Return a column that takes one of a closed list of words."""
    plain = name.removesuffix("?")
    return lambda table: [
        *columns(sa.String(32), name)(table),
        sa.CheckConstraint(sa.column(plain).in_(members), name=op.f(f"ck_{table}_{named}")),
    ]


def rule(name: str, condition: str) -> Part:
    """Return a rule over several columns."""
    return lambda table: [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))]


def link(name: str, to: str) -> Part:
    """Return a column that leads to a row of another table."""
    plain = name.removesuffix("?")
    return lambda table: [
        *ids(name)(table),
        sa.ForeignKeyConstraint([plain], [f"{to}.id"], name=op.f(f"fk_{table}_{plain}")),
    ]


def table(name: str, *parts: Part) -> None:
    """Make a table of rows that have an id."""
    items = [item for part in (ids("id"), *parts) for item in part(name)]
    op.create_table(name, *items, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))


def history(name: str, *parts: Part, only: tuple[str, ...]) -> None:
    """Make a table of rows that belong to a study; each of ``only`` names columns that are unique together."""
    table(name, link("study_id", "study"), *parts)
    for one in only:
        op.create_index(f"uq_{name}_{one.replace(' ', '_')}", name, ["study_id", *one.split()], unique=True)


def record(name: str, *parts: Part, only: tuple[str, ...], by: str = "") -> None:
    """Make a table of records, which can be retired; ``by`` names the columns it is also found by."""
    history(name, *parts, moments("retired_at?"), only=only)
    for one in by.split():
        op.create_index(f"ix_{name}_{one}", name, ["study_id", one])


def keyed(name: str, *parts: Part, only: tuple[str, ...] = (), by: str = "") -> None:
    """Make a table of records that people name by a key."""
    record(name, texts("key"), *parts, only=("key", *only), by=by)


def upgrade() -> None:
    """Make every table, each after those that it links to."""
    study()
    actors()
    sources()
    cases()
    scheme()
    hypotheses()
    observations()
    decisions()
    ledger()


def study() -> None:
    """Make the table of studies, the only one whose rows belong to none."""
    table(
        "study",
        texts("key title question method"),
        jsons("authors"),
        texts("language citation_style profile universe_rule"),
        numbers("universe_count? universe_deep?"),
        moments("retired_at?"),
        lambda name: [sa.UniqueConstraint("key", name=op.f(f"uq_{name}_key"))],
    )


def actors() -> None:
    """Make the tables of states and their treaties."""
    keyed("actor", numbers("ccode?"), texts("abbreviation name note"), only=("ccode",))
    keyed(
        "commitment",
        texts("title"),
        word("kind", "commitmentkind", "defence", "neutrality", "nonaggression", "entente", "consultation"),
        texts("signed? basis"),
    )
    record(
        "membership",
        link("commitment_id", "commitment"),
        link("actor_id", "actor"),
        texts("start end? note"),
        only=("commitment_id actor_id start",),
        by="actor_id",
    )


def sources() -> None:
    """Make the tables of sources, their texts, quotes and coders."""
    keyed(
        "source",
        texts("type title"),
        jsons("csl"),
        word("tier", "sourcetier", "primary", "secondary", "dataset", "news"),
        word("scope", "sourcescope", "general", "case-specific"),
        texts("repository collection record_group series box folder item frame"),
        texts("classification handling language rights"),
        word("access", "access", "open", "on site", "restricted", "closed"),
        truths("redacted"),
        link("derived_from_id?", "source"),
        jsons("criticism"),
        texts("note"),
        by="derived_from_id",
    )
    record(
        "text",
        link("source_id", "source"),
        texts("sha256 content? edition origin"),
        truths("shareable"),
        jsons("pages parts"),
        only=("source_id sha256",),
    )
    keyed(
        "quote",
        link("source_id", "source"),
        texts("words"),
        jsons("locator"),
        texts("prefix suffix language transliteration translation translator"),
        jsons("redactions"),
        texts("note sha256"),
        moments("first_seen_at"),
        word("state", "quotestate", "exact", "typographic", "elided", "not found", "no text held"),
        numbers("text_start? text_end?"),
        texts("verified_sha256 verified_edition"),
        moments("verified_at?"),
        by="source_id",
    )
    keyed("coder", texts("name orcid"), link("source_id?", "source"), texts("note"))


def cases() -> None:
    """Make the tables of cases, their numbers and parties, and of episodes."""
    keyed(
        "case",
        texts("title start? end?"),
        days("start_earliest? start_latest? end_earliest? end_latest?"),
        word("status", "casestatus", "screen", "deep"),
        texts("screening"),
        jsons("attributes"),
        texts("data_set data_version narrative"),
        by="start_earliest",
    )
    record(
        "alias",
        link("case_id", "case"),
        texts("data_set version number"),
        truths("merged"),
        only=("data_set version number",),
        by="case_id",
    )
    record(
        "participation",
        link("case_id", "case"),
        link("actor_id", "actor"),
        texts("side"),
        numbers("spell"),
        texts("role start? end?"),
        numbers("hostility? action?"),
        jsons("attributes"),
        only=("case_id actor_id side spell",),
        by="actor_id",
    )
    keyed("episode", texts("title description basis"))
    record(
        "episode_case",
        link("episode_id", "episode"),
        link("case_id", "case"),
        texts("tier note"),
        only=("episode_id case_id",),
        by="case_id",
    )


def scheme() -> None:
    """Make the tables of what is coded, and of the theory's terms."""
    keyed("variable", texts("label question"), numbers("position"))
    record(
        "variable_version",
        link("variable_id", "variable"),
        texts("version"),
        word("scale", "scale", "nominal", "ordinal"),
        jsons("levels sub_judgements rule"),
        texts("basis"),
        only=("variable_id version",),
    )
    keyed("concept", texts("family label definition role basis"))


def hypotheses() -> None:
    """Make the tables of hypotheses, their rivals and their tests."""
    keyed(
        "hypothesis",
        link("case_id?", "case"),
        texts("statement mechanism"),
        link("concept_id?", "concept"),
        link("variable_id?", "variable"),
        jsons("supports prior?"),
        texts("prior_basis"),
        truths("residual"),
        by="case_id",
    )
    record(
        "rivalry",
        link("hypothesis_id", "hypothesis"),
        link("rival_id", "hypothesis"),
        word("relation", "rivalrelation", "exclusive", "coincident", "congruent", "inclusive"),
        texts("note"),
        only=("hypothesis_id rival_id",),
        by="rival_id",
    )
    keyed(
        "test",
        link("case_id", "case"),
        link("hypothesis_id", "hypothesis"),
        link("rival_id", "hypothesis"),
        word("kind", "testkind", "straw in the wind", "hoop", "smoking gun", "doubly decisive"),
        word("target", "testtarget", "cause", "outcome", "link", "step"),
        texts("prediction if_false where_to_look"),
        jsons("p_hypothesis? p_rival?"),
        moments("declared_at"),
        word("result", "testresult", "passed", "failed", "inconclusive", "not attempted"),
        moments("resolved_at?"),
        texts("note"),
        by="case_id hypothesis_id rival_id",
    )


def observations() -> None:
    """Make the tables of observations, searches, and what they bear on."""
    keyed(
        "observation",
        link("case_id?", "case"),
        texts("proposition inference speaker occurred? lineage note"),
        moments("first_seen_at"),
        by="case_id",
    )
    record(
        "observation_quote",
        link("observation_id", "observation"),
        link("quote_id", "quote"),
        only=("observation_id quote_id",),
        by="quote_id",
    )
    keyed(
        "search",
        link("case_id?", "case"),
        texts("question corpus"),
        jsons("terms"),
        texts("period? coverage gaps"),
        jsons("sensitivity?"),
        numbers("hits?"),
        texts("found searched_on?"),
        link("coder_id?", "coder"),
        word("status", "searchstatus", "done", "not attempted"),
        moments("first_seen_at"),
        by="case_id",
    )
    record(
        "bearing",
        link("test_id", "test"),
        link("observation_id?", "observation"),
        link("search_id?", "search"),
        word("direction", "direction", "for", "against"),
        jsons("p_hypothesis? p_rival?"),
        texts("note"),
        rule("one_subject", "(observation_id IS NULL) <> (search_id IS NULL)"),
        only=("test_id observation_id", "test_id search_id"),
        by="observation_id search_id",
    )


def decisions() -> None:
    """Make the tables of decisions, what they rely on, and reviews."""
    keyed(
        "decision",
        link("case_id", "case"),
        link("variable_version_id", "variable_version"),
        texts("value?"),
        jsons("sub_judgements"),
        texts("rule_value? rationale override_reason"),
        word("confidence?", "confidence", "low", "medium", "high"),
        texts("counter_evidence counterfactual alternative? alternative_reason"),
        link("coder_id", "coder"),
        word("round", "round", "open", "blind", "adjudicated", "published elsewhere"),
        link("supersedes_id?", "decision"),
        moments("decided_at"),
        by="case_id variable_version_id coder_id",
    )
    for relied_on in ("test", "observation", "search"):
        record(
            f"decision_{relied_on}",
            link("decision_id", "decision"),
            link(f"{relied_on}_id", relied_on),
            only=(f"decision_id {relied_on}_id",),
            by=f"{relied_on}_id",
        )
    record(
        "review",
        texts("noun"),
        ids("subject_id"),
        link("coder_id", "coder"),
        word("verdict", "verdict", "confirmed", "disputed", "undecided"),
        texts("note fingerprint"),
        moments("reviewed_at"),
        only=("subject_id coder_id reviewed_at",),
    )


def ledger() -> None:
    """Make the tables of the ledger's own memory."""
    history(
        "revision",
        numbers("number"),
        texts("author"),
        moments("made_at"),
        texts("message tool_version"),
        jsons("parents"),
        texts("digest"),
        only=("number", "digest"),
    )
    history(
        "change",
        link("revision_id", "revision"),
        numbers("position"),
        texts("table_name"),
        ids("row_id"),
        texts("before? after"),
        only=("revision_id position", "row_id revision_id position"),
    )
    record("redirect", texts("noun key"), ids("row_id"), only=("noun key",))


def downgrade() -> None:
    """Drop every table, each before those that it links to."""
    for name in (
        "redirect change revision review decision_search decision_observation decision_test decision bearing search "
        "observation_quote observation test rivalry hypothesis concept variable_version variable episode_case episode "
        "participation alias case coder quote text source membership commitment actor study"
    ).split():
        op.drop_table(name)
