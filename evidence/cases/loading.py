"""Carry out a plan for MID disputes: what is new comes in, what differs is changed and said, nothing is lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from evidence.cases.disputes import COUNTRY_FACTS, DISPUTE_FACTS, PART_FACTS, Dispute, Part, country_facts
from evidence.cases.known import Known
from evidence.cases.mid import DATA_SET, MidPlan
from evidence.cases.report import Changed, Dropped, Merged, Oddity, Report
from evidence.cases.titles import Party, title_of
from evidence.errors import EvidenceError, Place
from evidence.ledger.bulk import insert_rows
from evidence.ledger.revisions import Unit
from evidence.models import Actor, Alias, Base, Case, Participation
from evidence.models.base import uuid7

__all__ = ["apply"]

_FACTS = {*DISPUTE_FACTS, *COUNTRY_FACTS}
_PART_FIELDS = ("role", "start", "end", "hostility", "action")


def apply(session: Unit, plan: MidPlan, merged: Mapping[int, int] | None = None) -> Report:
    """Bring a study to what a plan says.

    Only what differs is written, so the same plan twice leaves no second revision. A title that somebody
    wrote is left (and reported) while one made from data follows them; narrative, status and what else is
    logged on a case are never touched. A case that is no longer in the data stays.

    Args:
        session: the unit of work.
        plan: what ``read_mid`` returned.
        merged: for numbers that this version merged, the number that each leads to now.

    Raises:
        EvidenceError: the map of merged numbers contradicts the files.
    """
    return _Loading(session, plan, dict(merged or {})).report()


class _Loading:
    """One plan being carried out in one study."""

    def __init__(self, session: Unit, plan: MidPlan, merges: dict[int, int]) -> None:
        self.session, self.plan, self.merges = session, plan, merges
        self.known = Known(session, DATA_SET)
        self.rows: dict[type[Base], list[dict[str, Any]]] = {
            Actor: [],
            Case: [],
            Alias: [],
            Participation: [],
        }
        self.actors: dict[int, tuple[uuid.UUID, str, str]] = {}  # by country code: id, key, name
        self.cases: dict[int, tuple[uuid.UUID, str]] = {}  # by dispute number: id, key
        self.changed: list[Changed] = []
        self.kept: list[Changed] = []
        self.warnings = list(plan.warnings)
        self.unchanged = self.moved = 0

    def report(self) -> Report:
        """Do all of it and say what was done."""
        self._refuse_contradictions()
        for ccode in sorted({part.ccode for one in self.plan.disputes for part in one.parts}):
            self.actors[ccode] = self._actor(ccode)
        for one in self.plan.disputes:
            self._dispute(one)
        merged = self._merged()
        for model, rows in self.rows.items():
            insert_rows(self.session, model.__table__, rows)  # type: ignore[arg-type]
        self.session.flush()
        return Report(
            added=tuple(row["key"] for row in self.rows[Case]),
            changed=tuple(self.changed),
            unchanged=self.unchanged,
            moved=self.moved,
            actors=tuple(row["key"] for row in self.rows[Actor]),
            participations=self.plan.participations,
            dropped=tuple(self._dropped()),
            merged=tuple(merged),
            kept=tuple(self.kept),
            warnings=tuple(self.warnings),
        )

    def _refuse_contradictions(self) -> None:
        present = {one.number for one in self.plan.disputes} | self.plan.left_out.keys()
        for old, new in self.merges.items():
            if old in present:
                raise EvidenceError(
                    f"the map says that {old} was merged into {new}, but version {self.plan.version} has {old} itself; "
                    "remove that row from the map."
                )
        for number in present:
            alias = self.known.aliases.get((self.plan.version, str(number)))
            if alias is not None and alias.merged:
                raise EvidenceError(
                    f"this study has {number} as merged into {self.known.cases[alias.case_id].key} in version "
                    f"{self.plan.version}, but the files have {number} itself; give the files of that version."
                )

    def _actor(self, ccode: int) -> tuple[uuid.UUID, str, str]:
        actor = self.known.by_ccode.get(ccode)
        if actor is not None:
            if actor.retired_at is not None:
                self.changed.append(Changed(actor.key, "retired", "retired", "in use"))
                actor.retired_at = None
            return actor.id, actor.key, actor.name
        state = self.plan.states[ccode]
        key = self._free_key(state.abbreviation, ccode)
        actor_id = uuid7()
        self.rows[Actor].append({
            "id": actor_id, "key": key, "ccode": ccode, "abbreviation": state.abbreviation, "name": state.name
        })  # fmt: skip
        return actor_id, key, state.name

    def _free_key(self, abbreviation: str, ccode: int) -> str:
        """Return the abbreviation as a key; two states may share one (NIR), or a user may have used it."""
        stem = re.sub(r"[^a-z0-9]", "", abbreviation.casefold())
        taken = {row["key"] for row in self.rows[Actor]}
        wanted = [stem, f"{stem}-{ccode}"] if stem else []
        for key in [*wanted, f"state-{ccode}"]:
            if key not in taken and not self.known.actor_key_taken(key):
                return key
        raise EvidenceError(
            f"no key is free for the state with country code {ccode}; give the actor {wanted[0] if wanted else key} that code."
        )

    def _dispute(self, one: Dispute) -> None:
        case = self.known.case(self.plan.version, one.number)
        if case is None:
            self._new(one)
            return
        self.cases[one.number] = case.id, case.key
        if case.retired_at is not None:
            self.warnings.append(
                Oddity(one.line.place(), f"case {case.key} was retired, and was left so", one.number)
            )
            return
        before = len(self.changed)
        self._alias(case.id, one.number)
        self._compare(case, one)
        self.unchanged += len(self.changed) == before

    def _new(self, one: Dispute) -> None:
        case_id, key = uuid7(), f"mid-{one.number}"
        self.cases[one.number] = case_id, key
        self.rows[Case].append({
            "id": case_id,
            "key": key,
            "title": self._title(one),
            "attributes": {**one.attributes, **country_facts(one, self.plan.rule.country)},
            "data_set": DATA_SET,
            "data_version": self.plan.version,
            **self._dates(one),
        })  # fmt: skip
        self._alias(case_id, one.number)
        self.rows[Participation].extend(self._part(case_id, part) for part in one.parts)

    def _dates(self, one: Dispute) -> dict[str, str | None]:
        return {"start": one.start, "end": one.end}

    def _title(self, one: Dispute) -> str:
        parties = (
            Party(self.actors[p.ccode][2], p.ccode, p.side, p.role, p.hostility, p.start) for p in one.parts
        )
        return title_of(parties, one.start)

    def _alias(self, case_id: uuid.UUID, number: int, *, merged: bool = False) -> None:
        alias = self.known.aliases.get((self.plan.version, str(number)))
        if alias is None:
            self.rows[Alias].append({
                "case_id": case_id, "data_set": DATA_SET, "version": self.plan.version, "number": str(number), "merged": merged
            })  # fmt: skip
        elif alias.retired_at is not None:
            alias.retired_at = None

    def _part(self, case_id: uuid.UUID, part: Part) -> dict[str, Any]:
        return {
            "case_id": case_id,
            "actor_id": self.actors[part.ccode][0],
            "side": part.side,
            "spell": part.spell,
            "attributes": dict(part.attributes),
            **{name: getattr(part, name) for name in _PART_FIELDS},
        }

    def _compare(self, case: Case, one: Dispute) -> None:
        """Bring a case that is there to what the data say now."""
        earlier, now = self._title_before(case), self._title(one)
        if case.title == earlier:
            self._set(case.key, case, "title", now)
        elif now not in (earlier, case.title):
            self.kept.append(Changed(case.key, "title", case.title, now))
        self._compare_parts(case, one)
        for name, value in self._dates(one).items():
            self._set(case.key, case, name, value)
        self.moved += (case.data_set, case.data_version) != (DATA_SET, self.plan.version)
        case.data_set, case.data_version = DATA_SET, self.plan.version
        # A study of one country stays one, whatever is asked for this time.
        country = self.plan.rule.country or case.attributes.get("country")
        self._set_facts(case.key, case, {**one.attributes, **country_facts(one, country)}, _FACTS)

    def _title_before(self, case: Case) -> str:
        parts = [p for p in self.known.parts[case.id] if p.retired_at is None]
        named = [(self.known.actors[part.actor_id], part) for part in parts]
        return title_of(
            (Party(actor.name, actor.ccode, p.side, p.role, p.hostility, p.start) for actor, p in named),
            case.start,
        )

    def _compare_parts(self, case: Case, one: Dispute) -> None:
        old = {(p.actor_id, p.side, p.spell): p for p in self.known.parts[case.id]}
        for part in one.parts:
            actor_id, actor_key, _ = self.actors[part.ccode]
            which = _which(actor_key, part.side, part.spell)
            was = old.pop((actor_id, part.side, part.spell), None)
            if was is None or was.retired_at is not None:
                self.changed.append(Changed(case.key, which, None, "takes part"))
            if was is None:
                self.rows[Participation].append(self._part(case.id, part))
                continue
            was.retired_at = None
            for name in _PART_FIELDS:
                self._set(case.key, was, name, getattr(part, name), which)
            self._set_facts(case.key, was, dict(part.attributes), PART_FACTS, which)
        for was in old.values():
            if was.retired_at is None and "abbreviation" in was.attributes:
                which = _which(self.known.actors[was.actor_id].key, was.side, was.spell)
                self.changed.append(Changed(case.key, which, "takes part", None))
                was.retired_at = self.session.now

    def _set(self, key: str, row: Any, name: str, value: Any, which: str = "") -> None:
        before = getattr(row, name)
        if before != value:
            self.changed.append(Changed(key, f"{which} {name}".strip(), before, value))
            setattr(row, name, value)

    def _set_facts(
        self, key: str, row: Any, facts: dict[str, Any], ours: Collection[str], which: str = ""
    ) -> None:
        """Set attributes that come from the data, and leave those that a user added."""
        before = row.attributes
        after = {**{name: value for name, value in before.items() if name not in ours}, **facts}
        if before == after:
            return
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                self.changed.append(
                    Changed(key, f"{which} {name}".strip(), before.get(name), after.get(name))
                )
        row.attributes = after

    def _merged(self) -> list[Merged]:
        found = []
        for old in sorted(self.merges):
            new = self._leads_to(old)
            if (self.plan.version, str(old)) in self.known.aliases:
                continue
            case = self.cases.get(new)
            if case is None:
                self.warnings.append(
                    Oddity(
                        Place(),
                        f"{old} was merged into {new}, which is not among the cases; no redirect was made",
                        old,
                    )
                )
                continue
            self._alias(case[0], old, merged=True)
            found.append(Merged(str(old), case[1]))
        return found

    def _leads_to(self, number: int) -> int:
        seen = {number}
        while number in self.merges:
            number = self.merges[number]
            if number in seen:
                raise EvidenceError(
                    f"the map of merged numbers leads from {number} back to {number}; correct it."
                )
            seen.add(number)
        return number

    def _dropped(self) -> list[Dropped]:
        """Return the cases of other versions that this import does not reach and no redirect accounts for."""
        reached = {case_id for case_id, _ in self.cases.values()}
        redirected = {
            number
            for (version, number), a in self.known.aliases.items()
            if a.merged and version == self.plan.version
        }
        redirected |= {row["number"] for row in self.rows[Alias] if row["merged"]}
        dropped = []
        for case in self.known.cases.values():
            numbers = self.known.numbers[case.id]
            if (
                case.id in reached
                or case.retired_at is not None
                or case.data_set != DATA_SET
                or case.data_version == self.plan.version
                or redirected.intersection(numbers)
            ):
                continue
            reasons = [
                self.plan.left_out[int(n)] for n in numbers if n.isdecimal() and int(n) in self.plan.left_out
            ]
            reason = (
                f"does not meet the rule: {reasons[0]}"
                if reasons
                else f"is not in version {self.plan.version}"
            )
            dropped.append(Dropped(case.key, reason))
        return sorted(dropped, key=lambda one: one.key)


def _which(actor: str, side: str, spell: int) -> str:
    return f"{actor} (side {side}{f', spell {spell}' if spell > 1 else ''})"
