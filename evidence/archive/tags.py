"""What the tags on a passage mean: the cases it speaks to, and the tests it bears on, for or against."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from evidence.errors import UnknownKey, nearest
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Case, Test
from evidence.vocabulary import Direction

__all__ = ["Meant", "Tags"]

#: A sign at a tag's end; phones make dashes of a minus.
_SIGNED = re.compile(r"(?P<key>.+?)(?P<sign>[+＋\-−–—‐‑])")
_FOR = "+＋"


@dataclass(frozen=True, slots=True)
class Meant:
    """What the tags on one passage mean.

    Attributes:
        cases: the ids of the cases named, by themselves or through a test of theirs, in order.
        bearings: the id of each test named, its key, the id of its case, and which way the passage bears on it.
        unknown: tags that mean nothing in this study, each with a sentence that says why.
    """

    cases: tuple[uuid.UUID, ...] = ()
    bearings: tuple[tuple[uuid.UUID, str, uuid.UUID, Direction], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()

    def said(self) -> str:
        """Return one line for all that was understood, the same however the tags were ordered."""
        return " ".join(sorted([*map(str, self.cases), *(f"{b[0]}{b[3].value}" for b in self.bearings)]))


class Tags:
    """The keys of a study's cases and tests; asked for once, and only if there is a tag at all."""

    def __init__(self, session: Unit) -> None:
        """Remember whom to ask."""
        self._session = session
        self._cases: dict[str, uuid.UUID] | None = None
        self._tests: dict[str, tuple[uuid.UUID, str, uuid.UUID]] = {}

    def read(self, tags: Iterable[str], case: str | None = None) -> Meant:
        """Return what tags mean; ``case`` is the key of the case that is meant where no tag names one."""
        cases: list[uuid.UUID] = []
        bearings: dict[uuid.UUID, tuple[uuid.UUID, str, uuid.UUID, Direction]] = {}
        unknown: list[tuple[str, str]] = []
        for tag in tags:
            name = tag.strip().lstrip("#")
            signed = _SIGNED.fullmatch(name)
            if found := self._case(name):
                cases.append(found)
            elif self._test(name):
                unknown.append(
                    (tag, f"#{name} does not say which way it speaks; write #{name}+ or #{name}-.")
                )
            elif signed and (test := self._test(signed["key"])):
                direction = Direction.FOR if signed["sign"] in _FOR else Direction.AGAINST
                if bearings.get(test[0], (*test, direction))[3] is not direction:
                    unknown.append((tag, f"#{test[1]} cannot be both for and against; leave one of the two."))
                    continue
                bearings[test[0]] = (*test, direction)
                cases.append(test[2])
            else:
                unknown.append((tag, self._why(signed["key"] if signed else name)))
        if not cases and case:
            cases.append(records.find(self._session, "case", case).id)
        return Meant(tuple(dict.fromkeys(cases)), tuple(bearings.values()), tuple(unknown))

    def _why(self, name: str) -> str:
        near = nearest(name, [*self._known(), *self._tests])
        hint = (
            f" Did you mean {' or '.join(f'#{key}' for key in near)}?"
            if near
            else " 'evidence case list' and 'evidence test list' show them."
        )
        return f"#{name} is neither a case nor a test of this study.{hint}"

    def _known(self) -> dict[str, uuid.UUID]:
        if self._cases is None:
            session = self._session
            cases = select(Case.key, Case.id).where(
                Case.study_id == session.study_id, Case.retired_at.is_(None)
            )
            self._cases = {row.key: row.id for row in session.execute(cases)}
            tests = select(Test.id, Test.key, Test.case_id).where(
                Test.study_id == session.study_id, Test.retired_at.is_(None)
            )
            self._tests = {row.key: (row.id, row.key, row.case_id) for row in session.execute(tests)}
        return self._cases

    def _case(self, name: str) -> uuid.UUID | None:
        key = _meant(name, self._known())
        return self._cases[key] if key and self._cases else self._moved("case", name)

    def _test(self, name: str) -> tuple[uuid.UUID, str, uuid.UUID] | None:
        self._known()
        key = _meant(name, self._tests)
        if key:
            return self._tests[key]
        moved = self._moved("test", name)
        return next((test for test in self._tests.values() if test[0] == moved), None) if moved else None

    def _moved(self, noun: str, name: str) -> uuid.UUID | None:
        """Return the record that once had this key."""
        try:
            found: uuid.UUID = records.find(self._session, noun, name, retired=True).id
        except UnknownKey:
            return None
        return found if found in (self._cases or {}).values() or noun == "test" else None


def _meant(name: str, keys: Iterable[str]) -> str | None:
    """Return the key that is written so, or so but for capitals, which phones set by themselves."""
    known = list(keys) if not isinstance(keys, dict) else keys
    if name in known:
        return name
    folded = [key for key in known if key.casefold() == name.casefold()]
    return folded[0] if len(folded) == 1 else None
