"""Read CSL-JSON: what Zotero, Better BibTeX, Mendeley and pandoc exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evidence.archive.bibliography.dates import csl_date, edtf_of_csl
from evidence.archive.bibliography.exact import MARK, read_exact
from evidence.archive.bibliography.extra import VARIABLES
from evidence.archive.bibliography.items import incoming_of
from evidence.archive.bibliography.record import Record
from evidence.archive.bibliography.types import CSL_DATES, CSL_NAMES, CSL_TYPES, KINDS
from evidence.archive.incoming import Incoming
from evidence.errors import Place, ValueRefused

__all__ = ["read_csljson"]

_URI = re.compile(r"zotero\.org/(?P<library>(?:users|groups)/[\w/]+?)/items/(?P<key>[A-Z0-9]{8})$")
_NAME = {
    "family",
    "given",
    "literal",
    "suffix",
    "dropping-particle",
    "non-dropping-particle",
    "comma-suffix",
    "static-ordering",
    "parse-names",
}
#: Older and other spellings of variables, and what they are.
_SPELLED = {
    "shortTitle": "title-short", "journalAbbreviation": "container-title-short", "event": "event-title",
    "archive-location": "archive_location", "archive-collection": "archive_collection", "doi": "DOI", "url": "URL",
    "isbn": "ISBN", "issn": "ISSN", "number_of_pages": "number-of-pages",
}  # fmt: skip
_PLAIN_DATE = {"date-parts"}


def read_csljson(value: Any, file: str) -> Incoming:
    """Return the sources in CSL-JSON.

    Args:
        value: the JSON: a list of items, one item, or an object with ``items``.
        file: what to call it in places.

    Raises:
        ValueRefused: it is no CSL-JSON; the place says the item and the field.
    """
    items = (
        value.get("items") if isinstance(value, Mapping) and isinstance(value.get("items"), list) else value
    )
    items = [items] if isinstance(items, Mapping) else items
    if not isinstance(items, list) or not items:
        raise ValueRefused("this is no CSL-JSON: it is a list of items in braces.", Place(file))
    return incoming_of([_record(item, Place(file, row=row)) for row, item in enumerate(items, start=1)])


def _record(item: Any, place: Place) -> Record:
    if not isinstance(item, Mapping) or not ({"type", "title", "id"} & item.keys()):
        raise ValueRefused("this is no item of CSL-JSON: it has no type, title or id.", place)
    kind = str(item.get("type") or "document")
    record = Record(KINDS.get(kind, "document"), place)
    if kind in CSL_TYPES:
        record.csl["type"] = kind
    else:
        record.keep("type", kind)
    own = {"type", "id"}
    custom = item.get("custom")
    if isinstance(custom, Mapping) and custom.keys() == {MARK}:
        own.add("custom")
        record.exact = read_exact(custom[MARK], place)
    for name, said in item.items():
        if said not in (None, "", [], {}) and name not in own:
            _say(record, _SPELLED.get(str(name), str(name)), said, place)
    _identify(record, item)
    return record


def _say(record: Record, name: str, value: Any, place: Place) -> None:
    if name in ("title", "language"):
        record.say(name, _text(value, name, place))
    elif name in CSL_NAMES:
        record.csl[name] = _names(value, name, place)
    elif name in CSL_DATES:
        _date(record, name, value)
    elif name == "note":
        record.fields["extra"] = _text(value, name, place)
    elif name == "abstract":
        record.keep("abstract", _text(value, name, place))
    elif name == "citation-key":
        record.names["citekey"] = _text(value, name, place)
    elif name in ("keyword", "categories"):
        tags = value if isinstance(value, list) else re.split(r"\s*[,;]\s*", str(value))
        record.keep_all("tags", tags)
    elif name in VARIABLES and isinstance(value, str | int | float) and not isinstance(value, bool):
        words = " ".join(str(value).split())
        if record.csl.setdefault(name, words) != words:
            record.keep(name, words)
    else:
        record.keep(name, value)


def _text(value: Any, name: str, place: Place) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueRefused(
        f"{name} is text, and here it is a list or an object.", Place(place.file, row=place.row, field=name)
    )


def _names(value: Any, name: str, place: Place) -> list[dict[str, Any]]:
    where = Place(place.file, row=place.row, field=name)
    people = [value] if isinstance(value, Mapping | str) else value
    if not isinstance(people, list):
        raise ValueRefused(f"{name} is a list of names.", where)
    read = []
    for one in people:
        if isinstance(one, str):
            read.append({"literal": one})
        elif isinstance(one, Mapping) and all(
            isinstance(part, str | bool | int | None) for part in one.values()
        ):
            known = {part: said for part, said in one.items() if part in _NAME and said not in ("", None)}
            if known:
                read.append(known)
        else:
            raise ValueRefused(f"{name} holds something that is no name.", where)
    return read


def _date(record: Record, name: str, value: Any) -> None:
    """Keep a date; what EDTF can say, as EDTF would."""
    found = edtf_of_csl(value)
    if found:
        record.csl[name] = csl_date(found)
        return
    record.csl[name] = value if isinstance(value, Mapping) else {"literal": str(value)}


def _identify(record: Record, item: Mapping[str, Any]) -> None:
    """Say what the item is called: the id of CSL-JSON is its citation key, or where it is in Zotero."""
    name = item.get("id")
    if name in (None, "") or isinstance(name, list | Mapping):
        return
    found = _URI.search(str(name))
    if found:
        record.names["zotero"] = f"{found['library']}/{found['key']}"
    elif re.fullmatch(r"\d+/[A-Z0-9]{8}", str(name)):
        record.names["zotero"] = f"users/{name}"
    else:
        record.names.setdefault("citekey", str(name))
