"""Read Zotero's items as JSON: from its API, from its translators, and as Better BibTeX exports a library."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evidence.archive.bibliography.items import incoming_of
from evidence.archive.bibliography.record import Person, Record
from evidence.archive.bibliography.types import DATES, FIELDS, TITLES
from evidence.archive.incoming import Incoming
from evidence.errors import Place, ValueRefused

__all__ = ["is_zotero", "read_zotero", "record_of", "records_of"]

_KNOWN = {"title", "language", "rights", *FIELDS, *DATES, *TITLES}
_CHILDREN = {"note", "attachment", "annotation"}
_URI = re.compile(r"zotero\.org/(?P<library>(?:users|groups)/[\w/]+?)/items/(?P<key>[A-Z0-9]{8})(?:$|[?#])")
#: What a Zotero item says of itself and not of its source.
_OWN = {
    "key", "version", "itemType", "creators", "tags", "notes", "attachments", "itemID", "itemKey", "library", "libraryID", "uri",
    "select", "dateAdded", "dateModified", "seeAlso", "extra", "abstractNote", "relations", "collections",
    "citationKey", "parentItem", "deleted", "inPublications", "complete", "multi", "links", "meta",
}  # fmt: skip


def is_zotero(value: Any) -> bool:
    """Tell whether JSON holds items of Zotero."""
    return any(isinstance(one, Mapping) and "itemType" in _data(one) for one in _listed(value))


def read_zotero(value: Any, file: str) -> Incoming:
    """Return the sources in items of Zotero, whichever of its programs wrote them.

    Args:
        value: the JSON.
        file: what to call it in places.

    Raises:
        ValueRefused: an item is not one.
    """
    return incoming_of(records_of(value, file))


def records_of(value: Any, file: str) -> list[Record]:
    """Return the records in items of Zotero; notes and attachments go to the record that they belong to."""
    items = _listed(value)
    below: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in items:
        data = _data(item) if isinstance(item, Mapping) else {}
        if data.get("parentItem"):
            below[str(data["parentItem"])].append(data)
    return list(_records(items, below, file))


def _records(
    items: Iterable[Any], below: Mapping[str, list[Mapping[str, Any]]], file: str
) -> Iterator[Record]:
    for row, item in enumerate(items, start=1):
        place = Place(file, row=row)
        if not isinstance(item, Mapping) or "itemType" not in _data(item):
            raise ValueRefused("this is no item of Zotero: it has no itemType.", place)
        data = _data(item)
        _check(data, place)
        if data.get("parentItem") or data.get("deleted"):
            continue
        if data["itemType"] in _CHILDREN and not data.get("title"):
            continue  # a note that stands alone speaks of no source
        record = record_of(data, place, item)
        for child in below.get(str(data.get("key")), ()):
            _below(record, child)
        yield record


def _check(data: Mapping[str, Any], place: Place) -> None:
    """Refuse an item whose type is no text, or whose people, tags and notes are no lists."""
    for name, kind in (
        ("itemType", str),
        ("creators", list),
        ("tags", list),
        ("notes", list),
        ("attachments", list),
    ):
        if not isinstance(data.get(name) or kind(), kind):
            what = "text" if kind is str else "a list"
            raise ValueRefused(
                f"{name} is {what} in an item of Zotero.", Place(place.file, row=place.row, field=name)
            )


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Mapping) and isinstance(value.get("items"), list):
        return list(value["items"])
    if isinstance(value, Mapping):
        return [value]
    return list(value) if isinstance(value, list) else []


def _data(item: Any) -> Mapping[str, Any]:
    """Return the item itself: the API wraps it in ``data``, saved translations in ``item``."""
    if isinstance(item, Mapping):
        for name in ("data", "item"):
            inner = item.get(name)
            if isinstance(inner, Mapping) and "itemType" in inner:
                return inner
        return item
    return {}


def record_of(data: Mapping[str, Any], place: Place, item: Mapping[str, Any]) -> Record:
    """Return one item as a record."""
    record = Record(_text(data["itemType"]), place)
    extra = data.get("extra") or ""
    if extra:
        record.fields["extra"] = "\n".join(map(_text, extra)) if isinstance(extra, list) else _text(extra)
    for name, value in data.items():
        if name in _OWN or value in ("", None, [], {}):
            continue
        called = TITLES.get(name, name)
        if called in _KNOWN and isinstance(value, str | int | float) and not isinstance(value, bool):
            record.say(called, _text(value))
        else:
            record.keep(name, value)
    for creator in data.get("creators") or ():
        if isinstance(creator, Mapping):
            record.people.append(_person(creator))
    record.keep("abstract", data.get("abstractNote"))
    record.keep_all(
        "tags", (tag.get("tag") if isinstance(tag, Mapping) else tag for tag in data.get("tags") or ())
    )
    record.keep_all(
        "notes", (note.get("note") if isinstance(note, Mapping) else note for note in data.get("notes") or ())
    )
    record.keep_all(
        "attachments", (_attachment(one) for one in data.get("attachments") or () if isinstance(one, Mapping))
    )
    for name in ("relations", "seeAlso"):
        record.keep("relations", data.get(name) or None)
    _name(record, data, item)
    return record


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _person(creator: Mapping[str, Any]) -> Person:
    role = str(creator.get("creatorType") or "author")
    if creator.get("name"):
        return Person(role, literal=str(creator["name"]))
    return Person(role, family=str(creator.get("lastName") or ""), given=str(creator.get("firstName") or ""))


def _attachment(data: Mapping[str, Any]) -> str:
    """Return what an attachment is called; its file stays where it is."""
    return str(data.get("filename") or data.get("title") or data.get("path") or data.get("url") or "")


def _below(record: Record, child: Mapping[str, Any]) -> None:
    if child.get("itemType") == "note":
        record.keep_all("notes", [child.get("note")])
    elif child.get("itemType") == "annotation":
        record.keep_all("annotations", [child.get("annotationText") or child.get("annotationComment")])
    else:
        record.keep_all("attachments", [_attachment(child)])


def _name(record: Record, data: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    """Say what the item is called in its library: its key, and the citation key."""
    library = item.get("library")
    key = _text(data.get("key") or item.get("key") or "")
    for uri in (data.get("uri"), item.get("uri"), data.get("itemID")):
        if isinstance(uri, str) and (found := _URI.search(uri)):
            record.names["zotero"] = f"{found['library']}/{found['key']}"
    if key and isinstance(library, Mapping):
        record.names["zotero"] = f"{library.get('type', 'user')}s/{library.get('id', 0)}/{key}"
    elif key:
        record.names.setdefault("zotero", key)
    cited = data.get("citationKey") or data.get("citation-key")
    if not cited and isinstance(data.get("itemID"), str) and "zotero" not in record.names:
        cited = data["itemID"]
    if cited:
        record.names["citekey"] = _text(cited)
