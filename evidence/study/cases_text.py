"""Cases as text: a row for each in a table, rows for those who took part, and a file with the evidence and the narrative."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from evidence.errors import Place, ValueRefused
from evidence.study.plain import Entry, kind_of
from evidence.study.raw import Named, Rows
from evidence.study.tables import attribute_names, cell_of, column_of, read_table, table_text
from evidence.study.yaml_text import yaml_text
from evidence.study.yamls import read_yaml

__all__ = [
    "CASES", "EVIDENCE", "OWN", "PARTICIPANTS", "cases_text", "file_text", "files_of", "participants_text", "read_cases",
    "read_file", "read_participants", "written",
]  # fmt: skip

CASES, PARTICIPANTS = "cases.csv", "participants.csv"
#: What stands in a case's file, by name, and the noun of each record there.
EVIDENCE = {
    "quotes": "quote", "observations": "observation", "searches": "search", "tests": "test", "decisions": "decision",
}  # fmt: skip
OWN = ("screening", "narrative")
_CASE = ("key", "title", "start", "end", "status", "data_set", "data_version", "aliases", "retired_at")
_PART = ("case", "actor", "side", "spell", "role", "start", "end", "hostility", "action", "retired_at")
_ALIAS = re.compile(
    r"(?P<data_set>[^:;\[]+) (?P<version>[^\s:;]+): (?P<number>[^;]+?)(?P<merged> \(merged\))?"
)
_ALIAS_FIELDS = ("data_set", "version", "number", "merged", "retired_at")
_LONGEST_NAME = 200
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}


def written(entry: Entry) -> dict[str, Any]:
    """Return a record as it is written into YAML: its fields, then the records inside it."""
    values = dict(entry.values)
    for name, entries in entry.inside.items():
        scalar = kind_of(kind_of(entry.noun).inside[name]).scalar
        if entries:
            values[name] = [
                one.values[scalar] if scalar and len(one.values) == 1 else dict(one.values) for one in entries
            ]
    return values


def cases_text(cases: Iterable[Entry]) -> str:
    """Return cases as a table, a column for each attribute."""
    cases = list(cases)
    rows = []
    for case in cases:
        row = {name: case.values.get(name) for name in _CASE}
        row["aliases"] = "; ".join(_alias(one) for one in case.inside["aliases"])
        rows.append((row, case.values.get("attributes", {})))
    return _with_attributes(_CASE, rows)


def participants_text(cases: Iterable[Entry]) -> str:
    """Return those who took part as a table, a column for each attribute."""
    rows = [
        ({"case": case.values["key"], **part.values}, part.values.get("attributes", {}))
        for case in cases
        for part in case.inside["participants"]
    ]
    return _with_attributes(_PART, rows)


def _with_attributes(fields: tuple[str, ...], rows: list[tuple[dict[str, Any], Mapping[str, Any]]]) -> str:
    names = attribute_names(attributes for _, attributes in rows)
    retired = any(row.get("retired_at") for row, _ in rows)
    columns = [name for name in fields if name != "retired_at" or retired]
    table = [
        {name: row.get(name) for name in columns}
        | {column_of(name, fields): cell_of(value) for name, value in attributes.items()}
        for row, attributes in rows
    ]
    return table_text([*columns, *(column_of(name, fields) for name in names)], table)


def _alias(alias: Entry) -> str:
    values = alias.values
    plain = f"{values['data_set']} {values['version']}: {values['number']}"
    plain += " (merged)" if values.get("merged") else ""
    match = _ALIAS.fullmatch(plain)
    if match and _parts(match) == values and plain == plain.strip():
        return plain
    kept = [values.get(name) for name in _ALIAS_FIELDS]
    while kept[-1] is None:
        kept.pop()
    return json.dumps(kept, ensure_ascii=False)


def _parts(match: re.Match[str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: match[name].strip() for name in ("data_set", "version", "number")}
    return found | {"merged": True} if match["merged"] else found


def _read_aliases(cell: str, place: Place) -> Rows:
    rows = Rows(place)
    rest = cell.strip()
    while rest:
        if rest.startswith("["):
            try:
                kept, end = json.JSONDecoder().raw_decode(rest)
            except (ValueError, RecursionError):
                raise _not_an_alias(rest, place) from None
            found = {
                name: value for name, value in zip(_ALIAS_FIELDS, kept, strict=False) if value is not None
            }
        else:
            end = rest.find(";") if ";" in rest else len(rest)
            match = _ALIAS.fullmatch(rest[:end].strip())
            if not match:
                raise _not_an_alias(rest[:end], place)
            found = _parts(match)
        rest = rest[end:].strip()
        if rest and not rest.startswith(";"):
            raise _not_an_alias(rest, place)
        rest = rest[1:].strip()
        rows.put(Named(found, place), place)
    return rows


def _not_an_alias(text: str, place: Place) -> ValueRefused:
    return ValueRefused(
        f"{text!r} is not an alias; write it like 'COW MID 4.01: 50', several parted by '; '.", place
    )


def read_cases(text: str) -> list[Named]:
    """Return the rows of the table of cases."""
    rows = read_table(text, CASES, _CASE, attributes=True)
    for row in rows:
        if "aliases" in row:
            row.put("aliases", _read_aliases(row["aliases"], row.at("aliases")), row.places["aliases"])
    return rows


def read_participants(text: str) -> list[Named]:
    """Return the rows of the table of participants."""
    return read_table(text, PARTICIPANTS, _PART, attributes=True)


def files_of(cases: Iterable[Entry]) -> dict[str, str]:
    """Return the name of each case's file by its key.

    A name is the key, unless some file system would take it for another's, for a device, or not at all.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for case in cases:
        key = case.values["key"]
        stem = key
        folded = key.casefold()
        if folded in taken or len(key.encode()) > _LONGEST_NAME or folded.partition(".")[0] in _RESERVED:
            stem = f"{key[:40]}~{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        taken.add(folded)
        names[key] = f"cases/{stem}.md"
    return names


def file_text(case: Entry, evidence: Mapping[str, list[Entry]], name: str) -> str:
    """Return a case's file: front matter with its evidence, then its narrative; nothing if there is neither."""
    front: dict[str, Any] = {}
    if name != f"cases/{case.values['key']}.md":
        front["key"] = case.values["key"]
    if "screening" in case.values:
        front["screening"] = case.values["screening"]
    front |= {
        field: [written(entry) for entry in evidence[field]] for field in EVIDENCE if evidence.get(field)
    }
    narrative = case.values.get("narrative", "")
    if not narrative and not front.keys() - {"key"}:
        return ""
    return f"---\n{yaml_text(front)}---\n" + (f"\n{narrative}\n" if narrative else "")


def read_file(text: str, file: str) -> Named:
    """Return what a case's file says: its front matter, and the narrative where it begins.

    Raises:
        ValueRefused: it does not begin with front matter, or says something that no case has.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise ValueRefused(
            "this file must begin with a line of three dashes (---), its evidence, and three dashes again.",
            Place(file, 1),
        )
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        raise ValueRefused(
            "the line of three dashes that ends the front matter is missing; put it above the narrative.",
            Place(file, 1),
        )
    named = read_yaml("\n".join(lines[1:end]) + "\n", file, offset=1)
    if named is None:
        named = Named(place=Place(file, 2))
    if not isinstance(named, Named):
        raise ValueRefused(
            f"the front matter holds {', '.join(EVIDENCE)}, each with a colon.", Place(file, 2)
        )
    if "narrative" in named:
        raise ValueRefused(
            "the narrative stands below the front matter, not in it; move it there.", named.at("narrative")
        )
    narrative = "\n".join(lines[end + 1 :]).removeprefix("\n").removesuffix("\n")
    if narrative:
        named.put("narrative", narrative, Place(file, end + 2))
    return named
