"""Bring readers' challenges into a ledger: each a record of its own on what it doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from evidence.archive.challenges import Doubt
from evidence.errors import EvidenceError, Place, ValueRefused
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
    coming = _Coming(session)
    for doubt in doubts:
        if doubt.study and doubt.study != study.key:
            raise ValueRefused(
                f"this is about the study {doubt.study!r}, and the ledger's is {study.key!r}; name the other with --study.",
                doubt.place,
            )
        _receive(doubt, coming, received)
    records.add_all(session, "challenge", coming.entries, computed=True)
    return received


class _Coming:
    """What is known of subjects and their challenges, each asked for once, however many come."""

    def __init__(self, session: Unit) -> None:
        self.session = session
        self.entries: list[tuple[dict[str, Any], Place]] = []
        self._subjects: dict[tuple[str, str], Any] = {}
        self._there: dict[Any, dict[str, tuple[str, str]]] = {}
        self._next: dict[str, int] = {}
        self._releases: dict[tuple[str, str], tuple[Release | None, str]] = {}

    def subject(self, doubt: Doubt) -> Any:
        """Return what is challenged; the study may have retired it since."""
        named = doubt.noun, doubt.key
        if named not in self._subjects:
            try:
                self._subjects[named] = records.find(self.session, *named, retired=True)
            except EvidenceError as error:
                raise error.at(doubt.place) from error
        return self._subjects[named]

    def there(self, row: Any) -> dict[str, tuple[str, str]]:
        """Return the challenges to a record by their annotations: each one's key and reason."""
        if row.id not in self._there:
            wanted = select(Challenge.annotation, Challenge.key, Challenge.reason).where(
                Challenge.study_id == self.session.study_id, Challenge.subject_id == row.id
            )
            self._there[row.id] = {
                annotation: (key, reason) for annotation, key, reason in self.session.execute(wanted)
            }
        return self._there[row.id]

    def next_key(self, row: Any) -> str:
        """Return the next key for a challenge to a record."""
        stem = f"{row.key}.c"
        if stem not in self._next:
            self._next[stem] = int(records.next_key(self.session, "challenge", stem).removeprefix(stem))
        else:
            self._next[stem] += 1
        return f"{stem}{self._next[stem]}"

    def release(self, doubt: Doubt, received: Received) -> Release | None:
        """Return the release that a reader read, if it is one of ours; what is wrong with it is said once."""
        read = doubt.fields["digest"], doubt.release
        if read not in self._releases:
            found, remark = _release(self.session, doubt)
            self._releases[read] = found, remark
            if remark:
                received.remarks.append(f"{doubt.noun} {doubt.key}: {remark}")
        return self._releases[read][0]


def _receive(doubt: Doubt, coming: _Coming, received: Received) -> None:
    row = coming.subject(doubt)
    there, annotation, reason = coming.there(row), doubt.fields["annotation"], doubt.fields["reason"]
    if annotation in there:
        key, before = there[annotation]
        received.known.append(key)
        if before != reason:
            received.remarks.append(
                f"{key} is known, and its file gives another reason now; it stands as it first came."
            )
        return
    release = coming.release(doubt, received)
    key = coming.next_key(row)
    there[annotation] = key, reason
    values = {
        **doubt.fields,
        "key": key,
        "noun": doubt.noun,
        "subject": row.id,
        "release": release.id if release else None,
    }
    coming.entries.append((values, replace(doubt.place, field="")))
    received.added.append((key, doubt.noun, row.key))
    if remark := _changed(coming.session, doubt, row):
        received.remarks.append(f"{key}: {remark}")


def _release(session: Unit, doubt: Doubt) -> tuple[Release | None, str]:
    """Return the release that a reader read, by its digest or by its name, and what is to be said of the page."""
    ours = list(session.scalars(select(Release).where(Release.study_id == session.study_id)))
    digest = doubt.fields["digest"]
    found = [one for one in ours if one.digest == digest] or [one for one in ours if one.key == doubt.release]
    remark = ""
    if digest:
        known = select(Revision.id).where(Revision.study_id == session.study_id, Revision.digest == digest)
        if session.scalars(known).first() is None:
            remark = f"the page was of a revision {digest[:12]} that this ledger does not have."
    elif doubt.release and not found:
        remark = f"the page was of a release {doubt.release!r} that this ledger does not know."
    return (found[0] if found else None), remark


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
