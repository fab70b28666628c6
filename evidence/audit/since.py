"""What changed since: the changes to some rows after a revision, net of what was taken back, and in words."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, literal_column, select, union_all

from evidence.audit.beneath import KINDS, LEADS, Beneath
from evidence.ledger.among import among, driven
from evidence.ledger.rows import words
from evidence.vocabulary import QuoteState

__all__ = ["Changed", "Net", "Step", "called", "changes", "later", "moved", "net", "told"]

_SHORT = 60
#: How much of what two texts share is shown before the place where they part.
_SHARED = 16
#: Of a text its hash counts, and not whether its words are held here.
_UNCOUNTED = frozenset({"content"})
#: What verifying finds of a quote.
_FINDINGS = frozenset(
    ["state", "text_start", "text_end", "verified_sha256", "verified_edition", "verified_at", "prefix", "suffix"]
)  # fmt: skip
_FOUND = (QuoteState.EXACT, QuoteState.TYPOGRAPHIC, QuoteState.ELIDED)
#: Columns that follow from others of their row, and are not told where one of those is.
_FOLLOWING = {
    "start_earliest": {"start"}, "start_latest": {"start"}, "end_earliest": {"end"}, "end_latest": {"end"},
    "sha256": {"words"},
    **{name: {"words", "locator", "source_id", "state"} for name in _FINDINGS - {"state"}},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is not as it was.

    ``field`` is empty where a record is new there, or is there no longer; ``before`` and ``after`` are then
    nothing. ``verified`` marks what only says that a quote was looked for and found since, or that the text
    to look in came in.
    """

    record: str  # quote memo.1, or: observation o2, brought to test t1
    field: str
    before: Any
    after: Any
    author: str
    made_at: datetime
    revision: int
    verified: bool
    sentence: str  # all of it in words


@dataclass(frozen=True, slots=True)
class Step:
    """What one revision did to one row: its changed columns before and after; nothing before if it was new."""

    table: str
    number: int
    author: str
    made_at: datetime
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Net:
    """What several steps come to: whether the row is new, or back again, and otherwise what is not as it was."""

    new: bool
    last: Step
    fields: Mapping[str, tuple[Any, Any, Step]] = field(
        default_factory=dict
    )  # before, after, who last did so
    verified: bool = False


def later(connection: Connection, study: Any, rows: Collection[Any], number: int) -> dict[Any, list[Step]]:
    """Return what was done to some rows after a revision, in order, by the row's id.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        rows: their ids, as the driver has them. However many changes other rows had, they are not read.
        number: the revision's number.
    """
    change, wanted = _asked(study, number)
    found: dict[Any, list[Step]] = {}
    for row in connection.execute(wanted.where(among(connection, change.row_id, rows))):
        found.setdefault(row.row_id, []).append(_step(row))
    return found


def _asked(study: Any, number: int) -> tuple[Any, Any]:
    change = words("change", "study_id revision_id position table_name row_id before after").c
    revision = words("revision", "id study_id number author made_at").c
    wanted = (
        select(
            change.row_id, change.table_name, change.before,
            # Of a new row nothing but that it is new is asked, and a whole row is long.
            case((change.before.is_not(None), change.after)).label("after"),
            revision.number, revision.author, revision.made_at,
        )
        .where(revision.id == change.revision_id, change.study_id == study, revision.number > number)
        .order_by(revision.number, change.position)
    )  # fmt: skip
    return change, wanted


def _step(row: Row[Any]) -> Step:
    before = json.loads(row.before) if row.before is not None else None
    after = json.loads(row.after) if row.after is not None else {}
    return Step(row.table_name, row.number, row.author, row.made_at, before, after)


def net(steps: Iterable[Step], number: int) -> Net | None:
    """Return what the steps after a revision come to; nothing if they leave all as it was."""
    left = [step for step in steps if step.number > number]
    if not left:
        return None
    if any(step.before is None for step in left):
        return Net(new=True, last=left[-1])
    first: dict[str, Any] = {}
    last: dict[str, tuple[Any, Step]] = {}
    for step in left:
        for name, value in (step.before or {}).items():
            first.setdefault(name, value)
            last[name] = (step.after[name], step)
    fields = {
        name: (first[name], after, step)
        for name, (after, step) in last.items()
        if name not in _UNCOUNTED
        and json.dumps(first[name], sort_keys=True) != json.dumps(after, sort_keys=True)
    }
    if not fields:
        return None
    back = "retired_at" in fields and fields["retired_at"][1] is None
    return Net(back, left[-1], fields, verified=_is_verification(left, fields))


def _is_verification(steps: Iterable[Step], fields: Mapping[str, tuple[Any, Any, Step]]) -> bool:
    """Tell whether all that happened to a quote is that it was looked for, and found."""
    if any(step.table != "quote" or "verified_at" not in step.after for step in steps):
        return False
    if "state" in fields and fields["state"][1] not in _FOUND:
        return False
    if fields.keys() - _FINDINGS - {"locator"}:
        return False
    before, after, _ = fields.get("locator", ({}, {}, None))
    return {**(after or {}), **(before or {})} == (
        after or {}
    )  # its place may be known better, and is the same


def changes(
    beneath: Beneath, steps: Mapping[Any, list[Step]], root: Any, number: int
) -> list[tuple[Row[Any], Net]]:
    """Return which rows beneath one are not as they were after a revision, and how.

    What is beneath something that is new there is not told besides, nor what was taken back.
    """
    nets: dict[Any, Net | None] = {}

    def known(one: Any) -> Net | None:
        if one not in nets:
            nets[one] = net(steps[one], number) if one in steps else None
        return nets[one]

    def cut(one: Any) -> Collection[str] | None:
        change = known(one)
        return () if change is None else None if change.new else change.fields.keys()

    standing, retired = beneath.under(root, cut)
    found = [(one, change) for one in standing if (change := known(one))]
    found += [
        (one, change)
        for one in retired
        # Not what is new and retired already, nor what was retired before.
        if (change := known(one)) and not change.new and change.fields.get("retired_at", ("",))[0] is None
    ]
    return [(beneath.rows[one], change) for one, change in found]


def told(beneath: Beneath, keys: Mapping[Any, str], row: Row[Any], change: Net) -> list[Changed]:
    """Return what happened to a row in words, a line for each field.

    Args:
        beneath: where the row is.
        keys: of further records, by their ids as changes have them (``called``).
        row: the row.
        change: what happened to it.
    """
    record = _record(beneath, keys, row)
    if change.new:
        again = "retired_at" in change.fields
        text = row.kind == "text"
        sentence = f"{record} is {'held' if text else 'there again' if again else 'new'}"
        return [_line(record, "", None, None, change.last, sentence, verified=text)]
    if change.verified:
        before, after = _states(change)
        return [
            _line(
                record, "state", before, after, change.last, f"{record} was verified: {after}", verified=True
            )
        ]
    fields = {
        name: one
        for name, one in change.fields.items()
        if not _FOLLOWING.get(name, set()) & change.fields.keys()
    }
    found = []
    for name, (before, after, step) in fields.items():
        if name == "retired_at":
            found.append(_line(record, "", None, None, step, f"{record} was retired"))
            continue
        old, new = (keys.get(value, value) if name in LEADS else value for value in (before, after))
        spoken = name.removesuffix("_id").replace("_", " ")
        # The column's name says already what it leads to.
        ends = (
            one.removeprefix(f"{spoken} ") if isinstance(one, str) and name in LEADS else one
            for one in (old, new)
        )
        shown = " → ".join(_shown(*ends))
        found.append(_line(record, spoken, old, new, step, f"{record}: {spoken} {shown}"))
    return found


def _line(
    record: str, field: str, before: Any, after: Any, step: Step, sentence: str, *, verified: bool = False
) -> Changed:
    by = f"{step.author}, {step.made_at:%Y-%m-%d}, revision {step.number}"
    return Changed(
        record, field, before, after, step.author, step.made_at, step.number, verified, f"{sentence} ({by})"
    )


def _states(change: Net) -> tuple[Any, Any]:
    """Return a quote's state before and after it was looked for, with the edition."""
    state = change.fields.get("state")
    edition = change.fields.get("verified_edition")
    after = state[1] if state else "found as before"
    return (state[0] if state else None), f"{after} in {edition[1]}" if edition and edition[1] else after


def _shown(before: Any, after: Any) -> tuple[str, str]:
    """Return two values so short that both can be read, from where they part."""
    one, other = (
        value
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
        if value is not None
        else ""
        for value in (before, after)
    )
    if max(len(one), len(other)) <= _SHORT:
        return one or "nothing", other or "nothing"
    shared = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    start = max(shared - _SHARED, 0)
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    part = text[start : start + _SHORT]
    return f"{'…' if start else ''}{part}{'…' if start + _SHORT < len(text) else ''}" or "nothing"


#: What rows are called that have no key: by what they belong to, and by what they lead to.
_CALLED = {
    "alias": "number {key} of {up}",
    "participation": "the part of {one} (side {key}) in {up}",
    "episode_case": "the place of {up} in {one}",
    "decision_test": "{one} under {up}",
    "decision_observation": "{one} considered against {up}",
    "decision_search": "{one} under {up}",
    "variable_version": "version {key} of {one}",
    "rivalry": "the rivalry of {up} and {one}",
    "likelihood": "the likelihood of {up} given {one}",
    "prior": "the prior of {up} by {one}",
    "bearing": "{ends} brought to {up}",
    "observation_quote": "{one} under {up}",
    "text": "text {key:.12} of {up}",
}


def _record(beneath: Beneath, keys: Mapping[Any, str], row: Row[Any]) -> str:
    def name(one: Any) -> str:
        other = beneath.rows.get(one)
        return f"{other.kind} {other.key}" if other else keys.get(one, "a record")

    form = _CALLED.get(row.kind)
    if form is None:
        return f"{row.kind} {row.key}"
    ends = " and ".join(name(one) for one in (row.one, row.two) if one != row.id)
    return form.format(key=row.key, up=name(row.up), one=name(row.one), ends=ends)


def called(connection: Connection, beneath: Beneath, found: Iterable[tuple[Row[Any], Net]]) -> dict[Any, str]:
    """Return what records are called that changes lead to or from, by their ids as rows and as changes have them."""
    wanted: dict[str, set[Any]] = {}
    for row, change in found:
        kind = KINDS[row.kind]
        for column, one in zip((kind.up, *kind.down, *kind.beside), (row.up, row.one, row.two), strict=False):
            if column and one not in beneath.rows:
                wanted.setdefault(LEADS[column], set()).add(one)
        for name, (before, after, _) in change.fields.items():
            if name in LEADS:
                ends = (driven(connection, one) for one in (before, after) if one is not None)
                wanted.setdefault(LEADS[name], set()).update(ends)
    return _names(connection, wanted)


def _names(connection: Connection, wanted: Mapping[str, Collection[Any]]) -> dict[Any, str]:
    parts = []
    for table, ids in sorted(wanted.items()):
        key = KINDS[table].key if table in KINDS else "key"
        columns = words(table, f"id {key}").c if key else None
        if columns is None:
            continue
        kind: Any = literal_column(f"'{table.replace('_', ' ')}'").label("kind")
        row = select(kind, columns.id, columns[key].label("key"))
        parts.append(row.where(among(connection, columns.id, ids)))
    rows = connection.execute(union_all(*parts)).all() if parts else []
    names = {row.id: f"{row.kind} {row.key}" for row in rows}
    return names | {str(uuid.UUID(str(row.id))): names[row.id] for row in rows}


def moved(connection: Connection, study: Any, number: int) -> dict[Any, list[Changed]]:
    """Return what came to belong to another case after a revision, by the id of the case that it left."""
    change, wanted = _asked(study, number)
    revision = words("revision", "id study_id number").c
    # Asked by revision, as there is no index on what changed.
    since = select(revision.id).where(revision.study_id == study, revision.number > number)
    leading = change.before.contains('"case_id":', autoescape=True)
    asked = wanted.where(change.revision_id.in_(since), change.before.is_not(None), leading)
    steps: dict[Any, list[Step]] = {}
    for row in connection.execute(asked):
        steps.setdefault(row.row_id, []).append(_step(row))
    found = [(one, change) for one, all_ in steps.items() if (change := net(all_, number))]
    wanted_names: dict[str, set[Any]] = {}
    for one, change in found:
        wanted_names.setdefault(change.last.table, set()).add(one)
        ends = (driven(connection, end) for end in change.fields["case_id"][:2] if end is not None)
        wanted_names.setdefault("case", set()).update(ends)
    names = _names(connection, wanted_names)
    left: dict[Any, list[Changed]] = {}
    for one, change in found:
        before, after, step = change.fields["case_id"]
        record, old, new = names.get(one, step.table), names.get(before), names.get(after, "no case")
        if before is not None:
            line = _line(record, "case", old, new, step, f"{record} belongs to {new} now")
            left.setdefault(driven(connection, before), []).append(line)
    return left
