"""Read a large study in parts: what all of it shares once, then its cases and its sources some at a time.

The rows are those of ``load``, in the same form; what belongs to no case or source that was asked for is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, union_all

from evidence.audit.beneath import cited
from evidence.audit.chain import Chain
from evidence.ledger.among import among
from evidence.ledger.rows import words
from evidence.publish import queries
from evidence.publish.load import AT_ONCE, Rows
from evidence.publish.queries import Only

__all__ = ["Parted"]

_CASE = "id key title start end start_earliest end_earliest status retired_at"
_DECISION = "id key case_id variable_version_id coder_id round supersedes_id decided_at"
_SEARCH = "id key case_id status gaps hits"
_SHARED = ("redirect", "episode_case", "alias")
_LINKS = {one[0]: one for one in queries.LINKS}
(_HYPOTHESIS,) = (one for one in queries.NAMED if one[0] == "hypothesis")


class Parted:
    """A study that is read in parts; ``rows`` are what all of it shares."""

    def __init__(self, connection: Connection, study_id: Any) -> None:
        """Take an open read on the ledger and the study's id, and read what all of the study shares."""
        self._connection = connection
        self._study = study_id
        self._quoted = self._run(_quoted(study_id))
        self.rows = self._shared()

    @property
    def states(self) -> Mapping[str, int]:
        """How many quotes of the study are in which state."""
        found: Counter[str] = Counter()
        for row in self._quoted:
            found[row.state] += row.number
        return found

    @property
    def quoted(self) -> set[Any]:
        """The ids of the sources that are quoted."""
        return {row.source_id for row in self._quoted}

    def cases(self, wanted: Sequence[Any]) -> Iterator[tuple[Sequence[Any], Rows]]:
        """Yield some cases after others, by their ids, with the rows that are theirs beside those that all share."""
        for at in range(0, len(wanted), AT_ONCE):
            ids = wanted[at : at + AT_ONCE]
            yield ids, self._of_cases(ids)

    def sources(self, wanted: Sequence[Any]) -> Iterator[tuple[Sequence[Any], Rows]]:
        """Yield some sources after others, by their ids, with their quotes in context."""
        for at in range(0, len(wanted), AT_ONCE):
            ids = wanted[at : at + AT_ONCE]
            only = self._among("source_id", ids)
            texts = self._run(queries.texts(self._study, self._often, only))
            yield ids, replace(self.rows, texts=texts, quotes=self._in_context(only))

    def signed(self) -> Chain:
        """Return as much of the chain as tells what is signed: decisions, reviews, and what reviews are of."""
        rows = self.rows
        subjects: dict[str, list[Any]] = {}
        for row in rows.reviews:
            subjects.setdefault(row.noun, []).append(row.subject_id)
        found: dict[str, dict[Any, Any]] = {}
        for noun in ("test", "quote"):
            columns = "id key case_id" if noun == "test" else "id key"
            only = self._among("id", subjects.get(noun, ()))
            asked = queries.standing(noun, columns, self._study, only)
            found[noun] = {row.id: row for row in self._run(asked)} if noun in subjects else {}
        decisions = {row.id: row for row in self._run(queries.standing("decision", _DECISION, self._study))}
        of: dict[Any, list[Any]] = {}
        for row in decisions.values():
            of.setdefault(row.case_id, []).append(row.id)
        coders = {row.id: SimpleNamespace(key=row.key) for row in rows.named.get("coder", [])}
        return Chain(
            study=rows.study, cases={row.id: row for row in rows.cases}, hypotheses={}, tests=found["test"],
            observations={}, searches={}, quotes=found["quote"], sources={}, decisions=decisions, versions={},
            coders=coders, bearings={}, links={}, priors={}, likelihoods={}, reviews=rows.reviews, tests_of={},
            observations_of={}, searches_of={}, decisions_of=of,
        )  # fmt: skip

    def _run(self, asked: Any) -> Sequence[Any]:
        return self._connection.execute(asked).all()

    def _among(self, column: str, values: Collection[Any]) -> Only:
        return lambda c: [among(self._connection, c[column], values)]

    def _shared(self) -> Rows:
        study = self._study
        case = words("case", f"{_CASE} study_id")
        everything = self._run(select(case).where(case.c.study_id == study))
        cases = [row for row in everything if row.retired_at is None]
        claim = words("hypothesis", "id study_id case_id").c
        claims = select(claim.id).where(claim.study_id == study, claim.case_id.is_(None))
        links = [queries.link(study, *_LINKS[name]) for name in _SHARED]
        links.append(queries.link(study, *_LINKS["rivalry"], lambda c: [c.hypothesis_id.in_(claims)]))
        named = [queries.named(study, *one) for one in queries.NAMED if one is not _HYPOTHESIS]
        general = queries.named(study, *_HYPOTHESIS, only=lambda c: [c.case_id.is_(None)])
        return Rows(
            study=self._run(queries.study(study))[0],
            cases=cases,
            taken_out=tuple(sorted(row.key for row in everything if row.retired_at is not None)),
            parts=self._run(queries.memberships(study)),
            links=queries.by_kind(self._run(union_all(*links))),
            named=queries.by_kind(self._run(union_all(*named, general, queries.versions(study)))),
            sources=self._run(queries.standing("source", queries.SOURCE, study)),
            texts=self._run(queries.texts(study, None)),
            quotes=(),
            observations=(),
            searches=self._run(queries.standing("search", _SEARCH, study)),
            tests=(),
            decisions=(),
            reviews=self._run(queries.standing("review", queries.REVIEW, study)),
            claims=[row.key for row in self._run(queries.standing("hypothesis", "key", study))],
            everywhere=tuple(row.key for row in self._run(_everywhere(study, len(cases)))),
        )

    def _of_cases(self, ids: Sequence[Any]) -> Rows:
        own = self._among("case_id", ids)
        general = self.rows.named.get("hypothesis", [])
        tests = self._run(queries.standing("test", queries.TEST, self._study, own))
        decisions = self._run(queries.standing("decision", queries.DECISION, self._study, own))
        hypotheses = [*general, *self._run(queries.named(self._study, *_HYPOTHESIS, only=own))]
        case = words("case", queries.CASE)
        cases = self._run(select(case).where(among(self._connection, case.c.id, ids)))
        links = self._links(
            {
                ("bearing", "likelihood"): [row.id for row in tests],
                ("decision_test", "decision_observation", "decision_search", "decision_adjudicated"): [
                    row.id for row in decisions
                ],
                ("rivalry", "prior"): [row.id for row in hypotheses],
            }
        )
        brought = [
            row.right
            for kind in ("bearing", "decision_observation", "decision_search")
            for row in links.get(kind, ())
        ]
        observations = self._met("observation", queries.OBSERVATION, ids, brought)
        quoting = self._links({("observation_quote",): [row.id for row in observations]})
        seen = self._quotes(self._among("id", [row.right for row in quoting.get("observation_quote", ())]))
        named = self._cited({key for row in cases for key in cited(row.narrative)})
        return replace(
            self.rows,
            cases=cases,
            parts=self._run(queries.participations(self._study, own)),
            links={**self.rows.links, **links, **quoting},
            named={**self.rows.named, "hypothesis": hypotheses},
            quotes=[*{row.id: row for row in (*seen, *named)}.values()],
            texts=self._texts(named) if named else self.rows.texts,
            observations=observations,
            searches=self._met("search", queries.SEARCH, ids, brought),
            tests=tests,
            decisions=decisions,
        )

    def _links(self, wanted: Mapping[Iterable[str], Collection[Any]]) -> dict[str, list[Any]]:
        parts = [
            queries.link(self._study, *_LINKS[name], self._among(_LINKS[name][1], ids))
            for names, ids in wanted.items()
            for name in names
        ]
        return queries.by_kind(self._run(union_all(*parts)))

    def _met(
        self, noun: str, columns: str, cases: Collection[Any], brought: Collection[Any]
    ) -> Sequence[Any]:
        """Return the observations, or searches, of some cases, and others by their ids."""

        def only(c: Any) -> list[Any]:
            return [or_(among(self._connection, c.case_id, cases), among(self._connection, c.id, brought))]

        return self._run(queries.standing(noun, columns, self._study, only))

    def _quotes(self, only: Only) -> Sequence[Any]:
        return self._run(queries.standing("quote", queries.QUOTE, self._study, only))

    def _in_context(self, only: Only) -> Sequence[Any]:
        return self._run(queries.quotes(self._study, self._often, only))

    def _cited(self, keys: Collection[str]) -> Sequence[Any]:
        """Return the quotes that have some keys, or once had them, in their context."""
        if not keys:
            return ()
        moved = [
            row.left for row in self.rows.links.get("redirect", ()) if row.a == "quote" and row.b in keys
        ]

        def only(c: Any) -> list[Any]:
            return [or_(among(self._connection, c.id, moved), among(self._connection, c.key, keys))]

        return self._in_context(only)

    def _texts(self, quotes: Iterable[Any]) -> Sequence[Any]:
        """Return the texts, those with their words in which some quotes stand that are quoted often."""
        needed = {row.verified_sha256 for row in quotes} & set(self._much_quoted)
        if not needed:
            return self.rows.texts
        return self._run(queries.texts(self._study, lambda sha256: among(self._connection, sha256, needed)))

    def _often(self, sha256: Any) -> Any:
        return among(self._connection, sha256, self._much_quoted)

    @cached_property
    def _much_quoted(self) -> list[str]:
        """The hashes of the texts that have many quotes."""
        found: Counter[Any] = Counter()
        for row in self._quoted:
            found[row.verified_sha256] += row.number
        return [sha for sha, number in found.items() if sha and number > queries.MANY]


def _quoted(study: Any) -> Select[Any]:
    """Return the query for how many quotes of a source are in a state, by the text that they were verified against."""
    q = words("quote", "study_id retired_at source_id state verified_sha256").c
    told = (q.source_id, q.state, q.verified_sha256)
    standing = select(*told, func.count().label("number")).where(q.study_id == study, q.retired_at.is_(None))
    return standing.group_by(*told)


def _everywhere(study: Any, cases: int) -> Select[Any]:
    """Return the query for the states that are in every case."""
    part = words("participation", "study_id retired_at case_id actor_id").c
    case, actor = words("case", "id retired_at").c, words("actor", "id key").c
    return (
        select(actor.key)
        .where(
            part.study_id == study, part.retired_at.is_(None), actor.id == part.actor_id,
            case.id == part.case_id, case.retired_at.is_(None),
        )
        .group_by(actor.key)
        .having(func.count(part.case_id.distinct()) == cases)
        .order_by(actor.key)
    )  # fmt: skip
