"""Render an appendix's documents from a ledger into a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from evidence.audit.suspects import suspects
from evidence.ledger.rows import words
from evidence.publish.documents.formats import Asked, Made, documents
from evidence.publish.documents.kept import Outcome, keep
from evidence.publish.front import read_appendix
from evidence.publish.load import load
from evidence.publish.parted import Parted
from evidence.publish.publication import publication

__all__ = ["render_documents"]

#: A study of no more cases is read as a whole, which is quicker.
_WHOLE = 400


def render_documents(
    connection: Connection,
    study_id: Any,
    output: Path,
    asked: Asked,
    *,
    cases: Sequence[str] = (),
    style: str = "",
) -> Iterator[tuple[Made, Outcome]]:
    """Render documents, one format after another, and write each as soon as it is made.

    Args:
        connection: an open read on the ledger; it is read once for all formats.
        study_id: the study's id.
        output: the folder to write to.
        asked: which formats, and what for.
        cases: the keys of the cases to show; none shows all.
        style: the citation style, by name or file; nothing takes the study's own.

    Raises:
        EvidenceError: a case, a font or a style is not there, a template cannot be filled or set, or the folder
            cannot be written to. What was written before is whole.
    """
    case = words("case", "id study_id")
    count = connection.scalar(select(func.count()).select_from(case).where(case.c.study_id == study_id)) or 0
    rows = load(connection, study_id) if count <= _WHOLE else Parted(connection, study_id)
    read = read_appendix(
        rows,
        cases,
        style=style,
        suspected=lambda chain: suspects(connection, study_id, chain),
        behind=publication(connection, study_id),
    )
    for made in documents(read, asked):
        yield made, keep(output, made.format, made.files)
