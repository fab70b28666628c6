"""Compare a source with what its record says anew: what changed there changes here, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.archive.recorded import (
    RECORD,
    hash_of,
    in_parts,
    name_of,
    own_of,
    renewed,
    streams,
    unwritten,
    written,
)
from evidence.errors import Place
from evidence.ledger import records
from evidence.ledger.bulk import default_of
from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import Unit
from evidence.models import Source

__all__ = ["Changed", "Compared", "compare"]

_FIELDS = NOUNS["source"].fields


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of one source that is not as it was; of CSL and other parted fields, one part."""

    key: str
    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Compared:
    """What differed: what changed in the ledger, and what was kept there as a person had written it."""

    changed: list[Changed] = field(default_factory=list)
    kept: list[Changed] = field(default_factory=list)


def compare(
    session: Unit, row: Source, values: Mapping[str, Any], record: Mapping[tuple[str, str], str], place: Place
) -> Compared:
    """Bring a source to what its record says now.

    A value changes if the record says another than when it was last brought. Where it was never brought,
    only what is empty is filled in, and what another program's record left there: all else a person wrote.

    Args:
        session: the unit of work.
        row: the source.
        values: what the record says, by field, links as ids.
        record: the hash of each value.
        place: where the record was read, for errors.
    """
    stored, line = str((row.identifiers or {}).get(RECORD, "")), written(record)
    before, others = unwritten(own_of(stored, line)), [unwritten(one) for one in streams(stored)]
    merged, told = _Merged(session, row), Compared()
    for name, part, value in in_parts(values):
        current = merged.current(name, part)
        called = name_of(name, part)
        known = {one.get(called) for one in ([before] if before else others)}
        if current == value or record[name, part] in known:
            continue
        difference = Changed(row.key, f"{name}.{part}" if part else name, current, value)
        if not before and not merged.is_unsaid(name, part, current) and hash_of(current) not in known:
            told.kept.append(difference)
            continue
        merged.put(name, part, value)
        told.changed.append(difference)
    told.changed += _taken_out(merged, before, {name_of(*where): value for where, value in record.items()})
    merged.values["identifiers"] = {**merged.part("identifiers"), RECORD: renewed(stored, line)}
    records.edit(session, "source", row, merged.values, place=place)
    return told


def _taken_out(merged: _Merged, before: Mapping[str, str], now: Mapping[str, str]) -> list[Changed]:
    """Take out what the record no longer says, if nobody has changed it since."""
    if not before:
        return []
    taken = []
    for name, part, value in list(in_parts(merged.everything())):
        called = name_of(name, part)
        if called in before and called not in now and name != "title" and hash_of(value) == before[called]:
            after = merged.remove(name, part)
            taken.append(Changed(merged.row.key, f"{name}.{part}" if part else name, value, after))
    return taken


class _Merged:
    """A source's fields as they will be: the row's, with what the record says anew."""

    def __init__(self, session: Unit, row: Source) -> None:
        """Begin with the row as it is."""
        self.session, self.row = session, row
        self.values: dict[str, Any] = {}

    def part(self, name: str) -> dict[str, Any]:
        return dict(self.current(name, "") or {})

    def current(self, name: str, part: str) -> Any:
        if part:
            return self.part(name).get(part)
        return self.values[name] if name in self.values else getattr(self.row, _FIELDS[name].column)

    def put(self, name: str, part: str, value: Any) -> None:
        self.values[name] = {**self.part(name), part: value} if part else value

    def remove(self, name: str, part: str) -> Any:
        if part:
            self.values[name] = {key: value for key, value in self.part(name).items() if key != part}
            return None
        self.values[name] = self.default(name)
        return self.values[name]

    def everything(self) -> dict[str, Any]:
        return {
            name: self.current(name, "")
            for name, one in _FIELDS.items()
            if name != "key" and not one.computed
        }

    def is_unsaid(self, name: str, part: str, value: Any) -> bool:
        return value in (None, "", {}, []) or (not part and bool(value == self.default(name)))

    def default(self, name: str) -> Any:
        return default_of(Source.__table__.c[_FIELDS[name].column], self.session)  # type: ignore[arg-type]
