"""Write BibTeX, in words that BibLaTeX knows too: letters as they are, LaTeX's signs escaped, names that stay whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidence.archive.bibliography.dates import edtf_of_csl
from evidence.archive.bibliography.exact import MARK, as_line

__all__ = ["as_bibtex", "escaped"]

#: CSL's type → the type of an entry; anything else is misc, and says in its type what it is.
_TYPES = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article", "review": "article",
    "book": "book", "chapter": "incollection", "entry-encyclopedia": "incollection", "entry-dictionary": "incollection",
    "paper-conference": "inproceedings", "report": "techreport", "thesis": "phdthesis", "webpage": "online",
    "post-weblog": "online", "post": "online", "dataset": "dataset", "software": "software",
}  # fmt: skip
_SAID = {
    "personal_communication": "letter", "interview": "interview", "hearing": "hearing",
}  # fmt: skip
_PEOPLE = {
    "author": "author", "editor": "editor", "translator": "translator", "container-author": "bookauthor",
    "recipient": "recipient", "interviewer": "interviewer",
}  # fmt: skip
_TEXTS = {
    "title-short": "shorttitle", "volume": "volume", "edition": "edition", "publisher-place": "address",
    "collection-title": "series", "number-of-volumes": "volumes", "ISBN": "isbn", "ISSN": "issn", "language": "language",
    "event-title": "eventtitle", "version": "version", "archive": "library", "archive_collection": "collection",
    "archive_location": "archivelocation", "container-title-short": "shortjournal", "number-of-pages": "pagetotal",
}  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}$&%#_~^]")
_FULL_DATE = 3


def escaped(text: str) -> str:
    """Return words in one line, as LaTeX prints them."""
    return _SPECIAL.sub(lambda found: _SIGNS[found[0]], " ".join(text.split()))


def as_bibtex(key: str, csl: Mapping[str, Any], carried: Mapping[str, Any]) -> str:
    """Return a source as an entry of BibTeX.

    Args:
        key: its key.
        csl: its CSL variables, ``type`` and ``title`` among them.
        carried: what comes with it beside what BibTeX can say.
    """
    said = str(csl["type"])
    kind = _TYPES.get(said, "incollection" if csl.get("container-title") and said not in _SAID else "misc")
    lines = [f"  {name} = {value}" for name, value in _fields(kind, said, csl)]
    if carried:
        lines.append(f"  {MARK} = {{{as_line(carried)}}}")
    return ",\n".join([f"@{kind}{{{key}", *lines]) + "\n}\n"


def _fields(kind: str, said: str, csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for role, name in _PEOPLE.items():
        if people := [one for one in map(_name, csl.get(role) or ()) if one]:
            yield name, f"{{{' and '.join(people)}}}"
    yield "title", f"{{{{{escaped(str(csl['title']))}}}}}"
    if inside := csl.get("container-title"):
        yield "journal" if kind == "article" else "booktitle", f"{{{{{escaped(str(inside))}}}}}"
    yield from _dates(csl)
    for variable, name in _TEXTS.items():
        if isinstance(value := csl.get(variable), str | int | float):
            yield name, f"{{{escaped(str(value))}}}"
    yield from _printed(kind, said, csl)
    for variable, name in {"DOI": "doi", "URL": "url"}.items():
        if isinstance(value := csl.get(variable), str) and not re.search(r"[{}\s]", value):
            yield name, f"{{{value}}}"


def _printed(kind: str, said: str, csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what has another name in each type of entry."""
    publisher = {"techreport": "institution", "phdthesis": "school"}.get(kind, "publisher")
    more = {
        publisher: csl.get("publisher"), "number": csl.get("issue") if kind == "article" else csl.get("number"),
        "pages": str(csl.get("page", "")).replace("–", "--").replace("-", "--").replace("----", "--"),
        "type": csl.get("genre") or _SAID.get(said), "howpublished": _kept(kind, csl),
    }  # fmt: skip
    if said in ("article-magazine", "article-newspaper"):
        more["entrysubtype"] = said.removeprefix("article-")
    for name, value in more.items():
        if isinstance(value, str | int | float) and str(value).strip():
            yield name, f"{{{escaped(str(value))}}}"


def _kept(kind: str, csl: Mapping[str, Any]) -> str:
    """Return where an archive keeps a document, in the one line that every style prints."""
    way = (csl.get("archive_location"), csl.get("archive_collection"), csl.get("archive"))
    return ", ".join(str(step) for step in way if step) if kind == "misc" else ""


def _name(one: Any) -> str:
    """Return a name, braces round what must not be parted."""
    if not isinstance(one, Mapping):
        return ""
    family = " ".join(
        filter(None, (one.get("non-dropping-particle"), one.get("dropping-particle"), one.get("family")))
    )
    if not family or not one.get("given"):
        body = one.get("literal") or family or one.get("given") or ""
        return f"{{{escaped(str(body))}}}" if body else ""
    parts = [part for part in (family, one.get("suffix"), one.get("given")) if part]
    return ", ".join(_whole(str(part)) for part in parts)


def _whole(part: str) -> str:
    text = escaped(part)
    return f"{{{text}}}" if re.search(r",|\band\b", text, re.IGNORECASE) else text


def _dates(csl: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    stated = edtf_of_csl(csl.get("issued")) or ""
    parts = stated.split("-")
    if stated and len(parts) <= _FULL_DATE and all(part.isdecimal() for part in parts):
        yield "year", f"{{{parts[0]}}}"
        if len(parts) > 1:
            month = int(parts[1])
            yield "month", _MONTHS[month - 1] if month <= len(_MONTHS) else f"{{{parts[1]}}}"
        if len(parts) == _FULL_DATE:
            yield "day", f"{{{int(parts[2])}}}"
    elif stated:
        yield "date", f"{{{escaped(stated)}}}"
    for variable, name in {
        "accessed": "urldate",
        "original-date": "origdate",
        "event-date": "eventdate",
    }.items():
        if day := edtf_of_csl(csl.get(variable)):
            yield name, f"{{{escaped(day)}}}"
