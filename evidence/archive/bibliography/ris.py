"""Read RIS, as EndNote, Zotero, JSTOR and catalogues write it: two letters, a dash, and a value on each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from evidence.archive.bibliography.exact import MARK, read_exact
from evidence.archive.bibliography.items import incoming_of
from evidence.archive.bibliography.record import Person, Record
from evidence.archive.bibliography.ris_tags import KINDS, PAGES, PEOPLE, TAGS
from evidence.archive.incoming import Incoming
from evidence.errors import Place, ValueRefused

__all__ = ["looks_like_ris", "read_ris"]

_TAG = re.compile(r"^[ \t]{0,3}(?P<tag>[A-Z][A-Z0-9])[ \t]{1,3}-(?:[ \t](?P<value>.*))?$")
#: Older names of tags that mean the same.
_SAME = {
    "A1": "AU", "T1": "TI", "CT": "TI", "Y1": "PY", "N2": "AB", "PA": "CY", "H1": "DP", "H2": "CN", "JA": "JO", "J1": "JO", "J2": "JO",
    "BT": "T2", "PT": "M3", "SV": "SV",
}  # fmt: skip
_ATTACHED = {"L1", "L2", "L3", "L4"}
_JOURNALS = {"journalArticle", "magazineArticle", "newspaperArticle"}


@dataclass(slots=True)
class _Lines:
    """The lines of one record: tag, value and line number, in their order."""

    line: int
    lines: list[tuple[str, str, int]] = field(default_factory=list)


def looks_like_ris(text: str) -> bool:
    """Tell whether a text begins as RIS does."""
    return any(
        _TAG.match(line) for line in text[:20_000].split("\n") if line.startswith(("TY", " TY", "\ufeffTY"))
    )


def read_ris(text: str, file: str) -> Incoming:
    """Return the sources in RIS.

    Args:
        text: what the file holds, lines ended by LF.
        file: what to call it in places.

    Raises:
        ValueRefused: a line belongs to no record, a record has no end, or no record is there.
    """
    records = [_record(lines, file) for lines in _parted(text, file)]
    if not records:
        raise ValueRefused("no record of RIS is here: a line TY  - begins each.", Place(file))
    return incoming_of(records)


def _parted(text: str, file: str) -> Iterator[_Lines]:
    """Yield the records: each begins with TY and ends with ER; a line without a tag belongs to the one before."""
    current: _Lines | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        found = _TAG.match(line)
        tag = found["tag"] if found else ""
        if tag == "TY":
            if current is not None:
                raise ValueRefused(
                    f"a record begins here, but that of line {current.line} has no end; end it with a line ER  -.",
                    Place(file, number),
                )
            current = _Lines(number)
        if current is None:
            _between(line, tag, file, number)
            continue
        if tag == "ER":
            yield current
            current = None
        elif found:
            current.lines.append((_SAME.get(tag, tag), (found["value"] or "").strip(), number))
        elif line.strip() and current.lines:
            tag, value, at = current.lines[-1]
            current.lines[-1] = (tag, f"{value}\n{line.strip()}" if value else line.strip(), at)
    if current is not None:
        raise ValueRefused(
            "this record has no end, so the file is cut off; get it again, or end the record with a line ER  -.",
            Place(file, current.line),
        )


def _between(line: str, tag: str, file: str, number: int) -> None:
    if tag and tag != "ER":
        raise ValueRefused(
            f"{tag} stands in no record; a line TY  - with the type begins each.", Place(file, number)
        )
    if tag == "" and len(line) > 2000:  # noqa: PLR2004 - no remark between records is so long
        raise ValueRefused("this is not RIS: a line stands between records.", Place(file, number))


def _record(lines: _Lines, file: str) -> Record:
    said = lines.lines
    kind_tag = next((value.upper() for tag, value, _ in said if tag == "TY"), "")
    kind = KINDS.get(kind_tag, "journalArticle" if not kind_tag else "document")
    record = Record(kind, Place(file, lines.line))
    if kind_tag not in KINDS:
        record.keep("TY", kind_tag)
    _dates(record, said)
    _pages(record, said)
    _titles(record, said)
    for tag, value, line in said:
        if tag == "U5" and value.startswith(f"{MARK}: "):
            record.exact = read_exact(value.removeprefix(f"{MARK}: "), Place(file, line))
        elif value and tag not in ("TY", "PY", "DA", "Y2", "SP", "EP", "TI", "T2", "JF", "JO"):
            _say(record, kind_tag, tag, value)
    return record


def _say(record: Record, kind_tag: str, tag: str, value: str) -> None:
    kind = record.kind
    if tag in PEOPLE and (role := PEOPLE[tag].get(kind, PEOPLE[tag].get(""))):
        _person(record, kind_tag, tag, role, value)
    elif tag in _READERS:
        _READERS[tag](record, value)
    elif tag in TAGS and (name := TAGS[tag].get(kind, TAGS[tag].get(""))):
        record.say(name, " ".join(value.split()))
    elif tag in _ATTACHED:
        record.keep_all("attachments", _lines(value))
    else:
        record.keep(tag, value)


def _lines(value: str) -> list[str]:
    return [part.strip() for part in value.split("\n")]


def _own(record: Record, value: str) -> None:
    """Keep the record's number; where it is a word, it is its citation key."""
    record.keep("ID", value)
    if not value.isdecimal():  # a number is the place in a file, and no name of the source
        record.names["citekey"] = value


def _person(record: Record, kind_tag: str, tag: str, role: str, value: str) -> None:
    if role == "reporter":
        record.say("reporter", value)
        return
    if role == "issuingAuthority":
        record.say("issuingAuthority", value)
        return
    if kind_tag == "EDBOOK" and tag == "AU":
        role = "editor"
    if kind_tag == "EBOOK" and tag in ("A2", "A3"):
        role = {"A2": "seriesEditor", "A3": "editor"}[tag]
    for line in value.split("\n"):
        parts = [part.strip() for part in line.split(",")]
        if not parts[0] and len(parts) < 2:  # noqa: PLR2004
            continue
        given = parts[1] if len(parts) > 1 else ""
        suffix = ", ".join(part for part in parts[2:] if part)
        if given:
            record.people.append(Person(role, family=parts[0], given=given, suffix=suffix))
        else:
            record.people.append(Person(role, literal=parts[0]))


def _doi(record: Record, value: str) -> None:
    """Keep a DOI if it is one; catalogues write other things there."""
    found = re.search(r"10\.\d{1,9}/\S+", value)
    if found:
        record.say("DOI", found.group())
    else:
        record.keep("DO", value)


def _addresses(record: Record, value: str) -> None:
    """Keep the first address as the source's, the others beside it."""
    for address in re.split(r"[;\s]+(?=[a-z]+:|www\.)|\n", value.strip("; \n")):
        if not address:
            continue
        if address.startswith("internal-pdf:"):
            record.keep_all("attachments", [address])
        else:
            record.say("url", address)


def _dates(record: Record, said: list[tuple[str, str, int]]) -> None:
    """Read the year and the day; the day says more if it is of the same year."""
    year = next((value for tag, value, _ in said if tag == "PY" and value), "")
    day = next((value for tag, value, _ in said if tag == "DA" and value), "")
    years = [value for tag, value, _ in said if tag == "PY" and value]
    year = max(years, key=len, default=year)
    date = year
    if day and (re.match(r"\d{4}\b", day) or not year):
        date = day if day[:4] == year[:4] or not year else year
    elif day and re.fullmatch(r"\d{4}", year):
        from evidence.archive.bibliography.dates import from_text  # noqa: PLC0415

        joined = f"{day} {year}" if year not in day else day
        date = joined if from_text(joined) else year
    name = {"case": "dateDecided", "statute": "dateEnacted", "patent": "issueDate"}.get(record.kind, "date")
    issued = next((value for tag, value, _ in said if tag == "C2"), "") if record.kind == "patent" else ""
    date = "" if re.fullmatch(r"0*/*", date) else date
    record.say(name, " ".join((_season(date) or issued).split()))
    if day and day != date and day not in date:
        record.keep("DA", day)
    for tag, value, _ in said:
        if tag == "Y2" and value:
            record.say("accessDate", _season(value))


def _season(date: str) -> str:
    """Return RIS's year/month/day/other without empty parts, and with what stands last in words."""
    parts = date.split("/")
    if len(parts) == 4:  # noqa: PLR2004 - year, month, day and words
        *numbers, words = (part.strip() for part in parts)
        plain = "-".join(part for part in numbers if part)
        return plain if not words or len([part for part in numbers if part]) > 1 else f"{words} {plain}"
    return "-".join(part.strip() for part in parts if part.strip()) if len(parts) == 3 else date  # noqa: PLR2004


def _pages(record: Record, said: list[tuple[str, str, int]]) -> None:
    firsts, lasts = ([value for tag, value, _ in said if tag == name and value] for name in ("SP", "EP"))
    first, last = next(iter(firsts), ""), next(iter(lasts), "")
    pages = first if not last or last == first else f"{first}-{last}" if first else last
    if "-" in first and last:  # some write the whole range first
        pages = first
        record.keep("EP", last if last not in first else "")
    record.say(PAGES.get(record.kind, "pages"), pages)
    for tag, values in (("SP", firsts[1:]), ("EP", lasts[1:])):
        for value in values:
            record.keep(tag, value)


def _titles(record: Record, said: list[tuple[str, str, int]]) -> None:
    """Read the title, and what it appeared in: in full if that is given, else by its abbreviation."""
    values: dict[str, list[str]] = {}
    for tag, value, _ in said:
        if value:
            values.setdefault(tag, []).append(" ".join(value.split()))
    titles = values.get("TI", [])
    container = [*values.get("JF", []), *values.get("T2", [])]
    short = values.get("JO", [])
    name = TAGS["T2"].get(record.kind, TAGS["T2"][""])
    if not titles and record.kind == "book" and container:
        titles, container = container[:1], container[1:]
    for title in titles:
        record.say("title", title)
    for title in container or (short if record.kind in _JOURNALS or "Title" in name else []):
        record.say(name, title)
    for title in short:
        record.say("journalAbbreviation", title) if record.kind in _JOURNALS else record.keep(
            "abbreviation", title
        )


#: Tags with a way of their own.
_READERS: dict[str, Callable[[Record, str], None]] = {
    "AB": lambda record, value: record.keep("abstract", value),
    "DO": _doi,
    "ID": _own,
    "KW": lambda record, value: record.keep_all("tags", _lines(value)),
    "N1": lambda record, value: record.keep_all("notes", [value]),
    "UR": _addresses,
}
