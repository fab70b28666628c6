"""Where a document lies in an archive, read from the one line in which reference managers keep it."""

from __future__ import annotations

import re

__all__ = ["location"]

_NUMBER = r"(?P<value>[\w./–-]+(?:\s*(?:-|–|to|and|&)\s*\d+)?)"
#: What each step of the way is called, from the record group down.
_STEPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(shape, re.IGNORECASE))
    for name, shape in (
        ("record_group", rf"(?:RG(?![A-Z])|R\.G\.|Record Groups?)\s*{_NUMBER}(?P<rest>\s*[:(].*)?"),
        (
            "box",
            rf"(?:box(?:es)?|bx|carton|container|Karton|Schachtel|boîte|caja)\b\.?\s*(?:no\.?\s*|#\s*)?{_NUMBER}",
        ),
        (
            "folder",
            rf"(?:folders?|fldr|fld|fol|dossier|Mappe|chemise|carpeta)\b\.?\s*(?:no\.?\s*|#\s*)?{_NUMBER}",
        ),
        ("folder", r"(?P<value>.+\S)\s+folder"),
        ("folder", r"folder\s*:?\s*(?P<value>[\"“‘'].+[\"”’'])"),
        ("frame", r"(?P<value>(?:ff?|fols?|folios?|frames?|fr)\b\.?\s*[\w–-]+)"),
        ("frame", r"(?P<value>(?:reel|roll|microfilm|fiche)\b\.?\s*.+)"),
        ("item", rf"(?:items?|documents?|doc)\b\.?\s*(?:no\.?\s*|#\s*)?{_NUMBER}"),
        ("series", r"(?P<value>.+\bseries)"),
        ("series", r"(?P<value>(?:series|entry|subseries|lot|lot file)\b\.?:?\s*.+)"),
        ("collection", r"(?P<value>.*\b(?:papers|collection|fonds|Nachlass|records of .+))"),
    )
)
#: A catalogue reference of The National Archives and of archives like it: FO 371/114987.
_REFERENCE = re.compile(r"[A-Z]{1,5}(?: |-)?\d+(?:/[\w.-]+)+")
#: Fond, opis, delo: one path, whose letters mean other things elsewhere.
_FOND = re.compile(r"\bop\. ?\d", re.IGNORECASE)
#: Archives of the Russian kind count fond, opis, delo and leaves, and a line of theirs is one reference.
_FONDS = re.compile(r"\b(?:op|opis|delo|d|ll?)\.?\s*\d", re.IGNORECASE)
_MARK = re.compile(r"\s*[,;|]\s*|\s+/\s+|/(?=(?:box|folder|reel)\b)", re.IGNORECASE)


def location(text: str) -> dict[str, str]:
    """Return the steps that a line names, by the fields of a source; what it does not name is the item.

    ``RG 59, Central Files, Box 12, Folder 3`` has a record group, a box and a folder, and Central Files is
    the item, since nothing says what it is; ``FO 371/114987, f. 12`` is an item and a folio.
    """
    if _FOND.search(text):
        return {"item": text.strip()}
    found: dict[str, str] = {}
    rest: list[str] = []
    if _FONDS.search(text):
        return {"item": text.strip()}
    for part in filter(None, (part.strip() for part in _MARK.split(text.strip()))):
        for name, shape in _STEPS:
            match = shape.fullmatch(part)
            if match and name not in found and not _REFERENCE.fullmatch(part):
                found[name] = match["value"].strip() + (match.groupdict().get("rest") or "")
                break
        else:
            rest.append(part)
    if not found.keys() - {"item"}:
        return {"item": text.strip()} if text.strip() else {}
    if rest:
        found["item"] = ", ".join([*rest, *([found["item"]] if "item" in found else [])])
    return found
