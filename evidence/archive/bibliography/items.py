"""From a record to a source: CSL's type and fields, the way in the archive, and what has no field kept beside."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

from evidence.archive.bibliography.dates import csl_date
from evidence.archive.bibliography.exact import exactly
from evidence.archive.bibliography.locations import location
from evidence.archive.bibliography.record import Person, Record
from evidence.archive.bibliography.types import (
    ARCHIVAL,
    DATES,
    FIELDS,
    NEWS,
    PERIODICAL,
    ROLES,
    TITLES,
    TYPES,
)
from evidence.archive.incoming import Incoming, IncomingSource, Loss
from evidence.errors import Place

__all__ = ["incoming_of", "item_of", "person_of", "plain"]

_TAGS = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|span|u|small)(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_PAPERS = re.compile(r"\b(?:papers|collection|fonds|Nachlass)$", re.IGNORECASE)
_TIME = re.compile(r"\dT\d\d:\d\d")
_BREAKS = re.compile(r"\s+")
#: Names of archives that hold no papers: databases, where reference managers write them in the same field.
_TITLED = "[untitled]"
_ARXIV = re.compile(r"arxiv", re.IGNORECASE)


def incoming_of(records: Iterable[Record]) -> Incoming:
    """Return all records of a file as sources, and what of them no field here could hold, by its name."""
    found = list(records)
    for record in found:
        if "further" in record.exact:  # what the format could not say is said beside it
            record.further = record.exact["further"] or {}
    counted = Counter(name for record in found for name in record.further)
    first = {name: record.place for record in reversed(found) for name in record.further}
    items = tuple(item_of(record) for record in found)
    losses = tuple(
        Loss(
            f"{name!r} has no field here; it is kept word for word, under further, in {_times(number)}",
            first[name],
        )
        for name, number in sorted(counted.items())
    )
    return Incoming(items=items, losses=losses)


def _times(number: int) -> str:
    return "1 source" if number == 1 else f"{number:,} sources"


def item_of(record: Record) -> IncomingSource:
    """Return a record as a source."""
    fields: dict[str, Any] = {"type": TYPES.get(record.kind, "document")}
    csl: dict[str, Any] = {}
    _people(record, csl)
    for name, value in record.fields.items():
        _say(record, csl, fields, name, value)
    csl |= record.csl
    fields["title"] = _title(record, fields, csl)
    fields["type"] = record.csl.get("type") or fields["type"]
    if csl.get("title-short") == fields["title"]:
        del csl["title-short"]
    csl.pop("type", None)
    archival = _archival(record, csl)
    if archival:
        fields |= _shelf(csl, fields.pop("call", ""))
    fields.pop("call", None)
    fields["tier"] = _tier(fields["type"], archival=archival)
    _identify(record, csl)
    fields |= {"csl": csl, "identifiers": record.names, "further": record.further}
    return IncomingSource(fields=exactly(fields, record.exact), place=record.place)


def _say(record: Record, csl: dict[str, Any], fields: dict[str, Any], name: str, value: str) -> None:
    """Put one field where it belongs."""
    name = TITLES.get(name, name)
    if name in ("title", "language", "rights"):
        fields[name] = plain(value)
        if name == "title" and _TAGS.search(value):
            record.keep("title as marked", value)
    elif name == "extra":
        _extra(record, csl, value)
    elif name in DATES:
        csl.setdefault(DATES[name], csl_date(value))
        if name != "accessDate" and _TIME.search(value):
            record.keep(f"time of {DATES[name]}", value)  # CSL's dates end with the day
    elif name in FIELDS:
        variable = FIELDS[name]
        if variable in csl and csl[variable] != plain(value):
            record.keep(name, value)
            return
        csl[variable] = plain(value)
        if name == "callNumber":
            fields["call"] = csl[variable]
    else:
        record.keep(name, value)


def plain(text: str) -> str:
    """Return text without the marks of rich text, in one line and in Unicode's form C."""
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", _TAGS.sub("", text))).strip()


def _title(record: Record, fields: dict[str, Any], csl: dict[str, Any]) -> str:
    """Return the title; one that is missing is supplied in brackets, as historians do."""
    title = str(fields.get("title") or "").strip()
    if title:
        return title
    if record.kind in ("letter", "email"):
        people = csl.get("recipient") or []
        names = " and ".join(
            " ".join(filter(None, (one.get("given"), one.get("family") or one.get("literal"))))
            for one in people
        )
        return f"[Letter to {names}]" if names else "[Letter]"
    return str(csl.get("title-short") or "") or _TITLED


def _people(record: Record, csl: dict[str, Any]) -> None:
    for person in record.people:
        role = ROLES.get(person.role)
        name = person_of(person)
        if not name:
            continue
        if role is None:
            said = name.get("literal") or ", ".join(filter(None, (name.get("family"), name.get("given"))))
            record.keep(person.role, said)
        else:
            csl.setdefault(role, []).append(name)


def person_of(person: Person) -> dict[str, str]:
    """Return a person as CSL has them; a body, or one who has one name only, as a literal."""
    family, given, literal = (plain(part) for part in (person.family, person.given, person.literal))
    if literal or not given:
        name = {"literal": literal or family} if (literal or family) else {}
    else:
        name = {"family": family, "given": given} if family else {"literal": given}
    return {**name, "suffix": plain(person.suffix)} if name and person.suffix else name


def _extra(record: Record, csl: dict[str, Any], text: str) -> None:
    """Read the lines of Extra in which people write what has no field: ``archive-place: Kew``."""
    from evidence.archive.bibliography.extra import read_extra  # noqa: PLC0415 - it reads CSL, as this does

    rest = read_extra(record, csl, text)
    record.keep("extra", rest)


def _archival(record: Record, csl: dict[str, Any]) -> bool:
    """Tell whether a source lies in an archive, and not merely in a database of printed things."""
    if record.kind in PERIODICAL or (record.kind not in ARCHIVAL and csl.get("publisher")):
        return False
    return record.kind in ARCHIVAL or bool(csl.get("archive") or csl.get("archive_location"))


def _shelf(csl: dict[str, Any], call: str) -> dict[str, str]:
    archive = str(csl.get("archive") or "")
    found = location(str(csl.get("archive_location") or csl.get("archive-location") or call or ""))
    if csl.get("archive_collection"):
        found.setdefault("collection", str(csl["archive_collection"]))
    if archive and csl.get("collection-title"):
        name = "collection" if _PAPERS.search(str(csl["collection-title"])) else "series"
        found.setdefault(name, str(csl["collection-title"]))
    if not archive and found and csl.get("publisher"):
        archive = str(csl["publisher"])  # EndNote has the library that holds a manuscript there
    place = str(csl.get("archive-place") or "")
    if archive and not _ARXIV.match(archive):
        found["repository"] = f"{archive}, {place}" if place and place not in archive else archive
    return found


def _tier(kind: str, *, archival: bool) -> str:
    if kind == "dataset":
        return "dataset"
    if kind in NEWS:
        return "news"
    primary = (
        "manuscript",
        "personal_communication",
        "interview",
        "hearing",
        "treaty",
        "legislation",
        "bill",
        "speech",
    )
    return "primary" if archival or kind in primary else "secondary"


def _identify(record: Record, csl: dict[str, Any]) -> None:
    for name, variable in (("doi", "DOI"), ("url", "URL")):
        if csl.get(variable):
            record.names.setdefault(name, str(csl[variable]))


def where(file: str, line: int | None = None, row: int | None = None) -> Place:
    """Return a place in a file."""
    return Place(file, line, row)
