"""What the tags on a passage mean: the cases it speaks to, and the tests it bears on, for or against."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from evidence.errors import nearest
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Case, Redirect, Test
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
        line: all that was understood, by key, the same however the tags were ordered and whichever ledger it is.
        unknown: tags that mean nothing in this study, each with a sentence that says why.
    """

    cases: tuple[uuid.UUID, ...] = ()
    bearings: tuple[tuple[uuid.UUID, str, uuid.UUID, Direction], ...] = ()
    line: str = ""
    unknown: tuple[tuple[str, str], ...] = ()


class Tags:
    """The keys of a study's cases and tests; asked for once, and only if there is a tag at all."""

    def __init__(self, session: Unit) -> None:
        """Remember whom to ask."""
        self._session = session
        self._cases: dict[str, uuid.UUID] | None = None
        self._keys: dict[uuid.UUID, str] = {}
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
            self._known()
            cases.append(records.find(self._session, "case", case).id)
        named = [self._keys.get(one, "") for one in dict.fromkeys(cases)]
        line = " ".join(sorted([*named, *(f"{test[1]}:{test[3].value}" for test in bearings.values())]))
        return Meant(tuple(dict.fromkeys(cases)), tuple(bearings.values()), line, tuple(unknown))

    def _why(self, name: str) -> str:
        near = nearest(name, [*self._known(), *self._tests])
        hint = (
            f" Did you mean {' or '.join(f'#{key}' for key in near)}?"
            if near
            else " 'evidence case list' and 'evidence test list' show them."
        )
        return f"#{name} is neither a case nor a test of this study.{hint}"

    def _known(self) -> dict[str, uuid.UUID]:
        """Return the cases by key, once the cases and the tests have been asked for."""
        if self._cases is None:
            session = self._session
            cases = select(Case.key, Case.id).where(
                Case.study_id == session.study_id, Case.retired_at.is_(None)
            )
            self._cases = {row.key: row.id for row in session.execute(cases)}
            self._keys = {row_id: key for key, row_id in self._cases.items()}
            tests = select(Test.id, Test.key, Test.case_id).where(
                Test.study_id == session.study_id, Test.retired_at.is_(None)
            )
            self._tests = {row.key: (row.id, row.key, row.case_id) for row in session.execute(tests)}
            self._follow()
        return self._cases

    def _follow(self) -> None:
        """Let the keys that cases and tests had before they were renamed lead to them, too."""
        session, by_id = self._session, {test[0]: test for test in self._tests.values()}
        cases = self._cases or {}
        standing = set(cases.values())
        moved = select(Redirect.noun, Redirect.key, Redirect.row_id).where(
            Redirect.study_id == session.study_id, Redirect.noun.in_(("case", "test"))
        )
        for row in session.execute(moved):
            if row.noun == "case" and row.row_id in standing:
                cases.setdefault(row.key, row.row_id)
            elif row.noun == "test" and row.row_id in by_id:
                self._tests.setdefault(row.key, by_id[row.row_id])

    def _case(self, name: str) -> uuid.UUID | None:
        key = _meant(name, self._known())
        return self._known()[key] if key else None

    def _test(self, name: str) -> tuple[uuid.UUID, str, uuid.UUID] | None:
        self._known()
        key = _meant(name, self._tests)
        return self._tests[key] if key else None


def _meant(name: str, keys: Mapping[str, Any]) -> str | None:
    """Return the key that is written so, or so but for capitals, which phones set by themselves."""
    if name in keys:
        return name
    folded = [key for key in keys if key.casefold() == name.casefold()]
    return folded[0] if len(folded) == 1 else None
