"""Where everything comes from, as PROV-JSON: documents, words, what they show, codes; in which revision, by whom.

Entities are rows of the ledger under their own ids (``urn:uuid:``), which are the same in every copy. A revision is an
activity, under its digest. What an entity follows from in the chain is a derivation; what takes another's place, a
revision of it (W3C, PROV-DM 5.2.2). No quoted words are in it: keys and titles name what is meant.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from evidence.audit.chain import Chain, load
from evidence.audit.narrated import blocks
from evidence.errors import EvidenceError
from evidence.keys import natural
from evidence.ledger.rows import words

__all__ = ["provenance"]

_PREFIXES = {
    "evidence": "urn:evidence:prov:", "row": "urn:uuid:", "revision": "urn:evidence:revision:",
    "program": "urn:evidence:program:", "narrative": "urn:evidence:narrative:", "author": "urn:evidence:author:",
}  # fmt: skip
#: The nouns that are entities, each with the field that labels it beside its key.
_NOUNS = {
    "source": "title", "quote": "", "observation": "proposition", "search": "question", "test": "prediction",
    "decision": "",
}  # fmt: skip
_revision = words("revision", "id study_id number author made_at tool_version digest")
_change = words("change", "study_id revision_id row_id table_name before")
_case = words("case", "id study_id narrative retired_at")
_LINKS = (
    "observation_quote",
    "decision_test",
    "decision_observation",
    "decision_search",
    "decision_adjudicated",
)


def provenance(connection: Connection, study: Any) -> tuple[bytes, int]:
    """Return the provenance of a study as PROV-JSON (W3C member submission, 2013), and how many entities it names.

    Codes of an open blind round are no entity, and nothing leads to them.

    Args:
        connection: to the ledger, in one consistent read.
        study: the study's id.
    """
    made = _Document(load(connection, study))
    made.entities()
    made.told()
    made.follow()
    made.narratives(connection, study)
    made.revisions(connection, study)
    return json.dumps(made.as_json(), ensure_ascii=False, indent=1).encode() + b"\n", len(made.entity)


class _Document:
    """A document on its way: what it names, and how that hangs together."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.entity: dict[str, dict[str, Any]] = {}
        self.activity: dict[str, dict[str, Any]] = {}
        self.agent: dict[str, dict[str, Any]] = {}
        self.relations: dict[str, dict[str, Mapping[str, Any]]] = {}

    def as_json(self) -> dict[str, Any]:
        """Return what is written."""
        named = {"entity": self.entity, "activity": self.activity, "agent": self.agent}
        return {
            "prefix": _PREFIXES,
            **named,
            **{kind: self.relations[kind] for kind in sorted(self.relations)},
        }

    def relate(self, kind: str, **ends: Any) -> None:
        """Add a relation, under a number of its own."""
        there = self.relations.setdefault(kind, {})
        there[f"_:{kind}{len(there) + 1}"] = {f"prov:{name}": end for name, end in ends.items()}

    def entities(self) -> None:
        """Name every record of the chain."""
        for noun, field in _NOUNS.items():
            rows = getattr(self.chain, "searches" if noun == "search" else f"{noun}s")
            for row in sorted(rows.values(), key=lambda row: natural(row.key)):
                said = getattr(row, field) if field else ""
                self.entity[_row(row.id)] = {
                    "prov:type": _term(noun.title()),
                    "prov:label": f"{noun} {row.key}{f': {said}' if said else ''}",
                }

    def told(self) -> None:
        """Say who stands behind what: coders for their codes and searches."""
        for row in sorted(self.chain.coders.values(), key=lambda row: natural(row.key)):
            kind = "prov:Organization" if row.source_id else "prov:Person"
            self.agent[_row(row.id)] = {"prov:type": _named(kind), "prov:label": row.name or row.key}
        for rows in (self.chain.decisions, self.chain.searches):
            for row in sorted(rows.values(), key=lambda row: natural(row.key)):
                if row.coder_id in self.chain.coders:
                    self.relate("wasAttributedTo", entity=_row(row.id), agent=_row(row.coder_id))

    def follow(self) -> None:
        """Say what each follows from, from documents to codes, in the order in which they are named."""
        place = {name: number for number, name in enumerate(self.entity)}
        found = {(_row(one), _row(other)) for one, other in _links(self.chain) if other is not None}
        there = [(place[one], place[other]) for one, other in found if one in place and other in place]
        names = list(self.entity)
        for one, other in sorted(there):
            self.relate("wasDerivedFrom", generatedEntity=names[one], usedEntity=names[other])
        for row in sorted(self.chain.decisions.values(), key=lambda row: natural(row.key)):
            if row.supersedes_id in self.chain.decisions:
                ends = {"generatedEntity": _row(row.id), "usedEntity": _row(row.supersedes_id)}
                self.relate("wasDerivedFrom", **ends, type=_named("prov:Revision"))

    def narratives(self, connection: Connection, study: Any) -> None:
        """Name the narratives, with the quotes and documents that they cite; one that cannot be read cites nothing."""
        known = {row.key: row.id for rows in (self.chain.sources, self.chain.quotes) for row in rows.values()}
        wanted = select(_case.c.id, _case.c.narrative).where(
            _case.c.study_id == study, _case.c.retired_at.is_(None), _case.c.narrative != ""
        )
        texts = {row.id: row.narrative for row in connection.execute(wanted)}
        for row in self.chain.cases.values():
            if row.id not in texts:
                continue
            name = f"narrative:{uuid.UUID(str(row.id))}"
            self.entity[name] = {
                "prov:type": _term("Narrative"),
                "prov:label": f"narrative of case {row.key}",
            }
            for key in _cited(texts[row.id], row.key):
                if key in known:
                    self.relate("wasDerivedFrom", generatedEntity=name, usedEntity=_row(known[key]))
            for decision in self.chain.decisions_of.get(row.id, ()):
                self.relate("wasInfluencedBy", influencee=name, influencer=_row(decision))

    def revisions(self, connection: Connection, study: Any) -> None:
        """Name the revisions, who made them with which release of the program, and which entities began in each."""
        known: dict[Any, str] = {}
        wanted = select(_revision).where(_revision.c.study_id == study).order_by(_revision.c.number)
        for row in connection.execute(wanted):
            name, moment = f"revision:{row.digest}", row.made_at.isoformat()
            known[row.id] = name
            self.activity[name] = {
                "prov:startTime": moment,
                "prov:endTime": moment,
                "prov:label": f"revision {row.number}",
            }
            author = f"author:{uuid.uuid5(uuid.NAMESPACE_OID, row.author)}"
            self.agent.setdefault(author, {"prov:type": _named("prov:Person"), "prov:label": row.author})
            program = f"program:{row.tool_version}"
            label = f"evidence {row.tool_version}"
            self.agent.setdefault(program, {"prov:type": _named("prov:SoftwareAgent"), "prov:label": label})
            self.relate("wasAssociatedWith", activity=name, agent=author)
            self.relate("wasAssociatedWith", activity=name, agent=program)
        begun = (
            select(_change.c.row_id, _change.c.revision_id)
            .where(_change.c.study_id == study, _change.c.before.is_(None), _change.c.table_name.in_(_NOUNS))
            .order_by(_change.c.row_id)
        )
        for row_id, revision in connection.execute(begun):
            if _row(row_id) in self.entity and revision in known:
                self.relate("wasGeneratedBy", entity=_row(row_id), activity=known[revision])


def _links(chain: Chain) -> Iterator[tuple[Any, Any]]:
    """Yield what follows from what, by the rows' ids."""
    yield from ((row.id, row.derived_from_id) for row in chain.sources.values())
    yield from ((row.id, row.source_id) for row in chain.quotes.values())
    for test, bearings in chain.bearings.items():
        yield from ((test, row.observation_id or row.search_id) for row in bearings)
    for table in _LINKS:
        yield from ((left, one) for left, right in chain.links.get(table, {}).items() for one in right)


def _cited(text: str, case: str) -> Iterator[str]:
    try:
        found = blocks(text, case=case)
    except EvidenceError:
        return
    yield from dict.fromkeys(one.key for block in found for note in block.notes for one in note.cited)


def _row(row_id: Any) -> str:
    return f"row:{uuid.UUID(str(row_id))}"


def _named(name: str) -> dict[str, str]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _term(name: str) -> dict[str, str]:
    return _named(f"evidence:{name}")
