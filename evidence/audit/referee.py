"""Everything that a referee needs to judge the codes of one case: why, and all that would shake it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from evidence import __version__
from evidence.audit.bodies import body as body_of
from evidence.audit.case_history import Step, case_history
from evidence.audit.chain import Chain
from evidence.audit.views import Why
from evidence.audit.why import audited
from evidence.inference.body import Body
from evidence.inference.counting import claims, softened
from evidence.inference.priors import GRID, grid
from evidence.inference.removal import DROPS, dropped, without
from evidence.inference.robust import Pair, Robustness, robustness
from evidence.ledger.rows import words
from evidence.vocabulary import Round

__all__ = ["Dropped", "Head", "Objection", "Reasoned", "Referee", "referee"]

#: How many tests, sources ... are taken away together, at most, in a document for a referee.
SIZE = 3
_DROPPED = {
    "contested": "quotes that are not in the text of their source",
    "post-hoc": "tests declared after their evidence was seen",
    "secondary": "secondary sources",
    "redacted": "documents from which words were withheld",
    "unverified": "quotes that were never verified",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger as it was read: its newest revision, and the digest that verifies all before it."""

    revisions: int
    digest: str
    made_at: datetime | None
    software: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """What becomes of a code and of its pairs when one sort of evidence is left out."""

    what: str  # in words
    units: tuple[str, ...]  # what that leaves out
    stands: bool
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Reasoned:
    """The reasoning on one code, in full."""

    variable: str
    robust: Robustness
    grids: tuple[tuple[tuple[float, float], ...], ...]  # for each pair: priors and posteriors in [0,1]
    dropped: tuple[Dropped, ...]
    softened: tuple[Pair, ...]  # with claims of 0 and 1 taken for .01 and .99; empty where there are none


@dataclass(frozen=True, slots=True)
class Objection:
    """A finding of ``evidence check`` on the case."""

    rule: str
    name: str
    subject: str
    message: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Referee:
    """One case, for a referee."""

    why: Why
    study: Any  # the study's row: key, title, language ...
    authors: tuple[str, ...]
    question: str
    head: Head
    reasoned: tuple[Reasoned, ...]
    history: tuple[Step, ...]
    findings: tuple[Objection, ...]
    rules: int  # how many were asked


def referee(
    connection: Connection, study: Any, case: str, variable: str | None = None, *, full: bool = True
) -> tuple[Referee, Chain]:
    """Return everything on the codes of a case, and the chain that it was read from.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        case: the case's key, a key that it once had, or its number in a data set.
        variable: one variable's key; all if not given.
        full: with sensitivities in full, the history and what a check finds.

    Raises:
        UnknownKey: there is no such case or variable.
    """
    answer, chain, case_id = audited(connection, study, case, variable, size=SIZE if full else 2)
    about = words("study", "id title question authors").c
    said = connection.execute(select(about.question, about.authors).where(about.id == study)).one()
    rules, found = _findings(connection, study, answer.case) if full else (0, ())
    made = Referee(
        why=answer,
        study=chain.study,
        authors=tuple(said.authors or ()),
        question=said.question,
        head=_head(connection, study),
        reasoned=tuple(_reasoned(answer, body_of(chain, case_id))) if full else (),
        history=case_history(connection, study, chain, case_id) if full else (),
        findings=found,
        rules=rules,
    )
    return made, chain


def _head(connection: Connection, study: Any) -> Head:
    revision = words("revision", "study_id number digest made_at").c
    wanted = select(revision.number, revision.digest, revision.made_at).where(revision.study_id == study)
    newest = connection.execute(wanted.order_by(revision.number.desc()).limit(1)).first()
    if newest is None:
        return Head(0, "", None, __version__)
    return Head(newest.number, newest.digest, newest.made_at, __version__)


def _findings(connection: Connection, study: Any, case: str) -> tuple[int, tuple[Objection, ...]]:
    from evidence.audit.checks.running import check  # noqa: PLC0415 - all rules; only where they are asked

    checked = check(connection, study, case=case)
    rules = {rule.id: rule for rule in checked.rules}
    return len(rules), tuple(
        Objection(
            one.rule,
            rules[one.rule].slug,
            one.subject,
            one.message,
            rules[one.rule].reason,
            rules[one.rule].remedy,
        )
        for one in checked.found
    )


def _reasoned(answer: Why, body: Body) -> Iterator[Reasoned]:
    for code in answer.codes:
        robust = code.robustness
        if robust is None or code.round == Round.PUBLISHED:
            continue
        soft = _again(softened(body), robust) if claims(body) else None
        yield Reasoned(
            variable=code.variable,
            robust=robust,
            grids=tuple(grid(pair.weight, GRID) for pair in robust.pairs),
            dropped=tuple(_dropped(body, robust)),
            softened=soft.pairs if soft else (),
        )


def _dropped(body: Body, robust: Robustness) -> Iterator[Dropped]:
    """Yield what becomes of a code without each sort of evidence that the case has any of."""
    for what in DROPS:
        units = dropped(body, what)
        if units:
            left = _again(without(body, units), robust, body)
            yield Dropped(_DROPPED[what], tuple(str(unit) for unit in units), left.stands, left.pairs)


def _again(body: Body, robust: Robustness, whole: Body | None = None) -> Robustness:
    """Return the outcome for another body, without taking anything further away."""
    pairs = tuple((pair.hypothesis, pair.rival) for pair in robust.pairs)
    return robustness(body, robust.variable, size=1, kinds=(), against=pairs, whole=whole)
