"""Bring sources and their words into a ledger: what is new together, what is known compared field by field."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from evidence.archive.comparing import Changed, compare
from evidence.archive.holding import Holding, hold
from evidence.archive.incoming import Incoming, IncomingSource, Loss, Words
from evidence.archive.keying import Keys, as_key, family_of, stem, year_of
from evidence.archive.knowing import Known, Wanted, identified, known_sources, recognise
from evidence.archive.recorded import RECORD, read_fields, said, streams, written
from evidence.errors import MethodError, Place, UnknownKey, ValueRefused
from evidence.ledger.bulk import insert_rows
from evidence.ledger.forms import missing, read_key
from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import Unit
from evidence.models import Source
from evidence.models.base import uuid7s
from evidence.vocabulary import SourceTier

__all__ = ["Brought", "Changed", "bring"]

_FIELDS = NOUNS["source"].fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What an import did with sources and their words.

    Attributes:
        keys: the ledger's key of each item, in the order of the items.
        added: keys of new sources.
        changed: what changed in sources that were there.
        kept: what was left as a person had written it before any import, though the record says otherwise.
        unchanged: how many sources say the same as before.
        held: keys of sources of which new words are held.
        verified_again: what was found of the quotes of those, as ``verification.look_again`` tells it.
        warnings: what is strange, but possible; sentences with their place.
        losses: what the reader could not carry over.
    """

    keys: tuple[str, ...]
    added: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    kept: tuple[Changed, ...] = ()
    unchanged: int = 0
    held: tuple[str, ...] = ()
    verified_again: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether there was anything to write that a reader would see."""
        return bool(self.added or self.changed or self.held)


@dataclass(slots=True)
class _Group:
    """One source as a file brings it: usually one item, several if they have the same key or say the same."""

    place: Place
    key: str
    values: dict[str, Any]
    record: dict[tuple[str, str], str]
    words: list[Words] = field(default_factory=list)
    marked: bool = False
    asked: str = ""
    id: uuid.UUID | None = None
    source: Known | None = None


def bring(session: Unit, incoming: Incoming, *, tier: SourceTier = SourceTier.PRIMARY) -> Brought:
    """Bring sources and their words into a study.

    A source is known again by its key, by any name that it has elsewhere (``identifiers``), or by author,
    year and title where it has none; so the same file twice changes nothing. What is known is changed only
    where its record says something else than when it was last brought; a person's later edits stay. Its key
    stays for good. The same words of a source are held once.

    Args:
        session: the unit of work.
        incoming: what a reader returned.
        tier: where new sources stand towards the events, unless their record says it.

    Raises:
        EvidenceError: a record cannot be kept, lacks what every source needs, or adds words to a source
            that was retired; with its place.
    """
    return _Bringing(session, incoming, tier).done()


class _Bringing:
    """One file's sources being brought into one study."""

    def __init__(self, session: Unit, incoming: Incoming, tier: SourceTier) -> None:
        self.session, self.incoming, self.tier = session, incoming, tier
        self.warnings: list[str] = []
        self.changed: list[Changed] = []
        self.kept: list[Changed] = []
        self.groups, self.of_item = _grouped(incoming.items)
        self.wanted = [_wanted(group) for group in self.groups]
        self.sources = known_sources(session, self.wanted)

    def done(self) -> Brought:
        """Do all of it and say what was done."""
        groups = self.groups
        found = recognise(self.wanted, self.sources)
        for group, source in zip(groups, found, strict=True):
            group.source = source
        new = [group for group in groups if group.source is None]
        self._name(new)
        self._insert(new)
        unchanged = 0
        for group in groups:
            if group.source and not self._left_retired(group):
                unchanged += not self._compare(group, group.source)
        held, again = self._hold()
        return Brought(
            keys=tuple(groups[number].key for number in self.of_item),
            added=tuple(group.key for group in new),
            changed=tuple(self.changed),
            kept=tuple(self.kept),
            unchanged=unchanged,
            held=held,
            verified_again=again,
            warnings=tuple(self.warnings),
            losses=self.incoming.losses,
        )

    def _name(self, new: Iterable[_Group]) -> None:
        """Give every new source a key that nobody has or had, the ones that were asked for first."""
        keys = Keys([*self.sources.keys, *self.sources.moved])
        titles = {source.key: source for source in self.sources.known}
        made = []
        for group in new:
            asked = group.key or as_key(str(group.values.get("identifiers", {}).get("citekey", "")))
            if not asked:
                made.append(group)
                continue
            group.key = keys.take(asked)
            if group.key != asked:
                other = titles.get(asked)
                whose = (
                    f"{other.title!r}{', which was retired' if other.retired else ''}"
                    if other
                    else "another source"
                )
                self._warn(group.place, f"the key {asked} is taken by {whose}; this one is {group.key}.")
        for group in made:
            group.key = keys.take(stem(group.values))

    def _warn(self, place: Place, sentence: str) -> None:
        where = str(place)
        self.warnings.append(f"{where}: {sentence}" if where else sentence)

    def _insert(self, new: Sequence[_Group]) -> None:
        """Write the new sources together, each after the one that it is derived from."""
        for group, digits in zip(new, uuid7s(len(new)), strict=True):
            group.id = uuid.UUID(digits)
        rows = [self._row(group) for group in new]
        places = {group.id: group.place for group in new}
        insert_rows(self.session, Source.__table__, list(_parents_first(rows, places)))  # type: ignore[arg-type]

    def _row(self, group: _Group) -> dict[str, Any]:
        if "title" not in group.values:
            raise missing("source", _FIELDS["title"]).at(_at(group.place, "title"))
        line = written(group.record)
        names = {**group.values.get("identifiers", {}), **({RECORD: line} if line else {})}
        said = {_FIELDS[name].column: value for name, value in self._linked(group).items()}
        return {"tier": self.tier, **said, "id": group.id, "key": group.key, "identifiers": names}

    @cached_property
    def _ids(self) -> dict[str, uuid.UUID]:
        """The sources that a link may lead to: those in use, and those that are new, by the key asked for too."""
        standing = {key: row_id for key, row_id in self.sources.keys.items() if row_id}
        in_use = set(standing.values())
        ids = {key: row_id for key, row_id in self.sources.moved.items() if row_id in in_use} | standing
        new = [group for group in self.groups if group.source is None and group.id]
        ids |= {group.asked: group.id for group in new if group.id and group.asked and group.asked not in ids}
        return ids | {group.key: group.id for group in new if group.id}

    def _left_retired(self, group: _Group) -> bool:
        """Leave a source alone that somebody took out of use; but nothing can be added to it."""
        source = group.source
        if source is None or not source.retired:
            return False
        group.id, group.key = source.id, source.key
        if group.words or group.marked:
            raise ValueRefused(
                f"source {source.key} was retired; bring it back with 'evidence source edit {source.key} --restore', "
                "or leave it out of the file.",
                group.place,
            )
        self._warn(group.place, f"source {source.key} was retired, and stays so; its record was passed over.")
        return True

    def _compare(self, group: _Group, source: Known) -> bool:
        """Bring a known source to what its record says; tell whether anything changed."""
        group.id, group.key = source.id, source.key
        if not group.record or written(group.record) in streams(source.record):
            return False
        row = self.session.get_one(Source, source.id)
        told = compare(self.session, row, self._linked(group), group.record, group.place)
        self.changed += told.changed
        self.kept += told.kept
        return bool(told.changed)

    def _linked(self, group: _Group) -> dict[str, Any]:
        """Return a group's values with the ids of the sources that it leads to."""
        linked = dict(group.values)
        for name in [name for name in linked if _FIELDS[name].kind == "link"]:
            if linked[name] not in self._ids:
                raise UnknownKey("source", linked[name], self._ids).at(_at(group.place, name))
            linked[name] = self._ids[linked[name]]
        return linked

    def _hold(self) -> tuple[tuple[str, ...], tuple[Any, ...]]:
        return hold(
            self.session,
            [
                Holding(group.id, group.key, words, group.place, new=group.source is None)
                for group in self.groups
                if group.id
                for words in group.words
            ],
        )


def _grouped(items: Sequence[IncomingSource]) -> tuple[list[_Group], list[int]]:
    """Return the sources that items speak of, and the number of each item's own."""
    groups: list[_Group] = []
    of_item: list[int] = []
    seen: dict[str, int] = {}
    for item in items:
        key = read_key(item.key) if item.key else ""
        values = read_fields(item.fields, item.place)
        record = said(values)
        called = f"key {key}" if key else f"record {written(record)}"
        number = seen.setdefault(called, len(groups))
        if number == len(groups):
            groups.append(_Group(item.place, key, values, record, asked=key))
        elif values:
            groups[number].values = _joined(groups[number].values, values)
            groups[number].record = said(groups[number].values)
        groups[number].words += item.words
        groups[number].marked |= bool(item.marked)
        of_item.append(number)
    return groups, of_item


def _joined(first: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(first)
    for name, value in then.items():
        both = isinstance(value, dict) and isinstance(joined.get(name), dict)
        joined[name] = {**joined[name], **value} if both else value
    return joined


def _wanted(group: _Group) -> Wanted:
    csl = group.values.get("csl", {})
    return Wanted(
        key=group.key,
        stem=stem(group.values) if group.values and not group.key else "",
        names=identified(group.values.get("identifiers", {}), csl),
        record=written(group.record),
        title=str(group.values.get("title", "")),
        author=family_of(csl),
        year=year_of(csl),
    )


def _parents_first(rows: Sequence[dict[str, Any]], places: Mapping[Any, Place]) -> Iterator[dict[str, Any]]:
    """Yield rows so that each comes after the one it is derived from."""
    by_id = {row["id"]: row for row in rows}
    done: set[uuid.UUID] = set()
    for row in rows:
        line: list[dict[str, Any]] = []
        above: dict[str, Any] | None = row
        while above is not None and above["id"] not in done:
            if above in line:
                raise MethodError(
                    f"source {row['key']} is derived from itself in a circle; name the source that came first.",
                    places[row["id"]],
                )
            line.append(above)
            above = by_id.get(above.get("derived_from_id"))
        for one in reversed(line):
            done.add(one["id"])
            yield one


def _at(place: Place, name: str) -> Place:
    return Place(place.file, place.line, place.row, name)
