"""Every quote with what is said of it: its source, what it shows, and the cases and tests that it speaks to.

Quotes are read a thousand at a time, with four statements for each thousand, so that a ledger of any size is written
while it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, select

from evidence.audit.beneath import cited
from evidence.errors import UnknownKey
from evidence.keys import tags_in
from evidence.ledger.among import among
from evidence.ledger.ordered import in_order
from evidence.ledger.rows import words
from evidence.publish.contexts import may_be_shown
from evidence.vocabulary import Direction

__all__ = ["Bears", "Noted", "Passages", "Seen"]

_AT_ONCE = 1000
#: Characters of a text before and after a quote, by which it is found again.
_AROUND = 64
_QUOTE = (
    "id key source_id words locator prefix suffix language transliteration translation translator note identifiers "
    "first_seen_at text_start text_end verified_sha256 state"
)
_SOURCE = (
    "id study_id key type title csl redacted identifiers derived_from_id language rights access tier retired_at "
    "scope item frame folder box series record_group collection repository note further"
)


@dataclass(frozen=True, slots=True)
class Bears:
    """An observation brought to a test.

    Attributes:
        id: the bearing's id.
        test, test_id: the test's key and id.
        case: the key of the test's case.
        direction: for its hypothesis, or against it.
        kind: of test.
        hypothesis: what the test's hypothesis says.
        note: why it bears so.
    """

    id: Any
    test: str
    test_id: Any
    case: str
    direction: Direction
    kind: str
    hypothesis: str
    note: str

    @property
    def tag(self) -> str:
        """The tag that says so: the test's key with a sign."""
        return f"{self.test}{'+' if self.direction == Direction.FOR else '-'}"


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation that rests on a quote: its row, the key of its case if it has one, and what it bears on."""

    row: Any
    case: str
    bears: tuple[Bears, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A quote with all that is said of it.

    Attributes:
        row: the quote's row.
        source: its source's row.
        before, after: the words around it, as far as rights allow to show them.
        placed: whether its offsets are those of a text that is held.
        seen: observations that rest on it.
        author: who brought it into the ledger.
        cases: keys of the cases that it speaks to: those of its observations and tests.
        cited: keys of the cases whose narratives cite it.
    """

    row: Any
    source: Any
    before: str
    after: str
    placed: bool
    seen: tuple[Seen, ...]
    author: str
    cases: tuple[str, ...]
    cited: tuple[str, ...]

    @property
    def tags(self) -> tuple[str, ...]:
        """Cases and tests by their keys, the tests with a sign; then what others tagged it with."""
        bears = [one.tag for seen in self.seen for one in seen.bears]
        told = str((self.row.identifiers or {}).get("tags") or "")
        return tuple(dict.fromkeys([*self.cases, *bears, *tags_in(told)]))


class Passages:
    """The quotes of a study, or of some of its cases."""

    def __init__(
        self,
        connection: Connection,
        study: Any,
        *,
        cases: Collection[str] = (),
        by_source: bool = False,
        around: bool = True,
    ) -> None:
        """Read the sources, and what the narratives cite.

        Args:
            connection: an open read.
            study: the study's id.
            cases: keys of the cases whose quotes are wanted; none wants all.
            by_source: in the order of the keys of their sources first.
            around: with the words around them, for which a long text is gone through once for each quote.

        Raises:
            UnknownKey: there is no such case.
        """
        self._by_source, self._around = by_source, around
        self._connection, self._study = connection, study
        source = words("source", _SOURCE)
        self.sources = {
            row.id: row for row in connection.execute(select(source).where(source.c.study_id == study))
        }
        table = words("case", "id study_id key narrative retired_at").c
        standing = (table.study_id == study, table.retired_at.is_(None))
        self.cases: dict[Any, str] = {
            row.id: row.key for row in connection.execute(select(table.id, table.key).where(*standing))
        }
        for key in cases:
            if key not in set(self.cases.values()):
                raise UnknownKey("case", key, self.cases.values())
        self._only = frozenset(cases)
        moved = words("redirect", "study_id noun key row_id").c
        quote = words("quote", "id key")
        was = select(moved.key, quote.c.key.label("now")).join(quote, quote.c.id == moved.row_id)
        renamed = {
            row.key: row.now
            for row in connection.execute(was.where(moved.study_id == study, moved.noun == "quote"))
        }
        self.narratives = {}
        self._cited: dict[str, list[str]] = defaultdict(list)
        wanted = select(table.key, table.narrative).where(*standing, table.narrative.contains("[@"))
        for row in connection.execute(wanted.order_by(*in_order(connection, table.key))):
            self.narratives[row.key] = row.narrative
            for key in dict.fromkeys(cited(row.narrative)):
                self._cited[renamed.get(key, key)].append(row.key)

    def __iter__(self) -> Iterator[Noted]:
        """Yield the quotes that stand, in the order of their keys, which is that of code points."""
        rows = iter(self._connection.execute(self._quotes().execution_options(yield_per=_AT_ONCE)))
        while some := list(islice(rows, _AT_ONCE)):
            ids = [row.id for row in some]
            seen, authors = self._seen(ids), self._authors(ids)
            for row in some:
                made = self._noted(row, tuple(seen.get(row.id, ())), authors.get(row.id, ""))
                if not self._only or self._only & {*made.cases, *made.cited}:
                    yield made

    def _quotes(self) -> Select[Any]:
        quote = words("quote", f"{_QUOTE} study_id retired_at")
        text = words("text", "study_id source_id sha256 content shareable retired_at")
        q, t = quote.c, text.c
        held = and_(
            t.study_id == q.study_id, t.source_id == q.source_id, t.sha256 == q.verified_sha256,
            t.retired_at.is_(None), t.content.is_not(None), q.text_start >= 0, q.text_end > q.text_start,
        )  # fmt: skip
        source = words("source", "id key")
        order = [source.c.key] if self._by_source else []
        before: ColumnElement[str] = literal("")
        after = before
        begin = case((q.text_start > _AROUND, q.text_start - _AROUND), else_=0)
        if self._around:
            before = func.substr(t.content, begin + 1, q.text_start - begin)
            after = func.substr(t.content, q.text_end + 1, _AROUND)
        return (
            select(
                *(q[name] for name in _QUOTE.split()),
                t.shareable,
                t.sha256.label("held"),
                before.label("before"),
                after.label("after"),
            )
            .select_from(quote.join(source, source.c.id == q.source_id).outerjoin(text, held))
            .where(q.study_id == self._study, q.retired_at.is_(None))
            .order_by(*in_order(self._connection, *order, q.key))
        )

    def _noted(self, row: Any, seen: tuple[Seen, ...], author: str) -> Noted:
        source = self.sources[row.source_id]
        shown = may_be_shown(source, row.shareable)
        found = [key for one in seen for key in (one.case, *(bears.case for bears in one.bears)) if key]
        return Noted(
            row=row,
            source=source,
            before=((row.before if row.held else "") or row.prefix) if shown else "",
            after=((row.after if row.held else "") or row.suffix) if shown else "",
            placed=bool(row.held),
            seen=seen,
            author=author,
            cases=tuple(sorted(set(found))),
            cited=tuple(self._cited.get(row.key, ())),
        )

    def _seen(self, quotes: Sequence[Any]) -> Mapping[Any, list[Seen]]:
        link = words("observation_quote", "observation_id quote_id retired_at")
        observation = words(
            "observation", "id key case_id proposition inference speaker occurred note retired_at"
        )
        o = observation.c
        wanted = (
            select(link.c.quote_id, o.id, o.key, o.case_id, o.proposition, o.inference, o.speaker, o.occurred, o.note)
            .select_from(link.join(observation, o.id == link.c.observation_id))
            .where(among(self._connection, link.c.quote_id, quotes), link.c.retired_at.is_(None), o.retired_at.is_(None))
            .order_by(*in_order(self._connection, o.key), o.id)
        )  # fmt: skip
        rows = self._connection.execute(wanted).all()
        bears = self._bears({row.id for row in rows}) if rows else {}
        found: dict[Any, list[Seen]] = {}
        for row in rows:
            case_key = self.cases.get(row.case_id, "")
            found.setdefault(row.quote_id, []).append(Seen(row, case_key, tuple(bears.get(row.id, ()))))
        return found

    def _bears(self, observations: Collection[Any]) -> Mapping[Any, list[Bears]]:
        bearing = words("bearing", "id observation_id test_id direction note retired_at")
        test = words("test", "id key case_id hypothesis_id kind retired_at")
        hypothesis = words("hypothesis", "id statement")
        b, t = bearing.c, test.c
        wanted = (
            select(b.id, b.observation_id, b.direction, b.note, t.id.label("test_id"), t.key, t.case_id, t.kind, hypothesis.c.statement)
            .select_from(bearing.join(test, t.id == b.test_id).join(hypothesis, hypothesis.c.id == t.hypothesis_id))
            .where(among(self._connection, b.observation_id, list(observations)), b.retired_at.is_(None), t.retired_at.is_(None))
            .order_by(*in_order(self._connection, t.key), b.id)
        )  # fmt: skip
        found: dict[Any, list[Bears]] = {}
        for row in self._connection.execute(wanted):
            made = Bears(
                row.id, row.key, row.test_id, self.cases.get(row.case_id, ""), Direction(row.direction), row.kind, row.statement, row.note or ""
            )  # fmt: skip
            found.setdefault(row.observation_id, []).append(made)
        return found

    def _authors(self, quotes: Sequence[Any]) -> Mapping[Any, str]:
        change = words("change", "revision_id table_name row_id before study_id")
        revision = words("revision", "id author")
        wanted = (
            select(change.c.row_id, revision.c.author)
            .select_from(change.join(revision, revision.c.id == change.c.revision_id))
            .where(
                change.c.study_id == self._study,
                among(self._connection, change.c.row_id, quotes),
                change.c.before.is_(None),
                change.c.table_name == "quote",
            )
        )
        return {row.row_id: row.author for row in self._connection.execute(wanted)}
