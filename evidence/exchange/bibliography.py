"""The sources of a study as a bibliography: CSL-JSON, BibTeX or RIS, which come back as they went out.

A record says all that its format has words for, as other programs read it. What would come back as something else is
found by reading the record as ``evidence import bibliography`` does, and is carried beside it (``archive.bibliography.exact``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from evidence.archive.bibliography.bibtex import read_bibtex
from evidence.archive.bibliography.csljson import read_csljson
from evidence.archive.bibliography.exact import CARRIED, MARK
from evidence.archive.bibliography.locations import location
from evidence.archive.bibliography.ris import read_ris
from evidence.archive.incoming import Incoming
from evidence.errors import ValueRefused
from evidence.exchange.bibliography_bibtex import as_bibtex
from evidence.exchange.bibliography_ris import as_ris
from evidence.keys import natural
from evidence.ledger.rows import words
from evidence.vocabulary import Access, SourceScope

__all__ = ["FORMATS", "bibliography", "record"]

#: The steps of the way in an archive below its collection, the nearest first, and what each is called in a line.
_STEPS = {
    "item": "", "frame": "", "folder": "Folder", "box": "Box", "series": "", "record_group": "RG",
}  # fmt: skip
_OTHERS = [name for name in CARRIED if name not in ("csl", "derived_from", "further")]
#: What every source is that nothing is said of.
_PLAIN = {"scope": SourceScope.CASE_SPECIFIC.value, "access": Access.OPEN.value}
_source = words("source", f"id study_id key csl derived_from_id retired_at {' '.join(_OTHERS)}")

#: Makes a record of CSL variables and what is carried beside them, by its key.
_Writer: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], str]


def bibliography(connection: Connection, study: Any, form: str) -> tuple[str, int]:
    """Return all sources of a study as a bibliography, in the order of their keys, and how many they are.

    Remarks, source criticism and what others know a source by are no part of it; the study as text has them.

    Args:
        connection: to the ledger.
        study: the study's id.
        form: one of ``FORMATS``.

    Raises:
        ValueRefused: the study has no source.
    """
    wanted = select(_source).where(_source.c.study_id == study)
    rows = list(connection.execute(wanted))
    keys = {row.id: row.key for row in rows}
    made = []
    for row in sorted((row for row in rows if row.retired_at is None), key=lambda row: natural(row.key)):
        fields = _fields(row, keys)
        made.append(record(row.key, fields, *FORMATS[form]))
    if not made:
        raise ValueRefused("The study has no source yet; add one with 'evidence source add'.")
    text = "[\n" + ",\n".join(made) + "\n]\n" if form == "csl-json" else "\n".join(made)
    return text, len(made)


def _fields(row: Any, keys: Mapping[Any, str]) -> dict[str, Any]:
    """Return what a bibliography is to say of a source, by the names of its fields."""
    said = {name: getattr(row, name) for name in _OTHERS}
    said |= {
        "redacted": bool(row.redacted),
        "csl": row.csl or {},
        "derived_from": keys.get(row.derived_from_id),
    }
    return {
        name: value for name, value in said.items() if value not in (None, "", {}, False, _PLAIN.get(name))
    }


def record(key: str, fields: Mapping[str, Any], write: _Writer, read: Callable[[str], Incoming]) -> str:
    """Return a record, with what reading it would not give carried beside it.

    Args:
        key: the source's key.
        fields: what is to be said of it, by the names of ``exact.CARRIED``; what is empty is left out.
        write: how a record is written.
        read: how it is read.
    """
    csl = _csl(fields)
    plain = read(write(key, csl, {})).items[0].fields
    carried: dict[str, Any] = {}
    for name in CARRIED:
        wanted, got = fields.get(name), plain.get(name)
        if name == "csl":
            before, after = wanted or {}, got or {}
            differing = {
                one: before.get(one) for one in sorted({*before, *after}) if before.get(one) != after.get(one)
            }
            if differing:
                carried[name] = differing
        elif (wanted or None) != (got or None):
            carried[name] = wanted
    return write(key, csl, carried)


def _csl(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source in CSL's variables, its place in an archive among them."""
    csl = sorted((fields.get("csl") or {}).items())
    made = {"type": fields.get("type", "document"), "title": fields.get("title", ""), **dict(csl)}
    if fields.get("language"):
        made["language"] = fields["language"]
    if fields.get("repository"):
        made["archive"] = fields["repository"]
    if fields.get("collection"):
        made["archive_collection"] = fields["collection"]
    steps = [_step(name, str(fields[name])) for name in _STEPS if fields.get(name)]
    if steps:
        made["archive_location"] = ", ".join(steps)
    return made


def _step(name: str, value: str) -> str:
    """Return a step of the way in an archive, so that whoever reads it knows what it is: ``Box 12``."""
    if location(value) == {name: value} or not _STEPS[name]:
        return value
    return f"{_STEPS[name]} {value}" if value[:1].isdigit() else value


def _as_csljson(key: str, csl: Mapping[str, Any], carried: Mapping[str, Any]) -> str:
    said = {**csl, **({"custom": {MARK: carried}} if carried else {})}
    ordered = json.loads(json.dumps(said, sort_keys=True))
    first = {"id": key, "type": csl["type"], "title": csl["title"]}
    return json.dumps({**first, **ordered}, ensure_ascii=False, indent=2)


#: What a bibliography can be: how a record is written, and how it is read.
FORMATS: dict[str, tuple[_Writer, Callable[[str], Incoming]]] = {
    "csl-json": (_as_csljson, lambda text: read_csljson(json.loads(text), "")),
    "bibtex": (as_bibtex, lambda text: read_bibtex(text, "")),
    "ris": (as_ris, lambda text: read_ris(text, "")),
}
