"""What changed beneath a signature or a code since it was given: that is suspect until somebody signs again.

A decision is a signature at the moment at which it was made; a review signs what stands on its day. A review is
held against its fingerprint, a decision against what changed beneath it after the revision that brought it in.
What was taken back is no change. Whoever confirms something signs all that lies beneath it, so a decision is
clear again once anybody has confirmed it, or its case, and that signature still holds. What others published is
quoted and not signed: by itself it is never suspect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, literal_column, or_, select, union_all

from evidence.audit.beneath import Beneath, load
from evidence.audit.chain import Chain, standing
from evidence.audit.since import Changed, called, changes, later, moved, told
from evidence.audit.upwards import resting
from evidence.errors import UnknownKey
from evidence.keys import natural
from evidence.ledger.among import among
from evidence.ledger.rows import words
from evidence.vocabulary import Round, Verdict

__all__ = ["Changed", "Signature", "Suspect", "signatures", "suspects"]

#: So many changes are told in a sentence; the others are counted.
_TOLD = 3
_NOUNS = ("case", "decision", "test", "quote")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A code, or a signature under a case, quote, test or decision, beneath which something changed since.

    ``changes`` is empty where a signature's fingerprint does not fit and nothing in the ledger's history says
    why: it was typed, or made over other records than these.
    """

    noun: str  # what was signed: case, quote, test or decision
    key: str
    case: str  # the key of its case; nothing for a quote
    review: bool  # a review; else the decision itself
    coder: str
    verdict: str  # of a review
    signed_at: datetime
    revision: int  # in which it came into the ledger
    changes: tuple[Changed, ...]
    only_verified: bool  # nothing but verification: quotes were looked for and found since
    sentence: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The latest review of something by one person."""

    noun: str
    key: str
    case: str
    coder: str
    verdict: str
    note: str
    signed_at: datetime
    holds: bool  # its fingerprint fits what stands today
    earlier: int  # how many reviews of the same by the same person it took the place of


@dataclass(frozen=True, slots=True)
class _Signed:
    row: Any  # the decision, or the review
    noun: str
    subject: Any  # the id of what is signed
    key: str
    case: str
    review: bool

    @property
    def signed_at(self) -> datetime:
        at: datetime = self.row.reviewed_at if self.review else self.row.decided_at
        return at


def suspects(connection: Connection, study: Any, chain: Chain, *, case: Any = None) -> list[Suspect]:
    """Return what is suspect in a study, or of one case: codes that stand, and the latest signature of each person.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        chain: of the study, or of the case.
        case: the case's id, if only what concerns that case is asked for.
    """
    signed = [*_decided(chain, case), *_reviewed(chain, case)]
    if not signed:
        return []
    came, newest = _came(connection, study, [one.row.id for one in signed])
    due = [one for one in signed if one.review or came.get(one.row.id, newest) < newest]
    if case is None and any(not one.review for one in due):
        least = min(came.get(one.row.id, newest) for one in due if not one.review)
        touched = resting(connection, study, least)
        due = [one for one in due if one.review or one.subject in touched]
    beneath = load(connection, study, {(one.noun, one.subject) for one in due}) if due else Beneath()
    holding = _holding(connection, study, beneath, [one for one in due if one.review])
    covered: set[Any] = set()
    for one in due:
        if one.row.id in holding and one.row.verdict == Verdict.CONFIRMED:
            covered |= beneath.under(one.subject)[0]
    left = [one for one in due if one.row.id not in holding and one.subject not in covered]
    found = _changed(connection, study, beneath, left, came, newest)
    made: list[Suspect] = []
    said: dict[Any, list[Changed]] = {}
    for one in sorted(left, key=lambda one: (natural(one.case), natural(one.key), one.review, one.signed_at)):
        lines = found[one.row.id]
        if one.review or lines:
            number = came.get(one.row.id, newest)
            made.append(_suspect(chain, one, number, lines, said.get(one.subject, [])))
            said[one.subject] = lines
    return made


def signatures(
    connection: Connection, study: Any, chain: Chain, *, key: str | None = None, variable: str | None = None
) -> list[Signature]:
    """Return the latest review of everything by each person, and whether it still holds.

    Args:
        connection: to the ledger, or to the copy of its past.
        study: the study's id, as ``store.reading`` gives it.
        chain: of the study.
        key: of a case, a decision, a test or a quote, now or once: only what is of that.
        variable: a variable's key: only codes on it.

    Raises:
        UnknownKey: there is no such record.
    """
    signed = _reviewed(chain, None)
    if key is not None:
        meant = _meant(connection, study, chain, key)
        signed = [one for one in signed if meant & {(one.noun, one.key), ("case", one.case)}]
    if variable is not None:
        signed = [one for one in signed if one.noun == "decision" and _coded(chain, one) == variable]
    beneath = load(connection, study, {(one.noun, one.subject) for one in signed}) if signed else Beneath()
    holding = _holding(connection, study, beneath, signed)
    made = [(row.subject_id, row.coder_id) for row in chain.reviews]
    found = [
        Signature(
            one.noun, one.key, one.case, _coder(chain, one), one.row.verdict, one.row.note, one.signed_at,
            one.row.id in holding, made.count((one.subject, one.row.coder_id)) - 1,
        )
        for one in signed
    ]  # fmt: skip
    return sorted(
        found, key=lambda one: (natural(one.case or one.key), _NOUNS.index(one.noun), natural(one.key))
    )


def _meant(connection: Connection, study: Any, chain: Chain, key: str) -> set[tuple[str, str]]:
    """Return what has a key, or else once had it: noun, and key today."""
    moved = words("redirect", "study_id noun key row_id").c
    parts = []
    for noun in _NOUNS:
        table = words(noun, "id study_id key").c
        ids = select(moved.row_id).where(moved.study_id == study, moved.noun == noun, moved.key == key)
        row = select(literal_column(f"'{noun}'").label("noun"), table.key).where(table.study_id == study)
        parts.append(row.where(or_(table.key == key, table.id.in_(ids))))
    found = {(row.noun, row.key) for row in connection.execute(union_all(*parts))}
    if not found:
        known = [row.key for rows in (chain.cases, chain.decisions, chain.tests) for row in rows.values()]
        raise UnknownKey("case, decision, test or quote", key, known)
    return {one for one in found if one[1] == key} or found


def _coded(chain: Chain, one: _Signed) -> str:
    version = chain.versions.get(chain.decisions[one.subject].variable_version_id)
    return version.key if version else ""


def _coder(chain: Chain, one: _Signed) -> str:
    coder = chain.coders.get(one.row.coder_id)
    return coder.key if coder else "somebody"


def _decided(chain: Chain, case: Any) -> list[_Signed]:
    """Return the decisions that stand."""
    return [
        _Signed(row, "decision", row.id, row.key, chain.cases[one].key, review=False)
        for one in (chain.cases if case is None else [case])
        for row in standing(chain.decisions[i] for i in chain.decisions_of.get(one, ()))
        if row.round != Round.PUBLISHED
    ]


def _reviewed(chain: Chain, case: Any) -> list[_Signed]:
    """Return the latest review of everything by each person; what was retired since is signed by nobody."""
    rows: Mapping[str, Mapping[Any, Any]] = {
        "case": chain.cases, "decision": chain.decisions, "test": chain.tests, "quote": chain.quotes
    }  # fmt: skip
    quotes = _quotes_of(chain, case) if case is not None else None
    latest = {(row.subject_id, row.coder_id): row for row in chain.reviews}  # the last in time
    found = []
    for row in latest.values():
        subject = rows.get(row.noun, {}).get(row.subject_id)
        if subject is None:
            continue
        of_case = subject.id if row.noun == "case" else getattr(subject, "case_id", None)
        concerns = subject.id in quotes if quotes is not None and row.noun == "quote" else of_case == case
        if case is None or concerns:
            key = chain.cases[of_case].key if of_case in chain.cases else ""
            found.append(_Signed(row, row.noun, subject.id, subject.key, key, review=True))
    return found


def _quotes_of(chain: Chain, case: Any) -> set[Any]:
    """Return the quotes that a case's observations rest on, and those brought to its tests or held against its codes."""
    seen = set(chain.observations_of.get(case, ()))
    for test in chain.tests_of.get(case, ()):
        seen.update(one.observation_id for one in chain.bearings.get(test, ()))
    for decision in chain.decisions_of.get(case, ()):
        seen.update(chain.links["decision_observation"].get(decision, ()))
    return {quote for one in seen for quote in chain.links["observation_quote"].get(one, ())}


def _came(connection: Connection, study: Any, rows: list[Any]) -> tuple[dict[Any, int], int]:
    """Return the number of the revision that brought each row in, and of the newest."""
    change = words("change", "study_id revision_id row_id before").c
    revision = words("revision", "id study_id number").c
    newest = func.max(revision.number).label("number")
    found = connection.execute(
        union_all(
            select(change.row_id, revision.number).where(
                change.study_id == study, among(connection, change.row_id, rows), change.before.is_(None),
                revision.id == change.revision_id,
            ),
            select(literal_column("NULL"), newest).where(revision.study_id == study),
        )
    ).all()  # fmt: skip
    numbers = {row.row_id: row.number for row in found}
    return numbers, numbers.pop(None) or 0


def _holding(connection: Connection, study: Any, beneath: Beneath, reviews: list[_Signed]) -> set[Any]:
    """Return the ids of the reviews whose fingerprint fits what stands today."""
    if not reviews:
        return set()
    from evidence.audit.fingerprints import fingerprints  # noqa: PLC0415 - every mapped class comes with it
    from evidence.ledger.roles import blind  # noqa: PLC0415 - as above

    if blind(connection):  # whoever does not see all that was signed cannot say that it changed
        return {one.row.id for one in reviews}
    today = fingerprints(connection, study, beneath, {one.subject for one in reviews})
    return {one.row.id for one in reviews if today[one.subject].value == one.row.fingerprint}


def _changed(
    connection: Connection,
    study: Any,
    beneath: Beneath,
    signed: list[_Signed],
    came: Mapping[Any, int],
    newest: int,
) -> dict[Any, list[Changed]]:
    """Return what changed beneath each signature since it came in, by the signature's id."""
    since = {one.row.id: came.get(one.row.id, newest) for one in signed}
    least = min(since.values(), default=newest)
    steps = later(connection, study, beneath.rows, least) if least < newest else {}
    touched = beneath.above(steps)
    found = {
        one.row.id: changes(beneath, steps, one.subject, since[one.row.id]) if one.subject in touched else []
        for one in signed
    }
    keys = called(connection, beneath, [each for all_ in found.values() for each in all_]) if steps else {}
    lines = {
        i: [line for row, change in all_ for line in told(beneath, keys, row, change)]
        for i, all_ in found.items()
    }
    cases = [one for one in signed if one.noun == "case"]
    # What left a case is no longer beneath it.
    left = moved(connection, study, min(since[one.row.id] for one in cases)) if cases else {}
    for one in cases:
        known = {(line.record, line.field) for line in lines[one.row.id]}  # beneath it otherwise still
        lines[one.row.id] += [
            line
            for line in left.get(one.subject, ())
            if line.revision > since[one.row.id] and (line.record, line.field) not in known
        ]
    for all_ in lines.values():
        all_.sort(key=lambda line: (line.verified, line.revision, natural(line.record), line.field))
    return lines


def _suspect(chain: Chain, one: _Signed, revision: int, lines: list[Changed], said: list[Changed]) -> Suspect:
    """Return what is suspect in words; ``said`` was told of the same before, and is not told again."""
    coder = _coder(chain, one)
    again = one.review and bool(lines) and lines == said
    return Suspect(
        noun=one.noun,
        key=one.key,
        case=one.case,
        review=one.review,
        coder=coder,
        verdict=one.row.verdict if one.review else "",
        signed_at=one.signed_at,
        revision=revision,
        changes=tuple(lines),
        only_verified=bool(lines) and all(line.verified for line in lines),
        sentence=f"{_said(one, coder)} {'The same changed since.' if again else _since(lines)}",
    )


def _said(one: _Signed, coder: str) -> str:
    day = f"{one.signed_at:%Y-%m-%d}"
    if not one.review:
        return f"{coder} decided {one.key} on {day}."
    return f"{coder} signed {one.noun} {one.key} as {one.row.verdict} on {day}."


def _since(lines: list[Changed]) -> str:
    if not lines:
        return (
            "Its fingerprint fits nothing in this ledger's history: it was typed, or made over other records."
        )
    told_ = "; ".join(line.sentence for line in lines[:_TOLD])
    more = f"; and {len(lines) - _TOLD} more" if len(lines) > _TOLD else ""
    return f"Since then: {told_}{more}."
