"""The questions that a study's rows are read by: one for each family of tables, in one form.

Rows that were retired are left out. Links, and records that are only a key and some sentences, come in one
``UNION ALL`` each, so that the number of statements stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    not_,
    null,
    select,
)

from evidence.ledger.rows import knowable, words

__all__ = [
    "AROUND", "CASE", "DECISION", "FARTHEST", "LINKS", "MANY", "NAMED", "OBSERVATION", "REVIEW", "SEARCH", "SOURCE", "TEST",
    "Only", "by_kind", "link", "memberships", "named", "often", "participations", "quotes", "standing", "study", "texts",
    "versions",
]  # fmt: skip

#: Says which rows of a table are wanted, by its columns.
Only = Callable[[Any], Iterable[Any]]

#: How many characters before and after a quote are read of its text: enough for fifty words.
AROUND = 700
#: A quote whose parts lie farther apart in its text, in characters, is shown without what is between them.
FARTHEST = 6000
#: A text with more quotes than this is read as a whole: a database reads it from its beginning for each of them.
MANY = 50

SOURCE = (
    "id key type title csl tier scope repository collection record_group series box folder item frame "
    "classification handling language rights access redacted derived_from_id criticism note identifiers"
)
QUOTE = (
    "id key source_id words locator prefix suffix language transliteration translation translator redactions "
    "note state text_start text_end verified_sha256 verified_edition verified_at first_seen_at"
)
TEST = (
    "id key case_id hypothesis_id rival_id kind target prediction if_false where_to_look p_hypothesis p_rival "
    "declared_at result resolved_at note"
)
DECISION = (
    "id key case_id variable_version_id value sub_judgements rule_value rationale override_reason confidence "
    "counter_evidence counterfactual alternative alternative_reason coder_id round locator supersedes_id "
    "coding_round_id decided_at"
)
SEARCH = (
    "id key case_id question corpus terms period coverage gaps sensitivity hits found searched_on coder_id "
    "status first_seen_at"
)
OBSERVATION = "id key case_id proposition inference speaker occurred lineage note first_seen_at"
CASE = (
    "id key title start end start_earliest end_earliest end_latest status screening attributes data_set data_version "
    "narrative"
)
STUDY = (
    "id key title question method authors language citation_style profile word_scale checks universe_rule "
    "universe_count universe_deep"
)
REVIEW = "id noun subject_id coder_id verdict note fingerprint reviewed_at"
#: Links: a kind, what it leads from, what it leads to, and up to four texts.
LINKS: tuple[tuple[str, str, str, Sequence[str]], ...] = (
    ("observation_quote", "observation_id", "quote_id", ()),
    ("decision_test", "decision_id", "test_id", ()),
    ("decision_observation", "decision_id", "observation_id", ()),
    ("decision_search", "decision_id", "search_id", ()),
    ("decision_adjudicated", "decision_id", "adjudicated_id", ()),
    ("rivalry", "hypothesis_id", "rival_id", ("relation", "note")),
    ("episode_case", "episode_id", "case_id", ("tier", "note")),
    ("bearing", "test_id", "observation_id search_id", ("direction", "note", "p_hypothesis", "p_rival")),
    ("prior", "hypothesis_id", "coder_id", ("p", "basis")),
    ("likelihood", "test_id", "hypothesis_id", ("p", "note")),
    ("alias", "case_id", "", ("data_set", "version", "number", "merged")),
    ("redirect", "row_id", "", ("noun", "key")),
)
#: Records that are a key, up to three links, and up to seven texts.
NAMED = (
    (
        "hypothesis",
        "case_id concept_id variable_id",
        "statement mechanism supports prior prior_basis residual",
    ),
    ("concept", "", "label family definition role basis"),
    ("episode", "", "title description basis"),
    ("coder", "source_id", "name orcid note"),
    ("commitment", "", "title kind signed basis"),
)


def _all(columns: Any) -> Iterable[Any]:  # noqa: ARG001
    return ()


def standing(name: str, columns: str, study_id: Any, only: Only = _all) -> Select[Any]:
    """Return the query for the rows of a table that are not retired; ``only`` says which of them, by its columns."""
    asked = " study_id retired_at round coding_round_id" if name == "decision" else " study_id retired_at"
    table = words(name, " ".join(dict.fromkeys((columns + asked).split())))
    open_to_all = (knowable(table.c),) if name == "decision" else ()
    return select(*(table.c[column] for column in columns.split())).where(
        table.c.study_id == study_id, table.c.retired_at.is_(None), *open_to_all, *only(table.c)
    )


def texts(study_id: Any, whole: Any, only: Only = _all) -> Select[Any]:
    """Return the query for the texts, with whether their words are held here.

    Args:
        study_id: the study's id.
        whole: says of a hash whether that text's words come with it, as those of texts do that are quoted often;
            nothing if none do.
        only: which texts, by their columns.
    """
    text = words("text", "study_id retired_at source_id sha256 edition origin shareable parts content").c
    return select(
        text.source_id, text.sha256, text.edition, text.origin, text.shareable, text.parts,
        text.content.is_not(None).label("held"),
        (null() if whole is None else case((whole(text.sha256), text.content))).label("content"),
    ).where(text.study_id == study_id, text.retired_at.is_(None), *only(text))  # fmt: skip


def often(study_id: Any) -> Select[Any]:
    """Return the query for the hashes of the texts that have many quotes."""
    q = words("quote", "study_id retired_at verified_sha256").c
    quoted = select(q.verified_sha256).where(q.study_id == study_id, q.retired_at.is_(None))
    return quoted.group_by(q.verified_sha256).having(func.count() > MANY)


def quotes(study_id: Any, whole: Any, only: Only = _all) -> Select[Any]:
    """Return the query for the quotes, each with the words around it in the text that it was verified against, if it is held.

    ``around`` begins ``AROUND`` characters before the quote, or where the text begins; it is empty where the
    quote's own parts lie so far apart that it would be a good part of the text, and where the text comes ``whole``.
    """
    quote = words("quote", f"{QUOTE} study_id retired_at")
    text = words("text", "study_id retired_at source_id sha256 shareable content")
    q, t = quote.c, text.c
    start, end = q.text_start, q.text_end
    begin = case((start > AROUND, start - AROUND), else_=0)
    held = and_(
        t.study_id == study_id, t.source_id == q.source_id, t.sha256 == q.verified_sha256,
        t.retired_at.is_(None), start >= 0, end > start, end - start <= FARTHEST,
    )  # fmt: skip
    cut = func.substr(t.content, begin + 1, end - begin + AROUND)
    around = case((not_(whole(q.verified_sha256)), cut)).label("around")
    return (
        select(*(q[column] for column in QUOTE.split()), around, t.shareable)
        .select_from(quote.outerjoin(text, held))
        .where(q.study_id == study_id, q.retired_at.is_(None), *only(q))
    )


def study(study_id: Any) -> Select[Any]:
    """Return the study with its newest revision, if it has any."""
    study, revision = words("study", STUDY), words("revision", "study_id number digest")
    newest = select(func.max(revision.c.number)).where(revision.c.study_id == study_id).scalar_subquery()
    head = and_(revision.c.study_id == study.c.id, revision.c.number == newest)
    return (
        select(study, revision.c.number.label("revision"), revision.c.digest)
        .select_from(study.outerjoin(revision, head))
        .where(study.c.id == study_id)
    )


def participations(study_id: Any, only: Only = _all) -> Select[Any]:
    """Return the query for the states that took part in cases."""
    part = words(
        "participation",
        "study_id retired_at case_id actor_id side spell role start end hostility action",
    )
    actor = words("actor", "id key name abbreviation ccode")
    return (
        select(
            literal_column("'participation'").label("kind"), part.c.case_id.label("owner"),
            actor.c.key, actor.c.name, actor.c.abbreviation, actor.c.ccode,
            part.c.side, part.c.spell, part.c.role, part.c.start, part.c.end, part.c.hostility, part.c.action,
        )
        .select_from(part.join(actor, actor.c.id == part.c.actor_id))
        .where(part.c.study_id == study_id, part.c.retired_at.is_(None), *only(part.c))
    )  # fmt: skip


def memberships(study_id: Any) -> Select[Any]:
    """Return the query for the members of treaties, in the shape of ``participations``."""
    member = words("membership", "study_id retired_at commitment_id actor_id start end note")
    actor = words("actor", "id key name abbreviation ccode")
    return (
        select(
            literal_column("'membership'").label("kind"), member.c.commitment_id.label("owner"),
            actor.c.key, actor.c.name, actor.c.abbreviation, actor.c.ccode,
            literal_column("''").label("side"), null().label("spell"), member.c.note.label("role"),
            member.c.start, member.c.end, null().label("hostility"), null().label("action"),
        )
        .select_from(member.join(actor, actor.c.id == member.c.actor_id))
        .where(member.c.study_id == study_id, member.c.retired_at.is_(None))
    )  # fmt: skip


def _no(column: Any) -> Any:
    """Return no value, of a column's type: a database that tells types apart takes a bare NULL for a text."""
    return func.nullif(column, column)


def link(
    study_id: Any, name: str, left: str, right: str, texts: Sequence[str], only: Only = _all
) -> Select[Any]:
    """Return the query for one of ``LINKS``, in the one form of all."""
    table = words(name, f"study_id retired_at {left} {right} {' '.join(texts)}")
    ends = [table.c[column] for column in right.split()]
    to = func.coalesce(*ends) if len(ends) > 1 else ends[0] if ends else _no(table.c[left])
    said = [cast(table.c[text], Text) for text in texts] + [null()] * (4 - len(texts))
    return select(
        literal_column(f"'{name}'").label("kind"), table.c[left].label("left"), to.label("right"),
        *(text.label(label) for text, label in zip(said, "abcd", strict=True)),
    ).where(table.c.study_id == study_id, table.c.retired_at.is_(None), *only(table.c))  # fmt: skip


def named(study_id: Any, name: str, links: str, texts: str, only: Only = _all) -> Select[Any]:
    """Return the query for one of ``NAMED``, in the one form of all."""
    table = words(name, f"study_id retired_at id key {links} {texts}")
    ends = [table.c[link] for link in links.split()]
    said = [cast(table.c[text], Text) for text in texts.split()]
    return select(
        literal_column(f"'{name}'").label("kind"), table.c.id, table.c.key,
        *(end.label(label) for end, label in zip([*ends, *[_no(table.c.id)] * (3 - len(ends))], "xyz", strict=True)),
        *(text.label(label) for text, label in zip([*said, *[null()] * (8 - len(said))], "abcdefgh", strict=True)),
        cast(null(), Integer).label("n"),
    ).where(table.c.study_id == study_id, table.c.retired_at.is_(None), *only(table.c))  # fmt: skip


def versions(study_id: Any) -> Select[Any]:
    """Return the query for the versions of the variables, in the shape of ``named``; ``n`` is the variable's place."""
    variable = words("variable", "id key label question position retired_at")
    version = words(
        "variable_version",
        "id study_id retired_at variable_id version scale levels sub_judgements rule basis",
    )
    v = version.c
    texts = (
        variable.c.label,
        variable.c.question,
        v.version,
        v.scale,
        v.levels,
        v.sub_judgements,
        v.rule,
        v.basis,
    )
    return (
        select(
            literal_column("'variable_version'").label("kind"), v.id, variable.c.key, v.variable_id.label("x"),
            _no(v.id).label("y"), _no(v.id).label("z"),
            *(cast(text, Text).label(label) for text, label in zip(texts, "abcdefgh", strict=True)),
            variable.c.position.label("n"),
        )
        .select_from(version.join(variable, variable.c.id == v.variable_id))
        .where(v.study_id == study_id, v.retired_at.is_(None), variable.c.retired_at.is_(None))
    )  # fmt: skip


def by_kind(found: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    """Return rows in the one form of many tables by the table that they are of."""
    kinds: dict[str, list[Row[Any]]] = {}
    for row in found:
        kinds.setdefault(row.kind, []).append(row)
    return kinds
