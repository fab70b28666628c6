"""Read Extra, the field in which people keep what Zotero has no field for: a variable and its value on each line."""

from __future__ import annotations

import re
from typing import Any

from evidence.archive.bibliography.dates import csl_date
from evidence.archive.bibliography.record import Record
from evidence.archive.bibliography.types import CSL_DATES, CSL_NAMES, CSL_TYPES, DATES, FIELDS

__all__ = ["VARIABLES", "name_of_csl", "read_extra"]

#: CSL's variables that hold text (1.0.2); Extra may give any of them.
VARIABLES = {
    "DOI", "ISBN", "ISSN", "PMCID", "PMID", "URL", "annote", "archive", "archive-place", "archive_collection",
    "archive_location", "authority", "call-number", "chapter-number", "citation-label", "citation-number",
    "collection-number", "collection-title", "container-title", "container-title-short", "dimensions", "division",
    "edition", "event", "event-place", "event-title", "first-reference-note-number", "genre", "issue",
    "journalAbbreviation", "jurisdiction", "keyword", "locator", "medium", "note", "number", "number-of-pages",
    "number-of-volumes", "original-publisher", "original-publisher-place", "original-title", "page", "page-first",
    "part", "part-title", "printing", "publisher", "publisher-place", "references", "reviewed-genre",
    "reviewed-title", "scale", "section", "shortTitle", "source", "status", "supplement", "title-short", "version",
    "volume", "volume-title", "volume-title-short", "year-suffix",
}  # fmt: skip
_LINE = re.compile(r"^\s*(?P<name>[A-Za-z][A-Za-z _-]{1,40}?)\s*:\s*(?P<value>.+?)\s*$")
_BRACED = re.compile(r"\{:(?P<name>[A-Za-z][\w -]{1,40}):\s*(?P<value>[^{}]+)\}")
_FOLDED = {name.casefold().replace("_", "-"): name for name in VARIABLES | CSL_DATES | CSL_NAMES}
_FOLDED |= {name.casefold(): name for name in (*FIELDS, *DATES)}


def read_extra(record: Record, csl: dict[str, Any], text: str) -> str:
    """Take the variables out of Extra; what is said there comes before what the fields say.

    Returns:
        What is left: remarks, and names that CSL does not know.
    """
    rest = []
    for line in _BRACED.sub(lambda found: f"\n{found['name']}: {found['value']}\n", text).split("\n"):
        found = _LINE.match(line)
        if not (found and _take(record, csl, found["name"], found["value"])):
            rest.append(line)
    return "\n".join(rest).strip()


def _take(record: Record, csl: dict[str, Any], name: str, value: str) -> bool:
    folded = re.sub(r"[ _]+", "-", name.casefold())
    if folded in ("citation-key", "bibtex", "citekey", "citationkey"):
        record.names["citekey"] = value.removeprefix("*")
        return True
    if folded == "type" and value in CSL_TYPES:
        csl["type"] = value
        record.csl["type"] = value
        return True
    variable = _FOLDED.get(folded) or _FOLDED.get(folded.replace("-", ""))
    if variable is None:
        return False
    variable = DATES.get(variable) or FIELDS.get(variable, variable)
    if variable in CSL_NAMES:
        csl.setdefault(variable, []).append(name_of_csl(value))
        return True
    said: Any = csl_date(value) if variable in CSL_DATES else value
    if variable in csl and csl[variable] != said:
        record.keep(f"{variable} beside extra", csl[variable])
    csl[variable] = said
    record.csl[variable] = said  # so that the field of that name, read later, does not take its place
    return True


def name_of_csl(text: str) -> dict[str, str]:
    """Return a name as Extra writes it: ``Dulles || John Foster``, or one name alone."""
    family, bars, given = text.partition("||")
    if bars:
        return {"family": family.strip(), "given": given.strip()}
    return {"literal": text.strip()}
