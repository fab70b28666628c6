"""Bring readers' challenges into a ledger: each a record of its own on what it doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from evidence.archive.challenges import Doubt
from evidence.errors import EvidenceError, ValueRefused
from evidence.folding import fold
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Challenge, Decision, Quote, Release, Revision, Study

__all__ = ["Received", "receive"]


@dataclass(slots=True)
class Received:
    """What came of files of challenges: keys with what they are of, and what should be known besides."""

    added: list[tuple[str, str, str]] = field(default_factory=list)  # key, noun, the subject's key
    known: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def receive(session: Unit, doubts: Iterable[Doubt]) -> Received:
    """Record challenges; one that is there already changes nothing.

    Args:
        session: the unit of work.
        doubts: what ``read_challenges`` returned.

    Returns:
        The new ones, those that are known, and remarks: words that the ledger no longer holds, codes that were
        superseded since, releases that it does not know.

    Raises:
        UnknownKey: what is challenged is not in the study, and never was.
        ValueRefused: it is of another study.
    """
    study = session.get_one(Study, session.study_id)
    received = Received()
    for doubt in doubts:
        if doubt.study and doubt.study != study.key:
            raise ValueRefused(
                f"this is about the study {doubt.study!r}, and the ledger's is {study.key!r}; name the other with --study.",
                doubt.place,
            )
        try:
            row = records.find(session, doubt.noun, doubt.key, retired=True)
        except EvidenceError as error:
            raise error.at(doubt.place) from error
        _receive(session, doubt, row, received)
    return received


def _receive(session: Unit, doubt: Doubt, row: Any, received: Received) -> None:
    there = session.scalars(
        select(Challenge).where(
            Challenge.study_id == session.study_id,
            Challenge.subject_id == row.id,
            Challenge.annotation == doubt.fields["annotation"],
        )
    ).first()
    if there is not None:
        received.known.append(there.key)
        if there.reason != doubt.fields["reason"]:
            received.remarks.append(
                f"{there.key} is known, and its file gives another reason now; it stands as it first came."
            )
        return
    release = _release(session, doubt, received)
    values = {
        **doubt.fields,
        "key": records.next_key(session, "challenge", f"{row.key}.c"),
        "noun": doubt.noun,
        "subject": row.id,
        "release": release.key if release else None,
    }
    try:
        challenge = records.add(session, "challenge", values, computed=True)
    except EvidenceError as error:
        raise error.at(replace(doubt.place, field=error.place.field if error.place else "")) from error
    received.added.append((challenge.key, doubt.noun, row.key))
    if remark := _changed(session, doubt, row):
        received.remarks.append(f"{challenge.key}: {remark}")


def _release(session: Unit, doubt: Doubt, received: Received) -> Release | None:
    """Return the release that a reader read, if it is one of ours; by its digest, or by its name."""
    ours = list(session.scalars(select(Release).where(Release.study_id == session.study_id)))
    digest = doubt.fields["digest"]
    found = [one for one in ours if one.digest == digest] or [one for one in ours if one.key == doubt.release]
    if digest:
        known = select(Revision.id).where(Revision.study_id == session.study_id, Revision.digest == digest)
        if session.scalars(known).first() is None:
            received.remarks.append(
                f"{doubt.noun} {doubt.key}: the page was of a revision {digest[:12]} that this ledger does not have."
            )
    elif doubt.release and not found:
        received.remarks.append(
            f"{doubt.noun} {doubt.key}: the page was of a release {doubt.release!r} that this ledger does not know."
        )
    return found[0] if found else None


def _changed(session: Unit, doubt: Doubt, row: Any) -> str:
    """Return what has become since of what is challenged."""
    if row.retired_at is not None:
        return f"{doubt.noun} {row.key} was retired since."
    words = doubt.fields["words"]
    if isinstance(row, Quote) and words and fold(words).strip() not in fold(row.words):
        return f"the words challenged are not those that quote {row.key} holds now."
    if isinstance(row, Decision):
        later = select(Decision.key).where(
            Decision.study_id == session.study_id,
            Decision.supersedes_id == row.id,
            Decision.retired_at.is_(None),
        )
        if newer := session.scalars(later).first():
            return f"decision {row.key} was superseded by {newer} since."
    return ""
