"""What Tropy's properties are called here: Dublin Core and Tropy's own, known by their IRIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evidence.dates import MONTHS, edtf
from evidence.errors import EvidenceError

__all__ = ["DC", "TERMS", "TROPY", "Fields", "fields_of", "issued"]

TROPY = "https://tropy.org/v1/tropy#"
DC = "http://purl.org/dc/elements/1.1/"
TERMS = "http://purl.org/dc/terms/"
_BIBO = "http://purl.org/ontology/bibo/"
_SCHEMA = "https://schema.org/"
_KNOWN = (TROPY, DC, TERMS, _BIBO, _SCHEMA, "http://schema.org/")

#: Fields of a source by the last part of a property's IRI.
_FIELDS = {
    "title": "title", "archive": "repository", "repository": "repository", "collection": "collection",
    "recordGroup": "record_group", "recordgroup": "record_group", "series": "series", "box": "box",
    "folder": "folder", "piece": "item", "item": "item", "frame": "frame", "rights": "rights",
    "copyright": "rights", "license": "rights", "rightsHolder": "rights", "classification": "classification",
}  # fmt: skip
_CSL = {
    "publisher": "publisher", "abstract": "abstract", "description": "abstract", "edition": "edition",
    "volume": "volume", "issue": "issue", "pages": "page", "place": "event-place", "medium": "medium",
}  # fmt: skip
_PEOPLE = {
    "creator": "author",
    "author": "author",
    "contributor": "contributor",
    "editor": "editor",
    "recipient": "recipient",
}
_DATES = ("date", "created", "issued")
_TYPES = {
    "letter": "personal_communication", "correspondence": "personal_communication", "email": "personal_communication",
    "telegram": "personal_communication", "brief": "personal_communication", "lettre": "personal_communication",
    "report": "report", "map": "map", "photograph": "graphic", "photo": "graphic", "foto": "graphic", "image": "graphic",
    "stillimage": "graphic", "drawing": "graphic", "poster": "graphic", "manuscript": "manuscript", "diary": "manuscript",
    "book": "book", "pamphlet": "pamphlet", "interview": "interview", "newspaper": "article-newspaper", "hearing": "hearing",
    "newspaper article": "article-newspaper", "speech": "speech", "thesis": "thesis", "dataset": "dataset",
}  # fmt: skip
#: Names of languages as people type them; others must be tags such as ``sv``.
_LANGUAGES = {
    "english": "en", "french": "fr", "german": "de", "chinese": "zh", "japanese": "ja", "russian": "ru", "spanish": "es",
    "swedish": "sv", "italian": "it", "korean": "ko", "dutch": "nl", "portuguese": "pt", "arabic": "ar", "polish": "pl",
    "turkish": "tr", "vietnamese": "vi", "hebrew": "he", "persian": "fa", "latin": "la", "danish": "da", "norwegian": "no",
    "finnish": "fi", "greek": "el", "czech": "cs", "hungarian": "hu", "ukrainian": "uk", "hindi": "hi", "indonesian": "id",
    "français": "fr", "deutsch": "de", "español": "es", "italiano": "it", "svenska": "sv", "中文": "zh", "日本語": "ja",
    "русский": "ru",
}  # fmt: skip
_PAIR = 2
_SUFFIXES = {"Jr", "Sr", "II", "III", "IV"}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_NAMED = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_DAY_FIRST = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_ABOUT = re.compile(r"(?:c|ca|circa|about)\.?\s*(\d{4})", re.IGNORECASE)


class Fields:
    """The fields of a source as they come together, and what went into none."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.source: dict[str, Any] = {}
        self.csl: dict[str, Any] = {}
        self.identifiers: dict[str, str] = {}
        self.further: dict[str, list[str]] = {}
        self.unclear: list[tuple[str, str]] = []

    def put(self, name: str, value: str) -> bool:
        """Set a field of the source that is still empty; tell whether it was."""
        return bool(self.source.setdefault(name, value) == value)

    def put_csl(self, name: str, value: str) -> bool:
        """Set a field of CSL that is still empty; tell whether it was."""
        return bool(self.csl.setdefault(name, value) == value)

    def made(self) -> dict[str, Any]:
        """Return all of it as the fields of a source."""
        further = {iri: values[0] if len(values) == 1 else values for iri, values in self.further.items()}
        named = {"csl": self.csl, "identifiers": self.identifiers, "further": further}
        return {**self.source, **{name: value for name, value in named.items() if value}}


def fields_of(stated: Mapping[str, Sequence[str]]) -> Fields:
    """Return the fields of a source from what an item's properties say, by IRI.

    What no field holds, and what stands in no known form, is kept as ``further`` under its IRI.
    """
    fields = Fields()
    # What is meant for the archive's name comes before dc:source, where many write it for want of another.
    for iri, values in sorted(stated.items(), key=lambda pair: pair[0] == f"{DC}source"):
        space = next((known for known in _KNOWN if iri.startswith(known)), None)
        name = iri[len(space) :] if space else ""
        for value in values:
            taken = _taken(fields, name, value) if name else None
            if taken:
                continue
            fields.further.setdefault(iri, []).append(value)
            if taken is False:
                fields.unclear.append((iri, value))
    return fields


def _taken(fields: Fields, name: str, value: str) -> bool | None:
    """Put a value where it belongs: true if it is there, false if it is unclear, none if it has no place."""
    reader: Callable[[Fields, str], bool] | None = _READERS.get(name)
    if reader:
        return reader(fields, value)
    if name in _FIELDS:
        return fields.put(_FIELDS[name], value)
    if name in _CSL:
        return fields.put_csl(_CSL[name], value)
    if name in _PEOPLE:
        return _people(fields, _PEOPLE[name], value)
    return None


def _people(fields: Fields, role: str, value: str) -> bool:
    fields.csl.setdefault(role, []).extend(_person(one) for one in value.split(";") if one.strip())
    return True


def _person(name: str) -> dict[str, str]:
    """Return a name as CSL has it; who writes ``Hoover, Herbert, Jr.`` says which part is which."""
    parts = [part.strip() for part in name.split(",")]
    if all(parts) and (
        len(parts) == _PAIR or (len(parts) == _PAIR + 1 and parts[-1].rstrip(".") in _SUFFIXES)
    ):
        return dict(zip(("family", "given", "suffix"), parts, strict=False))
    return {"literal": name.strip()}


def issued(text: str) -> str:
    """Return a date as EDTF: as it stands, or from ``28 February 1955``; nothing if it is in no known form."""
    text = text.strip()
    day = text[:10] if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text) else text
    if (found := _MONTH_FIRST.fullmatch(text)) and found[1][:3].lower() in _NAMED:
        day = f"{found[3]}-{_NAMED[found[1][:3].lower()]:02}-{int(found[2]):02}"
    elif (found := _DAY_FIRST.fullmatch(text)) and found[2][:3].lower() in _NAMED:
        day = f"{found[3]}-{_NAMED[found[2][:3].lower()]:02}" + (f"-{int(found[1]):02}" if found[1] else "")
    elif found := _ABOUT.fullmatch(text):
        day = f"{found[1]}~"
    try:
        edtf(day)
    except EvidenceError:
        return ""
    return day


def _date(fields: Fields, value: str) -> bool:
    day = issued(value)
    return bool(day) and fields.put_csl("issued", day)


def _type(fields: Fields, value: str) -> bool:
    known = _TYPES.get(value.casefold().rpartition("/")[2])
    if known:
        fields.put("type", known)
    if not known or value.casefold() not in {known, "letter", "correspondence"}:
        return fields.put_csl("genre", value)
    return True


def _language(fields: Fields, value: str) -> bool:
    tag = _LANGUAGES.get(value.casefold()) or (value if _TAG.fullmatch(value) else "")
    return bool(tag) and fields.put("language", tag)


def _identifier(fields: Fields, value: str) -> bool:
    if doi := _DOI.fullmatch(value):
        return _doi(fields, doi[1])
    return _url(fields, value) if value.startswith(("http://", "https://")) else fields.put("item", value)


def _doi(fields: Fields, value: str) -> bool:
    found = _DOI.fullmatch(value)
    if not found:
        return False
    fields.identifiers.setdefault("doi", found[1].lower())
    fields.csl.setdefault("DOI", found[1])
    return True


def _url(fields: Fields, value: str) -> bool:
    if not value.startswith(("http://", "https://")):
        return False
    fields.identifiers.setdefault("url", value)
    return fields.put_csl("URL", value)


def _source(fields: Fields, value: str) -> bool:
    return (
        _url(fields, value) if value.startswith(("http://", "https://")) else fields.put("repository", value)
    )


_READERS: dict[str, Callable[[Fields, str], bool]] = {
    **dict.fromkeys(_DATES, _date),
    "type": _type,
    "language": _language,
    "identifier": _identifier,
    "doi": _doi,
    "url": _url,
    "source": _source,
    "audience": lambda fields, value: _people(fields, "recipient", value),
}
