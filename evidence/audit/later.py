"""What changed between two revisions, read from the changes alone: however large a study is, only what was touched counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from evidence.audit.told import Telling, tell
from evidence.audit.turns import Turn, World, day
from evidence.keys import natural
from evidence.ledger import canonical
from evidence.ledger.among import among, driven
from evidence.ledger.concealed import concealed_in, leading
from evidence.ledger.named import State, carry_out, names_of
from evidence.ledger.rows import words
from evidence.vocabulary import Round

__all__ = ["Recoded", "Released", "Span", "releases", "spans", "told_since"]

#: Records of the ledger's own that no reader of an appendix asks about.
_OWN = frozenset({"release"})
#: How many links lead at most from a row to what it is told by: decision, version, variable.
_FAR = 6


@dataclass(frozen=True, slots=True)
class Released:
    """A release, as the ledger has it; ``number`` is its revision in this ledger, 0 if that is not in it."""

    key: str
    digest: str
    number: int
    made_at: Any
    author: str
    note: str
    formats: tuple[str, ...]
    manifest: str
    tool_version: str
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recoded:
    """A code that was given: what it took the place of, if of anything, who gave it and why."""

    key: str
    case: str
    variable: str
    before: str  # nothing for a first code
    after: str
    coder: str
    day: str
    why: str
    published: bool  # by a publication, and not by the study


@dataclass(frozen=True, slots=True)
class Span:
    """What changed from one release to the next, or to now."""

    since: Released
    until: str  # the name of the next release; nothing for now
    known: bool  # whether this ledger's history reaches back to it
    codes: tuple[Recoded, ...]
    told: Telling


_release = words(
    "release", "id study_id key digest made_at author note formats manifest tool_version styles retired_at"
)


def releases(connection: Connection, study: Any) -> list[Released]:
    """Return a study's releases, the oldest first.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
    """
    c = _release.c
    revision = words("revision", "study_id number digest")
    wanted = (
        select(*c, revision.c.number)
        .select_from(
            _release.outerjoin(
                revision, (revision.c.study_id == c.study_id) & (revision.c.digest == c.digest)
            )
        )
        .where(c.study_id == study, c.retired_at.is_(None))
        .order_by(c.made_at, c.id)
    )
    return [
        Released(
            row.key, row.digest, row.number or 0, row.made_at, row.author, row.note,
            tuple(row.formats or ()), row.manifest, row.tool_version, tuple(row.styles or ()),
        )
        for row in connection.execute(wanted)
    ]  # fmt: skip


def spans(connection: Connection, study: Any) -> tuple[Span, ...]:
    """Return what changed since the newest release, and from each to the next; the newest first."""
    made = releases(connection, study)
    found = []
    for n, one in enumerate(made):
        after = made[n + 1] if n + 1 < len(made) else None
        known = bool(one.number) and (after is None or bool(after.number))
        last = after.number if after else None
        codes, told = told_since(connection, study, one.number, last) if known else ((), Telling((), ()))
        found.append(Span(one, after.key if after else "", known, codes, told))
    return tuple(reversed(found))


def told_since(
    connection: Connection, study: Any, first: int, last: int | None = None
) -> tuple[tuple[Recoded, ...], Telling]:
    """Return what changed after one revision up to another: codes row by row, and all of it in sentences.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id.
        first: the number of the earlier revision.
        last: the number of the later one; the newest if not given.
    """
    turns = list(_turns(connection, study, first, last))
    codes = [_recoded(turn) for turn in turns if turn.table == "decision" and turn.before is None]
    return tuple(sorted(codes, key=lambda one: (one.published, natural(one.case), one.variable))), tell(turns)


def _recoded(turn: Turn) -> Recoded:
    row, world = turn.after, turn.world
    version = world.row(row["variable_version_id"])
    earlier = world.row(row["supersedes_id"]) if row.get("supersedes_id") else {}
    coder = world.row(row["coder_id"])
    return Recoded(
        key=str(row["key"]),
        case=turn.key(row["case_id"]),
        variable=world.key(version.get("variable_id")),
        before=_code(earlier) if earlier else "",
        after=_code(row),
        coder=str(coder.get("name") or coder.get("key") or ""),
        day=day(row["decided_at"]),
        why=str(row.get("rationale") or ""),
        published=row.get("round") == Round.PUBLISHED,
    )


def _code(row: Any) -> str:
    if row.get("value") is None:
        return "not coded" if row.get("round") == Round.PUBLISHED else "not codable"
    return str(row["value"])


def _turns(connection: Connection, study: Any, first: int, last: int | None) -> Iterator[Turn]:
    """Yield the rows that are not as they were, with all rows that they are told by."""
    change, asked = _asked(study, last)
    revision = words("revision", "id number").c
    touched = select(change.row_id).where(
        change.study_id == study, revision.id == change.revision_id, revision.number > first
    )
    if last is not None:
        touched = touched.where(revision.number <= last)
    ids = {_spelled(one) for one in connection.scalars(touched.distinct())}
    before: State = {}
    after: State = {}
    _replay(connection, asked, change, sorted(ids | _of_rounds(connection, study, ids)), first, before, after)
    for state in (before, after):  # what nobody was to know then
        hidden = concealed_in(state)
        for rows in state.values():
            for one in hidden & rows.keys():
                del rows[one]
    places = [(table, one) for table, rows in after.items() for one in rows]
    _around(connection, asked, change, after)
    names, world = {**names_of(before), **names_of(after)}, World.of(before, after)
    for table, one in places:
        was, row = before.get(table, {}).get(one), after[table][one]
        if was != row and table not in _OWN and not (table == "redirect" and _own_key(row)):
            yield Turn(table, one, names[one], was, row, world)


def _of_rounds(connection: Connection, study: Any, touched: set[str]) -> set[str]:
    """Return the ids of all rounds, and of the codes that came to light with any that was touched."""
    table = words("coding_round", "id study_id").c
    rounds = connection.scalars(select(table.id).where(table.study_id == study)).all()
    decision = words("decision", "id coding_round_id").c
    frozen = [one for one in rounds if _spelled(one) in touched]
    codes = select(decision.id).where(among(connection, decision.coding_round_id, frozen))
    found = leading(connection, connection.scalars(codes).all()) if frozen else ()
    return {_spelled(one) for one in (*rounds, *found)}


def _own_key(row: Any) -> bool:
    return row.get("noun") in _OWN


def _asked(study: Any, last: int | None) -> tuple[Any, Any]:
    change = words("change", "study_id revision_id position table_name row_id before after").c
    revision = words("revision", "id number").c
    wanted = (
        select(change.table_name, change.row_id, change.after, revision.number)
        .where(change.study_id == study, revision.id == change.revision_id)
        .order_by(revision.number, change.position)
    )
    return change, wanted if last is None else wanted.where(revision.number <= last)


def _replay(
    connection: Connection,
    asked: Any,
    change: Any,
    ids: Sequence[str],
    first: int,
    before: State,
    after: State,
) -> None:
    """Put rows as they were after a revision, and as they are, into two states."""
    if not ids:
        return
    wanted = asked.where(among(connection, change.row_id, [driven(connection, one) for one in ids]))
    gone: dict[int, set[str]] = {id(before): set(), id(after): set()}
    for row in connection.execute(wanted):
        one, said = _spelled(row.row_id), canonical.from_json(row.after)
        for state in (before, after) if row.number <= first else (after,):
            carry_out(state, gone[id(state)], row.table_name, one, said)


def _around(connection: Connection, asked: Any, change: Any, after: State) -> None:
    """Add the rows that those of a state lead to, and so on."""
    known: set[str] = set()
    for _ in range(_FAR):
        rows = [row for found in after.values() for row in found.values()]
        known |= {one for found in after.values() for one in found}
        more = sorted({one for row in rows for one in _leads(row)} - known)
        if not more:
            return
        known |= set(more)
        _replay(connection, asked, change, more, -1, {}, after)


def _leads(row: Any) -> Collection[str]:
    return [
        str(value) for name, value in row.items() if value and (name.endswith("_id")) and name != "study_id"
    ]


def _spelled(row_id: Any) -> str:
    """Return an id as changes spell it, however the database has it."""
    return str(UUID(str(row_id)))
