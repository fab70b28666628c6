"""The bibliography: documents by the archive that keeps them, documents that were published, and the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from evidence.keys import natural
from evidence.publish import archival, frus
from evidence.publish.cited import Cited
from evidence.publish.csl.formatter import Formatter
from evidence.publish.source_views import BibliographyEntry, BibliographyGroup, BibliographySection

__all__ = ["bibliography"]

_ARCHIVES, _PUBLISHED, _REST = "Archives", "Published documents", "Books, articles and other sources"
#: What parliaments, courts and governments publish.
_OFFICIAL = frozenset({"bill", "hearing", "legal_case", "legislation", "regulation", "treaty"})
_UNKNOWN = "Other archives"
_MARKS = re.compile(r"^[\W_]+")


def bibliography(
    formatter: Formatter, sources: Mapping[Any, Cited], entries: Mapping[Any, BibliographyEntry]
) -> tuple[BibliographySection, ...]:
    """Return sources as a style lists them, in sections; archives and entries are in the order of their letters.

    A style sorts entries by what they begin with, so that is what they are sorted by here: the whole may have been
    written in several batches.

    Args:
        formatter: the style.
        sources: the study's sources, by id.
        entries: those to list, by id, not written yet.
    """
    formatter.prepare((i, {}) for i in entries)
    sections: dict[str, dict[str, list[BibliographyEntry]]] = {_ARCHIVES: {}, _PUBLISHED: {}, _REST: {}}
    for i, entry in entries.items():
        section, group = _section(sources[i])
        written = BibliographyEntry(
            entry.source, formatter.entry(i) or escape(entry.source.title), entry.page
        )
        sections[section].setdefault(group, []).append(written)
    return tuple(
        BibliographySection(
            title,
            tuple(
                BibliographyGroup(name, tuple(sorted(groups[name], key=_order)))
                for name in sorted(groups, key=lambda name: (name == _UNKNOWN, _letters(name)))
            ),
        )
        for title, groups in sections.items()
        if groups
    )


def _section(source: Cited) -> tuple[str, str]:
    if frus.is_frus(source) or source.type in _OFFICIAL:
        return _PUBLISHED, ""
    if archival.is_archival(source):
        return _ARCHIVES, archival.way(source, later=False).keeper or _UNKNOWN
    return _REST, ""


def _order(entry: BibliographyEntry) -> Any:
    return natural(_letters(entry.citation.striptags())), entry.source.key


def _letters(text: str) -> str:
    """Return a text by which to sort: without accents, capitals, and marks before its first letter."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _MARKS.sub("", plain).casefold()
