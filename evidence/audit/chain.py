"""The chain of a study, or of one case, in a fixed number of statements: rows by id, and the links between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, literal_column, null, or_, select, union_all

from evidence.keys import natural
from evidence.ledger.rows import knowable, words
from evidence.vocabulary import Round

__all__ = ["Chain", "load", "standing", "unsettled"]

Rows = dict[Any, Any]
Links = dict[Any, list[Any]]

#: What is read of each table for every case; ``FULL`` is read besides where one case is asked about.
NARROW = {
    "case": "key title status start end start_earliest end_latest screening",
    "test": "key case_id hypothesis_id rival_id kind target prediction if_false where_to_look p_hypothesis p_rival "
    "declared_at result resolved_at note",
    "bearing": "test_id observation_id search_id direction p_hypothesis p_rival note",
    "observation": "key case_id proposition occurred lineage first_seen_at",
    "search": "key case_id question corpus period gaps sensitivity hits status coder_id searched_on first_seen_at",
    "quote": "key source_id state locator language translation translator first_seen_at verified_at",
    "source": "key title tier scope csl repository language rights access redacted derived_from_id criticism",
    "decision": "key case_id variable_version_id value sub_judgements rule_value rationale override_reason "
    "confidence counter_evidence counterfactual alternative alternative_reason coder_id round locator supersedes_id "
    "coding_round_id decided_at",
    "hypothesis": "key case_id variable_id statement supports prior residual",
    "review": "noun subject_id coder_id verdict note fingerprint reviewed_at",
}
FULL = {
    "observation": " inference speaker note",
    "search": " terms coverage found",
    "quote": " words note verified_edition redactions transliteration",
    "source": " type collection record_group series box folder item frame classification handling identifiers note",
    "hypothesis": " mechanism prior_basis",
}
_LINKS = (
    ("observation_quote", "observation_id", "quote_id"),
    ("decision_test", "decision_id", "test_id"),
    ("decision_observation", "decision_id", "observation_id"),
    ("decision_search", "decision_id", "search_id"),
    ("decision_adjudicated", "decision_id", "adjudicated_id"),
    ("rivalry", "hypothesis_id", "rival_id"),
)
_STUDY = "id key title language profile word_scale checks universe_rule universe_count universe_deep"
#: Whose code stands for the study where several coders have one: what was agreed on, then who coded knowingly,
#: then a blind coder. A publication's code never does.
RANK = {Round.ADJUDICATED: 0, Round.OPEN: 1, Round.BLIND: 2, Round.PUBLISHED: 9}


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything from codes down to documents that is not retired; rows by id, links from left to right."""

    study: Any
    cases: Rows
    hypotheses: Rows
    tests: Rows
    observations: Rows
    searches: Rows
    quotes: Rows
    sources: Rows
    decisions: Rows
    versions: Rows  # versions of variables, each with its variable's key, label and position
    coders: Rows
    bearings: Mapping[Any, Sequence[Any]]  # test → what was brought to it
    links: Mapping[str, Links]  # by table: left → right; of rivalry right is a pair (rival, relation)
    priors: Links  # hypothesis → pairs (coder's key, as stated)
    likelihoods: Links  # test → pairs (hypothesis, as stated)
    reviews: Sequence[Any]
    tests_of: Links  # case → ids, in the order of keys
    observations_of: Links
    searches_of: Links
    decisions_of: Links

    def root(self, source_id: Any) -> Any:
        """Return the source at the beginning of a source's lineage; the last that is held in a ring.

        A document printed in an edition has its own beginning: two memoranda in one volume are two witnesses.
        """
        passed = {source_id}
        while (above := self.sources[source_id].derived_from_id) in self.sources and above not in passed:
            if _printed_in(self.sources[source_id], self.sources[above]):
                break
            source_id = above
            passed.add(above)
        return source_id


def _printed_in(source: Any, above: Any) -> bool:
    """Tell whether a source is printed in another, which its record names as its container."""
    return bool(above.title) and (source.csl or {}).get("container-title") == above.title


def standing(decisions: Iterable[Any]) -> list[Any]:
    """Return the decisions that nothing has superseded; the one that stands for the study comes first."""
    made = list(decisions)
    superseded = {row.supersedes_id for row in made if row.supersedes_id is not None}
    left = [row for row in made if row.id not in superseded]
    # Sorted twice, as the newest comes first within a rank: sorting keeps the order of equals.
    left.sort(key=lambda row: (row.decided_at, row.key), reverse=True)
    return sorted(left, key=lambda row: RANK.get(row.round, 5))


def unsettled(left: Sequence[Any], settles: Mapping[Any, Iterable[Any]]) -> list[Any]:
    """Return, of codes that stand, those that no other of them settles: what was adjudicated is contested no more.

    Args:
        left: what ``standing`` returned.
        settles: a decision's id → the ids of those that it settles.
    """
    settled = {one for row in left for one in settles.get(row.id, ())}
    return [row for row in left if row.id not in settled]


def load(connection: Connection, study: Any, case: Any = None) -> Chain:
    """Return the chain of a study, or all that the codes and tests of one case rest on.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        case: one case's id; all if not given. Of one case the longer texts are read too.
    """

    def read(name: str, columns: str = "", order: str = "") -> Sequence[Row[Any]]:
        table = words(name, f"id study_id retired_at {columns or _columns(name, case)}")
        wanted = select(table).where(table.c.retired_at.is_(None))
        if case is None or name not in _KNOWN:
            wanted = wanted.where(table.c.study_id == study)
        if name == "decision":
            wanted = wanted.where(knowable(table.c))
        if case is not None and name in _SCOPES:
            wanted = wanted.where(_SCOPES[name](table.c, study, case))
        return connection.execute(wanted.order_by(table.c[order]) if order else wanted).all()

    coders = _by_id(read("coder", "key name source_id"))
    tests, observations, searches = (_by_key(read(name)) for name in ("test", "observation", "search"))
    decisions = _by_id(read("decision", order="id"))
    return Chain(
        study=connection.execute(_study(study)).one(),
        cases=_by_key(read("case")),
        hypotheses=_by_key(read("hypothesis")),
        tests=tests,
        observations=observations,
        searches=searches,
        quotes=_by_id(read("quote")),
        sources=_by_id(read("source")),
        decisions=decisions,
        versions=_by_id(connection.execute(_versions(study)).all()),
        coders=coders,
        bearings=_grouped((row.test_id, row) for row in read("bearing", order="id")),
        links=_links(connection.execute(_all_links(study, case)).all()),
        priors=_grouped(
            (row.hypothesis_id, (coders[row.coder_id].key, row.p))
            for row in read("prior", "hypothesis_id coder_id p", "id")
            if row.coder_id in coders
        ),
        likelihoods=_grouped(
            (row.test_id, (row.hypothesis_id, row.p))
            for row in read("likelihood", "test_id hypothesis_id p", "id")
        ),
        reviews=read("review", order="reviewed_at"),
        tests_of=_of_cases(tests),
        observations_of=_of_cases(observations),
        searches_of=_of_cases(searches),
        decisions_of=_of_cases(decisions),
    )


def _columns(name: str, case: Any) -> str:
    return NARROW[name] + (FULL.get(name, "") if case is not None else "")


def _study(study: Any) -> Select[Any]:
    table = words("study", _STUDY)
    return select(table).where(table.c.id == study)


def _versions(study: Any) -> Select[Any]:
    version = words(
        "variable_version", "id study_id variable_id version scale levels sub_judgements rule retired_at"
    ).c
    variable = words("variable", "id key label question position").c
    return (
        select(
            version.id, version.variable_id, version.version, version.scale, version.levels,
            version.sub_judgements, version.rule, version.retired_at, variable.key, variable.label,
            variable.question, variable.position,
        )
        .where(variable.id == version.variable_id, version.study_id == study)
        .order_by(version.id)
    )  # fmt: skip


def _ids(name: str, study: Any, case: Any) -> Select[Any]:
    """Return the ids of a case's own tests or decisions."""
    table = words(name, "id study_id case_id retired_at").c
    return select(table.id).where(table.study_id == study, table.case_id == case, table.retired_at.is_(None))


def _met(noun: str, study: Any, case: Any) -> Select[Any]:
    """Return the ids of the observations, or searches, that are of a case, of its tests or of its decisions."""
    column = f"{noun}_id"
    bearing = words("bearing", f"study_id test_id {column} retired_at").c
    link = words(f"decision_{noun}", f"study_id decision_id {column} retired_at").c
    own = words(noun, "id study_id case_id retired_at").c
    return union_all(
        select(own.id).where(own.study_id == study, own.case_id == case, own.retired_at.is_(None)),
        select(bearing[column]).where(
            bearing.study_id == study, bearing.test_id.in_(_ids("test", study, case)),
            bearing.retired_at.is_(None), bearing[column].is_not(None),
        ),
        select(link[column]).where(
            link.study_id == study, link.decision_id.in_(_ids("decision", study, case)), link.retired_at.is_(None)
        ),
    )  # type: ignore[return-value]  # fmt: skip


def _quoted(study: Any, case: Any) -> Select[Any]:
    link = words("observation_quote", "study_id observation_id quote_id retired_at").c
    return select(link.quote_id).where(
        link.study_id == study, link.observation_id.in_(_met("observation", study, case)), link.retired_at.is_(None)
    )  # fmt: skip


def _behind(study: Any, case: Any) -> Select[Any]:
    """Return the ids of the sources quoted, and of those that they are derived from."""
    quote = words("quote", "id source_id").c
    source = words("source", "id derived_from_id").c
    first = select(source.id, source.derived_from_id).where(
        source.id.in_(select(quote.source_id).where(quote.id.in_(_quoted(study, case))))
    )
    lineage = first.cte("lineage", recursive=True)
    above = select(source.id, source.derived_from_id).where(source.id == lineage.c.derived_from_id)
    lineage = lineage.union(above)  # not "all": a ring would have no end
    return select(lineage.c.id)


#: What of each table a case needs.
_SCOPES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "case": lambda c, study, case: c.id == case,  # noqa: ARG005
    "hypothesis": lambda c, study, case: or_(c.case_id == case, c.case_id.is_(None)),  # noqa: ARG005
    "test": lambda c, study, case: c.case_id == case,  # noqa: ARG005
    "decision": lambda c, study, case: c.case_id == case,  # noqa: ARG005
    "bearing": lambda c, study, case: c.test_id.in_(_ids("test", study, case)),
    "likelihood": lambda c, study, case: c.test_id.in_(_ids("test", study, case)),
    "observation": lambda c, study, case: c.id.in_(_met("observation", study, case)),
    "search": lambda c, study, case: c.id.in_(_met("search", study, case)),
    "quote": lambda c, study, case: c.id.in_(_quoted(study, case)),
    "source": lambda c, study, case: c.id.in_(_behind(study, case)),
}
#: Tables of which a case's rows are known by their ids. SQLite would read all of a study before it asked which those
#: are, so it is not told of which study they are.
_KNOWN = frozenset({"observation", "search", "quote", "source"})


def _all_links(study: Any, case: Any) -> Any:
    parts = []
    for name, left, right in _LINKS:
        rivalry = name == "rivalry"
        table = words(name, f"study_id retired_at {left} {right}{' relation' if rivalry else ''}").c
        part = select(
            (table.relation if rivalry else null()).label("relation"), literal_column(f"'{name}'").label("kind"),
            table[left].label("left"), table[right].label("right"),
        ).where(table.study_id == study, table.retired_at.is_(None))  # fmt: skip
        if case is not None:
            part = part.where(table[left].in_(_lefts(left, study, case)))
        parts.append(part)
    return union_all(*parts)


def _lefts(left: str, study: Any, case: Any) -> Select[Any]:
    """Return the ids of a case's records that links lead from."""
    if left == "observation_id":
        return _met("observation", study, case)
    if left == "decision_id":
        return _ids("decision", study, case)
    table = words("hypothesis", "id study_id case_id").c
    own = or_(table.case_id == case, table.case_id.is_(None))
    return select(table.id).where(table.study_id == study, own)


def _links(rows: Sequence[Row[Any]]) -> dict[str, Links]:
    found: dict[str, Links] = {name: {} for name, *_ in _LINKS}
    for row in rows:
        right = (row.right, row.relation) if row.kind == "rivalry" else row.right
        found[row.kind].setdefault(row.left, []).append(right)
    return found


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> Links:
    found: Links = {}
    for left, right in pairs:
        found.setdefault(left, []).append(right)
    return found


def _by_id(rows: Sequence[Row[Any]]) -> Rows:
    return {row.id: row for row in rows}


def _by_key(rows: Sequence[Row[Any]]) -> Rows:
    return {row.id: row for row in sorted(rows, key=lambda row: natural(row.key))}


def _of_cases(rows: Rows) -> Links:
    return _grouped((row.case_id, row.id) for row in rows.values())
