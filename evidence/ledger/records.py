"""Add, edit, rename, retire and read records as people write them: fields by name, links by key.

The command line, the importers and the study's text all come through here, so a record is refused for the
same reasons whichever way it comes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select

from evidence.errors import EvidenceError, MethodError, Place, ValueRefused, nearest, spoken
from evidence.ledger.forms import missing, read_key, read_value, with_article
from evidence.ledger.lookup import find, keys, listed, version_id
from evidence.ledger.nouns import NOUNS, STUDY, Field, Noun
from evidence.ledger.revisions import Unit
from evidence.models import Redirect, Study, Test
from evidence.vocabulary import PROFILES

__all__ = [
    "add", "add_all", "edit", "edit_study", "find", "keys", "listed", "new_study", "next_key", "read_fields", "rename",
    "retire",
]  # fmt: skip

#: A test that is changed in one of these says something new, so it is declared anew.
_DECLARED = {
    "hypothesis_id",
    "rival_id",
    "kind",
    "target",
    "prediction",
    "if_false",
    "p_hypothesis",
    "p_rival",
}
Entry: TypeAlias = tuple[Mapping[str, Any], Place | None]  # what was read, and where
#: What a unit of work sets by itself when a record is new.
_STAMPS = ("declared_at", "first_seen_at", "decided_at", "reviewed_at", "made_at", "received_at")


def add(
    session: Unit, noun: str, values: Mapping[str, Any], *, place: Place | None = None, computed: bool = False
) -> Any:
    """Add a record.

    Args:
        session: the unit of work.
        noun: what kind of record.
        values: its fields by name, links by key; lists of the records inside it.
        place: where it was read, for errors.
        computed: the values come from a ledger, so what is otherwise set by the program may be among them.

    Returns:
        The new record, flushed.

    Raises:
        EvidenceError: a field is unknown, missing or wrong, a key is taken, or a law is broken.
    """
    (row,) = _add(session, noun, [(values, place)], computed=computed, taken=None)
    return row


def add_all(session: Unit, noun: str, entries: Iterable[Entry], *, computed: bool = False) -> list[Any]:
    """Add many records of a noun, each as ``add`` would, and write them together.

    Args:
        session: the unit of work.
        noun: what kind of record.
        entries: the values of each, and where it was read. A link may be given as the id of its record,
            which saves looking it up; it then must not lead to another of ``entries``.
        computed: as for ``add``.
    """
    model = NOUNS[noun].model
    taken: set[str] = set()
    if NOUNS[noun].keyed:
        moved = select(Redirect.key).where(Redirect.study_id == session.study_id, Redirect.noun == noun)
        taken.update(session.scalars(select(model.key).where(model.study_id == session.study_id)))
        taken.update(session.scalars(moved))
    return _add(session, noun, entries, computed=computed, taken=taken)


def _add(
    session: Unit,
    noun: str,
    entries: Iterable[Entry],
    *,
    computed: bool,
    taken: set[str] | None,
) -> list[Any]:
    """Add records, then what is inside them; ``taken`` are the keys in use, if they are known."""
    kind = NOUNS[noun]
    added = []
    for values, place in entries:
        columns, inside = _read(session, kind, values, place, computed=computed, new=True)
        if kind.keyed:
            _claim(session, kind, columns["key"], place, taken)
        for stamp in _STAMPS:
            if stamp in kind.model.__table__.columns:
                columns.setdefault(stamp, session.now)
        row = kind.model(study_id=session.study_id, **columns)
        session.add(row)
        added.append((row, inside, place))
    session.flush()
    for row, inside, place in added:
        for field, items in inside.items():
            _arrange(session, kind, row, field, items, place, computed=computed, new=True)
    session.flush()
    return [row for row, _, _ in added]


def _claim(session: Unit, kind: Noun, key: str, place: Place | None, taken: set[str] | None) -> None:
    """Refuse a key in use; asking the database costs time, so only if the keys in use are not known."""
    if taken is None or key in taken:
        _require_free(session, kind, key, place)
    if taken is None:
        return
    if key in taken:
        raise _at(
            ValueRefused(f"{spoken(kind.name)} {key!r} is there already; choose another key."), place, "key"
        )
    taken.add(key)


def edit(
    session: Unit,
    noun: str,
    row: Any,
    values: Mapping[str, Any],
    *,
    place: Place | None = None,
    computed: bool = False,
) -> bool:
    """Change some of a record's fields; a list of records inside it takes the place of the old list.

    Returns:
        Whether anything changed.

    Raises:
        MethodError: it is a decision, which is superseded and never changed.
        EvidenceError: a field is unknown or wrong, or a law is broken.
    """
    kind = NOUNS[noun]
    columns, inside = _read(session, kind, values, place, computed=computed, new=False)
    changed = {name for name, value in columns.items() if getattr(row, name) != value}
    if noun == "decision" and changed - {"retired_at"}:
        raise _at(
            MethodError(
                f"decision {row.key} stands as it was made; decide again with 'evidence code', and say what changed."
            ),
            place,
        )
    if "key" in changed:
        raise _at(
            ValueRefused(
                f"a key is changed with 'evidence {noun} rename', so that the old one still leads there."
            ),
            place,
        )
    for name in changed:
        setattr(row, name, columns[name])
    if isinstance(row, Test) and changed & _DECLARED and not computed:
        row.declared_at = session.now
    session.flush()
    arranged = [
        _arrange(session, kind, row, field, items, place, computed=computed)
        for field, items in inside.items()
    ]
    return bool(changed) or any(arranged)


def retire(session: Unit, row: Any) -> None:
    """Take a record out of use; it stays in the ledger, and its key is never used again."""
    row.retired_at = session.now
    session.flush()


def rename(session: Unit, noun: str, row: Any, key: str) -> None:
    """Give a record another key; the old one leads to it for good."""
    new = read_key(key)
    _require_free(session, NOUNS[noun], new, None)
    session.add(Redirect(study_id=session.study_id, noun=noun, key=row.key, row_id=row.id))
    row.key = new
    session.flush()


def _at(error: EvidenceError, place: Place | None, field: str = "") -> EvidenceError:
    if place is None:
        told = not field or type(error) is not ValueRefused or field.replace("_", " ") in error.sentence
        return error if told else ValueRefused(f"{field}: {error.sentence}")
    return error.at(Place(place.file, place.line, place.row, field or place.field))


def _read(
    session: Unit, kind: Noun, values: Mapping[str, Any], place: Place | None, *, computed: bool, new: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the values into columns and lists of records inside; refuse what does not belong."""
    columns: dict[str, Any] = {}
    inside: dict[str, Any] = {}
    rest = dict(values)
    version = rest.pop("version", None) if "variable" in rest and "variable" in kind.fields else None
    for name, value in rest.items():
        if name in kind.inside:
            inside[name] = value
            continue
        field = kind.fields.get(name)
        if field is None or (field.computed and not computed):
            why = "is set by the program" if field else "is not a field"
            near = nearest(name, [*kind.fields, *kind.inside], 1)
            hint = f" Did you mean {near[0]!r}?" if near and not field else ""
            raise _at(ValueRefused(f"{name!r} {why} of {with_article(kind.name)}.{hint}"), place, name)
        try:
            columns[field.column] = _column(session, field, value, rest, version)
        except EvidenceError as error:
            raise _at(error, place, name) from error
    if new:
        for field in kind.fields.values():
            if (
                field.required
                and columns.get(field.column) is None
                and field.name != kind.parent
                and not (field.computed and field.name in _STAMPS)
            ):
                raise _at(missing(kind.name, field), place, field.name)
    return columns, inside


def _column(session: Unit, field: Field, value: Any, values: Mapping[str, Any], version: Any) -> Any:
    if field.name == "key":
        return read_key(value)
    if isinstance(value, uuid.UUID):
        return value
    if field.kind == "version":
        return version_id(session, str(value), version)
    if field.kind == "link":
        if value is None or value == "":
            return read_value(Field("", "", "text", required=field.required, help=""), None)
        target = str(values["noun"]) if field.target == "subject" else field.target
        return find(session, target, str(value)).id
    return read_value(field, value)


def _require_free(session: Unit, kind: Noun, key: str, place: Place | None) -> None:
    model = kind.model
    taken = session.execute(
        select(model.retired_at).where(model.study_id == session.study_id, model.key == key)
    ).first()
    moved = session.execute(
        select(Redirect.id).where(
            Redirect.study_id == session.study_id, Redirect.noun == kind.name, Redirect.key == key
        )
    ).first()
    if taken or moved:
        how = (
            "was once used, and keys are never used again"
            if moved or (taken and taken[0])
            else "is there already"
        )
        raise _at(ValueRefused(f"{spoken(kind.name)} {key!r} {how}; choose another key."), place, "key")


def _arrange(
    session: Unit,
    kind: Noun,
    row: Any,
    field: str,
    items: Iterable[Any],
    place: Place | None,
    *,
    computed: bool,
    new: bool = False,
) -> bool:
    """Make the records inside a record those listed: add, change, restore or retire as needed."""
    child = NOUNS[kind.inside[field]]
    parent = child.fields[child.parent].column
    model = child.model
    known = [child.fields[name].column for name in child.known_by]
    there = select(model).where(model.study_id == session.study_id, getattr(model, parent) == row.id)
    found = () if new else session.scalars(there)
    old = {tuple(getattr(one, name) for name in known): one for one in found}
    changed = False
    wanted = set()
    for values in _entries(child, items, place, field):
        columns, _ = _read(session, child, values, place, computed=computed, new=True)
        known_as = tuple(columns.get(name, _default(model, name)) for name in known)
        if known_as in wanted:
            raise _at(ValueRefused(f"the same {child.name.replace('_', ' ')} is listed twice."), place, field)
        wanted.add(known_as)
        one = old.get(known_as)
        if one is None:
            session.add(model(study_id=session.study_id, **{parent: row.id, **columns}))
            changed = True
            continue
        columns.setdefault("retired_at", None)
        for column in (c for c in model.__table__.columns if c.name not in ("id", "study_id", parent)):
            value = columns.get(column.name, _default(model, column.name))
            if getattr(one, column.name) != value:
                setattr(one, column.name, value)
                changed = True
    for known_as, one in old.items():
        if known_as not in wanted and one.retired_at is None:
            one.retired_at = session.now
            changed = True
    if not new:
        session.flush()
    return changed


def _entries(child: Noun, items: Any, place: Place | None, field: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(items, str | Mapping) or not isinstance(items, Iterable):
        raise _at(ValueRefused("this is a list; put a dash before each entry."), place, field)
    for item in items:
        values = {child.scalar: item} if child.scalar and not isinstance(item, Mapping) else item
        if not isinstance(values, Mapping):
            raise _at(ValueRefused(f"{item!r} is not an entry with fields."), place, field)
        yield values


def _default(model: Any, column: str) -> Any:
    default = model.__table__.columns[column].default
    if default is None:
        return None
    return default.arg(None) if callable(default.arg) else default.arg


def next_key(session: Unit, noun: str, stem: str) -> str:
    """Return the first key ``stem`` + number that was never used."""
    model = NOUNS[noun].model
    used: Select[Any] = select(model.key).where(
        model.study_id == session.study_id, model.key.startswith(stem, autoescape=True)
    )
    if noun == "decision" and session.connection().dialect.name == "postgresql":
        # Which may keep others' codes from whoever decides, but not that their keys are taken.
        used = select(func.evidence_decision_keys(session.study_id, stem))
    moved = select(Redirect.key).where(Redirect.study_id == session.study_id, Redirect.noun == noun)
    tails = (
        key.removeprefix(stem)
        for key in [*session.scalars(used), *session.scalars(moved)]
        if key.startswith(stem)
    )
    return f"{stem}{max((int(tail) for tail in tails if tail.isdecimal()), default=0) + 1}"


def read_fields(noun: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a few plain fields of a noun as the ledger keeps them; links are not among them."""
    kind = NOUNS[noun]
    read = {}
    for name, value in values.items():
        try:
            read[kind.fields[name].column] = read_value(kind.fields[name], value)
        except EvidenceError as error:
            raise _at(error, None, name) from error
    return read


def new_study(values: Mapping[str, Any]) -> Study:
    """Return a study with these fields, not yet in any ledger.

    Raises:
        EvidenceError: a field is unknown or wrong, or its key or title is missing.
    """
    return Study(**_study_fields(values, new=True))


def edit_study(session: Unit, values: Mapping[str, Any]) -> bool:
    """Change some of the study's own fields; return whether anything changed."""
    study = session.get_one(Study, session.study_id)
    fields = _study_fields(values, new=False)
    changed = [name for name, value in fields.items() if getattr(study, name) != value]
    for name in changed:
        setattr(study, name, fields[name])
    session.flush()
    return bool(changed)


def _study_fields(values: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    read = {}
    for name, value in values.items():
        field = STUDY.fields.get(name)
        if field is None or field.computed:
            near = nearest(name, STUDY.fields, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueRefused(f"{name!r} is not a field of a study.{hint}")
        try:
            read[name] = read_key(value) if name == "key" else read_value(field, value)
        except EvidenceError as error:
            raise _at(error, None, name) from error
    for field in STUDY.fields.values():
        if new and field.required and not read.get(field.name):
            raise missing("study", field)
    if "profile" in read and read["profile"] not in PROFILES:
        raise ValueRefused(
            f"{read['profile']!r} is not a test-type profile; choose one of {', '.join(PROFILES)}."
        )
    return read
