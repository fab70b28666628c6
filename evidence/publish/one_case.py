"""One case's pages, with the narrative that the ledger has or with one that is being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, func, select

from evidence.audit.suspects import suspects
from evidence.errors import UnknownKey
from evidence.ledger.rows import words
from evidence.publish.environment import Templates
from evidence.publish.environment import templates as kind_of_templates
from evidence.publish.front import Appendix, read_appendix
from evidence.publish.lines import line
from evidence.publish.load import Rows, load
from evidence.publish.pages import ASSETS, CASES, FRONT, LISTS, SOURCES
from evidence.publish.publication import publication
from evidence.publish.source_pages import source_line
from evidence.publish.views import CaseView

__all__ = ["case_pages", "case_view", "newest"]


def case_pages(
    connection: Connection,
    study_id: Any,
    key: str,
    *,
    narrative: str | None = None,
    templates: Path | None = None,
    style: str = "",
) -> tuple[dict[str, bytes], str]:
    """Return the pages of an extract that has one case: a folder that stands by itself.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id as the driver has it.
        key: the case's key, or one that it once had.
        narrative: shown in place of the ledger's own; nothing shows that.
        templates: a folder whose templates come before ours.
        style: the citation style, by name or file; nothing takes the study's own.

    Returns:
        Every page's bytes by its path, and the path of the case's own page.

    Raises:
        EvidenceError: there is no such case, its narrative cites what there is not, or a template asks for what
            there is not.
    """
    rows = load(connection, study_id)
    if narrative is not None:
        rows = _with_narrative(rows, key, narrative)
    read = read_appendix(
        rows,
        [key],
        style=style,
        suspected=lambda chain: suspects(connection, study_id, chain),
        behind=publication(connection, study_id),
    )
    filled = _filled(read, kind_of_templates("appendix", templates))
    own = next(name for name in filled if name.startswith("cases/") and name.endswith(".html"))
    return filled, own


def case_view(
    connection: Connection, study_id: Any, key: str, narrative: str
) -> tuple[CaseView, Sequence[Any]]:
    """Return the view of one case with a narrative in place of the ledger's own, and the rows of the study's sources."""
    rows = _with_narrative(load(connection, study_id), key, narrative)
    (view,) = read_appendix(rows, [key]).cases()
    return view, rows.sources


def _filled(read: Appendix, kind: Templates) -> dict[str, bytes]:
    filled = {name: kind.asset(name).encode() for name in ASSETS}
    lines, sources = [], []
    for view in read.cases():
        for of_case in CASES:
            filled.update(of_case(read.frame, view, kind))
        lines.append(line(view))
    for entry in read.sources(lines):
        for of_source in SOURCES if not entry.idle else ():
            filled.update(of_source(read.frame, entry, kind))
        sources.append(source_line(entry))
    study = read.whole(lines, sources)
    for front in FRONT:
        filled.update(front(study, kind))
    for of_study in LISTS:
        filled.update(of_study(replace(study, revision="", digest=""), kind))
    return filled


def newest(connection: Connection, study_id: Any) -> int:
    """Return the number of the study's newest revision, from which its pages would be rendered now."""
    revision = words("revision", "study_id number").c
    return (
        connection.execute(select(func.max(revision.number)).where(revision.study_id == study_id)).scalar()
        or 0
    )


def _with_narrative(rows: Rows, key: str, narrative: str) -> Rows:
    known = {row.key: row.id for row in rows.cases}
    moved = {row.b: row.left for row in rows.links.get("redirect", []) if row.a == "case"}
    wanted = known.get(key) or moved.get(key)
    if wanted is None:
        raise UnknownKey("case", key, known)
    cases: list[Any] = [
        SimpleNamespace(**{**row._asdict(), "narrative": narrative}) if row.id == wanted else row
        for row in rows.cases
    ]
    return replace(rows, cases=cases)
