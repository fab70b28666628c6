"""Bring the code book of a REFI-QDA project as concepts: a key from its name, its label, what it means."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from evidence.archive.keying import Keys, as_key
from evidence.archive.qdpx_project import Code, Project
from evidence.errors import Place
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Concept, Redirect

__all__ = ["bring_codes"]

_FAMILY = "code"


def bring_codes(session: Unit, project: Project, origin: str) -> list[str]:
    """Bring codes as concepts; those that are there, by label and family, stay as they are.

    A code's family is the code at the top of its branch; codes of one name within a family are told apart by
    the codes above them.

    Args:
        session: the unit of work.
        project: what a reader read.
        origin: the file, for the concepts' basis.

    Returns:
        The keys of the new concepts.
    """
    wanted = select(Concept.key, Concept.family, Concept.label).where(Concept.study_id == session.study_id)
    there = list(session.execute(wanted))
    known = {(row.family, row.label) for row in there}
    moved = select(Redirect.key).where(Redirect.study_id == session.study_id, Redirect.noun == "concept")
    keys = Keys([*(row.key for row in there), *session.scalars(moved)])
    # Of ours, what nothing can be coded with is a family, and no concept.
    codes = [code for code in project.codes.values() if not code.ours and (code.codable or not project.own)]
    names = Counter((_family(code), code.name) for code in codes)
    entries = []
    for code in codes:
        told_apart = names[_family(code), code.name] > 1
        label = " > ".join([*code.above[1:], code.name]) if told_apart else code.name
        if (_family(code), label) in known:
            continue
        known.add((_family(code), label))
        values = {
            "key": keys.take(as_key(code.name.casefold()) or _FAMILY),
            "family": _family(code),
            "label": label,
            "definition": code.description,
            "role": f"Part of {' > '.join(code.above)}." if code.above else "",
            "basis": f"The code book of {project.name or origin}.",
        }
        entries.append(({name: value for name, value in values.items() if value}, Place(origin)))
    return [row.key for row in records.add_all(session, "concept", entries)]


def _family(code: Code) -> str:
    return code.above[0] if code.above else _FAMILY
