"""Documents of which a volume prints the citation alone: those of the microfiche supplements."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.archive.frus.source_notes import parted, read_marks, read_path, sentences

__all__ = ["CitedOnly", "read_citation"]

#: ``… testing.” Secret. 4 pp. Washington National Records Center, RG 330, …``
_PAGES = re.compile(r"[.,]\s+(\d+)\s+pp?\.\s+(?!of source text)")
_WITHHELD = re.compile(r"\s*\d+ pp?\. of source text not declassified\.?")
_KEPT = re.compile(r"\b(?:Library|Department|Files?|Archives|Center|University|Records|Papers|Journal)\b")
_MONTH = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}\.?$"
)


@dataclass(frozen=True, slots=True)
class CitedOnly:
    """A citation read.

    Attributes:
        whole: its words.
        title: what comes before the classification.
        path: where the document is kept, by the fields of a source.
        classification: as it should be spelled.
        handling: marks of handling.
        pages: how many pages it has.
    """

    whole: str
    title: str
    path: dict[str, str]
    classification: str
    handling: str
    pages: str


def read_citation(said: str) -> CitedOnly:
    """Read the citation that stands for a document: title, classification, pages, archive, in this order."""
    parts = _PAGES.split(said, maxsplit=1)
    if len(parts) == 3:  # noqa: PLR2004 - before, how many pages, and after
        before, pages, where = parts
        title, marks, aside = parted(f"{before}.")
    else:  # of a document withheld in full the pages come last
        pages = ""
        title, marks, where = parted(_WITHHELD.sub("", said))
        before, aside = said, ""
    classification, handling = read_marks(marks)
    if not classification:
        return CitedOnly(said, before, _path(where) if pages else {}, "", "", pages)
    if _KEPT.search(aside):
        where = f"{aside} {where}"
    return CitedOnly(said, title, _path(where), classification, handling, pages)


def _path(where: str) -> dict[str, str]:
    """Return the path in what follows the number of pages: remarks may come before it, a month after it."""
    steps = sentences(f"{where}.")
    while len(steps) > 1 and not _KEPT.search(steps[0].partition(",")[0]):
        del steps[0]
    while len(steps) > 1 and _MONTH.match(steps[-1]):
        del steps[-1]
    return read_path(" ".join(steps))
