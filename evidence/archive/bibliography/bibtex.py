"""Read BibTeX and BibLaTeX: LaTeX as letters, parents' fields inherited, papers in archives by their shelf."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evidence.archive.bibliography.bibtex_entries import Entry, read_entries
from evidence.archive.bibliography.bibtex_fields import (
    CSL,
    DATES,
    KINDS,
    PEOPLE,
    TOGETHER,
    VERBATIM,
    field_of,
)
from evidence.archive.bibliography.exact import MARK, read_exact
from evidence.archive.bibliography.items import incoming_of
from evidence.archive.bibliography.latex import unlatexed, verbatim
from evidence.archive.bibliography.names import bibtex_people
from evidence.archive.bibliography.record import Record
from evidence.archive.incoming import Incoming
from evidence.errors import Place, ValueRefused

__all__ = ["read_bibtex"]

_PARENTS = ("crossref", "xdata")
#: What a parent does not hand down; its titles become others.
_OWN = {"title", "subtitle", "titleaddon", "shorttitle", "keywords", "abstract", "file", "note", "annote", "annotation", "doi", "url", "pages", "ids", "crossref", "label", "entrysubtype", "isbn" , "key"}  # fmt: skip
_MONTHS = {
    name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_NUMBERED = re.compile(r"(PMID|PMCID):\s*(\S+)", re.IGNORECASE)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_URL = re.compile(r"https?://\S+")


def read_bibtex(text: str, file: str) -> Incoming:
    """Return the sources in a BibTeX or BibLaTeX file.

    Args:
        text: what the file holds, lines ended by LF.
        file: what to call it in places.

    Raises:
        ValueRefused: it is not written as BibTeX is, or has no entry; with the line.
    """
    entries = [entry for entry in read_entries(text, file) if entry.kind != "set"]
    if not entries:
        raise ValueRefused("no entry of BibTeX is here: @type{key, begins each.", Place(file))
    by_key = {entry.key.casefold(): entry for entry in reversed(entries) if entry.key}
    return incoming_of(
        [_record(entry, _inherited(entry, by_key), file) for entry in entries if entry.kind != "xdata"]
    )


def _inherited(entry: Entry, by_key: Mapping[str, Entry]) -> dict[str, str]:
    """Return an entry's fields with those that its parents hand down."""
    fields = dict(entry.fields)
    seen, waiting = {entry.key.casefold()}, _parents(entry)
    while waiting:
        key, how = waiting.pop(0)
        parent = by_key.get(key.casefold())
        if parent is None or key.casefold() in seen:
            continue
        seen.add(key.casefold())
        for name, value in parent.fields.items():
            if how == "xdata" or name not in _OWN:
                fields.setdefault(name, value)
        if (
            how == "crossref"
            and "booktitle" not in fields
            and entry.kind.startswith(("in", "conference", "supp", "bookin"))
        ):
            name = "booktitle" if "booktitle" in parent.fields or "title" in parent.fields else ""
            if name:
                fields[name] = parent.fields.get("booktitle") or parent.fields["title"]
        waiting += _parents(parent)
    return fields


def _parents(entry: Entry) -> list[tuple[str, str]]:
    return [
        (key.strip(), name)
        for name in _PARENTS
        for key in entry.fields.get(name, "").split(",")
        if key.strip()
    ]


def _record(entry: Entry, fields: dict[str, str], file: str) -> Record:
    record = Record(_kind(entry.kind, fields), Place(file, entry.line))
    if entry.kind not in KINDS:
        record.keep("entry type", entry.kind)
    if entry.key:
        record.names["citekey"] = entry.key
    _people(record, fields)
    _titles(record, fields)
    _dates(record, fields)
    for name, value in fields.items():
        if name == MARK and value.lstrip().startswith("{"):
            record.exact = read_exact(value, record.place)
        else:
            _say(record, name, value, fields)
    for name in ("crossref", "xdata", *(("eprinttype", "archiveprefix") if "eprint" not in fields else ())):
        record.keep(name, unlatexed(fields.get(name, "")))
    if unlatexed(subtype := fields.get("entrysubtype", "")).casefold() not in record.kind.casefold():
        record.keep("entrysubtype", unlatexed(subtype))
    if record.kind == "thesis":
        record.fields.setdefault(
            "thesisType", {"phdthesis": "PhD thesis", "mastersthesis": "Master's thesis"}.get(entry.kind, "")
        )
    return record


def _kind(kind: str, fields: Mapping[str, str]) -> str:
    """Return Zotero's type; papers in archives say in ``type`` what they are."""
    found = KINDS.get(kind, "document")
    said = unlatexed(fields.get("type", "")).casefold()
    if found in ("manuscript", "document", "letter"):
        for word, other in (
            ("letter", "letter"),
            ("interview", "interview"),
            ("hearing", "hearing"),
            ("e-mail", "email"),
            ("email", "email"),
        ):
            if said == word:
                return other
    subtype = fields.get("entrysubtype", "").strip("{} ").casefold()
    if found == "journalArticle" and subtype in ("newspaper", "magazine"):
        return f"{subtype}Article"
    return found


def _people(record: Record, fields: Mapping[str, str]) -> None:
    for name, role in PEOPLE.items():
        if name in fields:
            people, others = bibtex_people(fields[name], role)
            record.people += people
            if others:
                record.keep("others", f"{role}: and others")


def _titles(record: Record, fields: Mapping[str, str]) -> None:
    """Join titles with their subtitles, and put what it appeared in where it belongs."""
    title = _joined(fields, "title", "subtitle")
    if title:
        record.say("title", title)
    inside = {"bookSection": "bookTitle", "conferencePaper": "proceedingsTitle", "encyclopediaArticle": "encyclopediaTitle", "dictionaryEntry": "dictionaryTitle"}  # fmt: skip
    book = _joined(fields, "booktitle", "booksubtitle")
    if book and book != title:
        record.say(inside.get(record.kind, "publicationTitle"), book)
    main = _joined(fields, "maintitle", "mainsubtitle")
    if main:
        record.say("publicationTitle" if not book and record.kind == "bookSection" else "main title", main)
    for journal in (_joined(fields, "journaltitle", "journalsubtitle"), unlatexed(fields.get("journal", ""))):
        record.say("websiteTitle" if record.kind == "webpage" else "publicationTitle", journal)


def _joined(fields: Mapping[str, str], name: str, below: str) -> str:
    title, subtitle = unlatexed(fields.get(name, "")), unlatexed(fields.get(below, ""))
    if not subtitle:
        return title
    return f"{title}{' ' if title.endswith(('?', '!', ':')) else ': '}{subtitle}" if title else subtitle


def _dates(record: Record, fields: Mapping[str, str]) -> None:
    kind = {"case": "dateDecided", "statute": "dateEnacted", "patent": "issueDate"}.get(record.kind, "date")
    date = verbatim(fields.get("date", ""))
    if not date and fields.get("year"):
        date = _of_parts(
            verbatim(fields["year"]), unlatexed(fields.get("month", "")), verbatim(fields.get("day", ""))
        )
    elif fields.get("year") and verbatim(fields["year"]) not in date:
        record.keep("year", verbatim(fields["year"]))
    record.say(kind, date)
    for name, other in DATES.items():
        record.say(other, verbatim(fields.get(name, "")))


def _of_parts(year: str, month: str, day: str) -> str:
    number = _MONTHS.get(month[:3].casefold()) if month else None
    number = int(month) if month.isdecimal() and 1 <= int(month) <= 12 else number  # noqa: PLR2004
    within = re.fullmatch(r"(?:[^\W\d]+\.?|\d{1,2})\s+(\d{1,2})|(\d{1,2})\.?\s+([^\W\d]+)\.?", month)
    if within:
        day = day or within[1] or within[2]
        first = month.split(maxsplit=1)[0]
        number = (
            int(first)
            if within[1] and first.isdecimal()
            else number or _MONTHS.get((within[3] or "")[:3].casefold())
        )
    if not re.fullmatch(r"\d{4}", year) or (month and number is None):
        return f"{month} {year}".strip()
    return "-".join(
        [year, *([f"{number:02}"] if number else []), *([day.zfill(2)] if number and day.isdecimal() else [])]
    )


def _say(record: Record, name: str, value: str, fields: Mapping[str, str]) -> None:
    """Put one field where it belongs; those that are read together with others are passed over."""
    if name in TOGETHER or name in DATES or name in PEOPLE:
        return
    if name in _READERS:
        _READERS[name](record, value)
    elif name in ("eprint", "arxiv"):
        where = unlatexed(fields.get("eprinttype") or fields.get("archiveprefix") or "arXiv")
        record.keep("eprint", f"{where}: {verbatim(value)}")
    elif name in CSL:
        record.csl.setdefault(CSL[name], unlatexed(value))
    elif name == "type" and unlatexed(value).casefold() == record.kind.casefold():
        return
    elif called := field_of(name, record.kind, fields):
        record.say(called, verbatim(value) if name in VERBATIM else unlatexed(value))
    else:
        record.keep(name, verbatim(value) if name in VERBATIM else unlatexed(value))


def _tags(record: Record, value: str) -> None:
    record.keep_all("tags", (tag.strip() for tag in re.split(r"[,;]", unlatexed(value))))


def _note(record: Record, value: str) -> None:
    words = unlatexed(value)
    if known := _NUMBERED.fullmatch(words):
        record.csl[known[1].upper()] = known[2]
    else:
        record.keep_all("notes", [words])


def _doi(record: Record, value: str) -> None:
    record.say("DOI", _DOI.sub("", verbatim(value)))


def _how(record: Record, value: str) -> None:
    address = _URL.search(verbatim(value).removeprefix("\\url").strip("{}"))
    words = unlatexed(value)
    if address and len(address.group()) >= len(words) - 8:
        record.say("url", address.group().rstrip("}"))
    elif record.kind in ("manuscript", "report", "thesis"):
        record.say(
            {"manuscript": "manuscriptType", "report": "reportType"}.get(record.kind, "howpublished"), words
        )
    else:
        record.keep("howpublished", words)


#: Fields with a way of their own.
_READERS: dict[str, Callable[[Record, str], None]] = {
    "abstract": lambda record, value: record.keep("abstract", unlatexed(value)),
    "annotation": _note,
    "annote": _note,
    "doi": _doi,
    "file": lambda record, value: record.keep_all("attachments", [value.strip()]),
    "howpublished": _how,
    "keyword": _tags,
    "keywords": _tags,
    "note": _note,
}
