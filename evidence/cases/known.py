"""What a study has of a data set already: its cases by number, their parts, and the actors by country code."""

from __future__ import annotations

import uuid
from collections import defaultdict

from sqlalchemy import select

from evidence.ledger.revisions import Unit
from evidence.models import Actor, Alias, Case, Participation, Redirect

__all__ = ["Known"]


class Known:
    """The study's cases, aliases, participations and actors, read once in five statements."""

    def __init__(self, session: Unit, data_set: str) -> None:
        """Read what the study has of ``data_set``."""
        study = session.study_id
        self.actors = {row.id: row for row in session.scalars(select(Actor).where(Actor.study_id == study))}
        self.by_ccode = {actor.ccode: actor for actor in self.actors.values() if actor.ccode is not None}
        self.cases = {row.id: row for row in session.scalars(select(Case).where(Case.study_id == study))}
        self.by_key = {case.key: case for case in self.cases.values()}
        moved = select(Redirect).where(Redirect.study_id == study, Redirect.noun.in_(("case", "actor")))
        self.moved = {(row.noun, row.key): row.row_id for row in session.scalars(moved)}
        aliases = select(Alias).where(Alias.study_id == study, Alias.data_set == data_set)
        self.aliases = {(row.version, row.number): row for row in session.scalars(aliases)}
        self.parts: dict[uuid.UUID, list[Participation]] = defaultdict(list)
        for part in session.scalars(select(Participation).where(Participation.study_id == study)):
            self.parts[part.case_id].append(part)
        self.numbers: dict[uuid.UUID, list[str]] = defaultdict(list)
        self.by_number: dict[str, uuid.UUID] = {}
        for (_, number), alias in sorted(self.aliases.items()):
            if not alias.merged and alias.retired_at is None:
                self.numbers[alias.case_id].append(number)
                self.by_number[number] = alias.case_id  # the last in order, which is the newest version's

    def case(self, version: str, number: int) -> Case | None:
        """Return the case that a number of a version means, by its alias, by another version's, or by its key."""
        alias = self.aliases.get((version, str(number)))
        if alias is not None:
            return self.cases[alias.case_id]
        found = self.by_number.get(str(number))
        key = f"mid-{number}"
        if found is None and key in self.by_key:
            return self.by_key[key]
        found = found or self.moved.get(("case", key))
        return self.cases.get(found) if found is not None else None

    def actor_key_taken(self, key: str) -> bool:
        """Whether an actor has that key, or had it."""
        return ("actor", key) in self.moved or any(actor.key == key for actor in self.actors.values())
