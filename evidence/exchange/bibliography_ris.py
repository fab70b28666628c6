"""Write RIS: the tags by which ``evidence import bibliography`` knows each field, read the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evidence.archive.bibliography.dates import edtf_of_csl
from evidence.archive.bibliography.exact import MARK, as_line
from evidence.archive.bibliography.ris_tags import KINDS, PAGES, PEOPLE, TAGS
from evidence.archive.bibliography.types import FIELDS, ROLES
from evidence.archive.bibliography.types import KINDS as KIND_OF

__all__ = ["as_ris"]

#: RIS's types that other programs know best, where several mean the same.
_BEST = {
    "journalArticle": "JOUR", "bookSection": "CHAP", "book": "BOOK", "document": "GEN", "manuscript": "UNPB", "letter": "PCOMM",
    "report": "RPRT", "webpage": "ELEC", "film": "MPCT", "map": "MAP", "conferencePaper": "CPAPER", "dataset": "DATA",
    "case": "CASE", "audioRecording": "SOUND", "magazineArticle": "MGZN", "newspaperArticle": "NEWS", "thesis": "THES",
}  # fmt: skip
_PARTICLES = ("dropping-particle", "non-dropping-particle")
_FULL_DATE = 3
#: Written in a way of their own, or by several tags that programs expect together.
_OWN = ("DOI", "URL", "page", "title", "issued", "accessed", "type")
#: Tags that mean what they mean to one program; they are written where no other tag says the same.
_ODD = frozenset("C1 C2 C3 C4 C5 C6 M1 NV SV".split())


def as_ris(key: str, csl: Mapping[str, Any], carried: Mapping[str, Any]) -> str:
    """Return a source as a record of RIS.

    Args:
        key: its key.
        csl: its CSL variables, ``type`` and ``title`` among them.
        carried: what comes with it beside what RIS can say.
    """
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _lines(key, csl) if value.strip()]
    if carried:
        lines.append(f"U5  - {MARK}: {as_line(carried)}")
    return "\r\n".join([*lines, "ER  - ", ""])


def _lines(key: str, csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    shelved = "archive" in csl or "archive_location" in csl
    kind = KIND_OF.get(str(csl["type"]), "document")
    if kind == "document" and shelved:
        kind = "bookSection" if csl.get("container-title") else "manuscript"
    elif kind == "document" and csl.get("container-title"):
        kind = "bookSection"
    tag = _BEST.get(kind) or next((tag for tag, other in KINDS.items() if other == kind), "GEN")
    kind = KINDS[tag]  # as it will be read
    yield "TY", tag
    yield "ID", key
    yield from _people(kind, csl)
    yield "TI", str(csl["title"])
    yield from _dates(csl)
    first, _, last = str(csl.get("page", "")).replace("–", "-").partition("-")
    if kind not in PAGES:
        yield "SP", first
        yield "EP", last
    for variable, value in csl.items():
        if variable not in _OWN and isinstance(value, str | int | float) and (known := _tag(kind, variable)):
            yield known, str(value)
    yield "DO", str(csl.get("DOI", ""))
    yield "UR", str(csl.get("URL", ""))


def _tag(kind: str, variable: str) -> str:
    """Return the tag of a variable for a type of record, those that mean it whatever the type last."""
    found = [
        (tag in _ODD, kind not in fields, tag)
        for tag, fields in TAGS.items()
        if FIELDS.get(fields.get(kind, fields.get("", ""))) == variable
    ]
    return min(found)[-1] if found else ""


def _people(kind: str, csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for role, people in csl.items():
        if not isinstance(people, list):
            continue
        tag = next(
            (tag for tag, roles in PEOPLE.items() if ROLES.get(roles.get(kind, roles.get("", ""))) == role),
            "",
        )
        if not tag:
            continue
        for one in people:
            yield tag, _name(one)


def _name(one: Mapping[str, Any]) -> str:
    family = " ".join(
        filter(None, (*(one.get(part, "") for part in reversed(_PARTICLES)), one.get("family", "")))
    )
    if not family:
        return str(one.get("literal") or one.get("given") or "")
    return ", ".join(filter(None, (family, one.get("given", ""), one.get("suffix", ""))))


def _dates(csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the year, the day where one is known, and when an address was last looked at."""
    stated = edtf_of_csl(csl.get("issued")) or ""
    yield "PY", stated[:4] if stated[:4].isdecimal() else ""
    plain = stated.split("-")
    if len(plain) <= _FULL_DATE and all(part.isdecimal() for part in plain) and len(plain) > 1:
        yield "DA", "/".join([*plain, *[""] * (_FULL_DATE - len(plain)), ""])
    elif isinstance(csl.get("issued"), Mapping) and not stated:
        yield "DA", str(csl["issued"].get("literal") or csl["issued"].get("raw") or "")
    seen = (edtf_of_csl(csl.get("accessed")) or "").split("-")
    if all(part.isdecimal() for part in seen):
        yield "Y2", "/".join([*seen, *[""] * (_FULL_DATE - len(seen)), ""])
