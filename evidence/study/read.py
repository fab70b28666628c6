"""Read a study's folder into a ledger: all of it as one revision, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from evidence.errors import EvidenceError, UnknownKey
from evidence.keys import natural
from evidence.ledger.blindfold import rows_hidden
from evidence.ledger.forms import read_value
from evidence.ledger.nouns import STUDY
from evidence.ledger.records import new_study
from evidence.ledger.revisions import DryRun, Unit, attempt, founding, writing
from evidence.ledger.since import require_unchanged
from evidence.ledger.store import reading
from evidence.study.apply import Applying, rename_moved
from evidence.study.compare import Changes, compare
from evidence.study.folder import read_folder
from evidence.study.gather import gather
from evidence.study.links import follow
from evidence.study.plain import Contents, name_of

__all__ = ["Reading", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a folder; keys by noun."""

    study: str
    founded: bool = False
    wrote: bool = False  # a revision was written (or would have been, in a dry run)
    added: Mapping[str, list[str]] = field(default_factory=dict)
    changed: Mapping[str, list[str]] = field(default_factory=dict)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)  # noun, old key, new key
    missing: Mapping[str, list[str]] = field(default_factory=dict)  # in the ledger, and not in the folder
    retired: bool = False  # whether those were retired


def read(
    url: str,
    folder: Path,
    *,
    author: str,
    message: str,
    prune: bool = False,
    dry_run: bool = False,
    since: str | None = None,
    reader: str = "",
) -> Reading:
    """Read a folder into a ledger, as one revision; what is there already is not written again.

    Args:
        url: where the ledger is. A study that it does not have yet is founded.
        folder: the study's folder, as ``docs/study-as-text.md`` describes it.
        author: who writes.
        message: why, or the command as it was typed.
        prune: retire what the ledger has and the folder has not; otherwise that is only reported.
        dry_run: check everything and ask every law, but write nothing.
        reader: who reads, a coder's key or a name: codes that a blind round hides from them are left as they are.
        since: the revision that the folder was written from; what others changed after it is not changed back, but all of
            the folder refused.

    Raises:
        EvidenceError: something in the folder is wrong; the sentence names file, line, field and remedy, and
            nothing is written.
    """
    contents = read_folder(folder)
    who = _Who(author, reader, message)
    return attempt(lambda: _read(url, contents, who, prune=prune, dry_run=dry_run, since=since))


@dataclass(frozen=True, slots=True)
class _Who:
    author: str
    reader: str
    message: str


def _read(url: str, folder: Contents, who: _Who, *, prune: bool, dry_run: bool, since: str | None) -> Reading:
    key = folder.study.values["key"]
    ledger, hidden = _ledger(url, key, who.reader)
    follow(folder, ledger)
    if ledger is None:
        return _found(url, folder, who, dry_run=dry_run)
    # Compared without the write lock first: a folder that says nothing new need not wait for it.
    changes = compare(folder, ledger)
    changes.spare(hidden)
    if not changes and not (prune and changes.missing):
        return _report(key, changes)
    made: list[Reading] = []
    try:
        with writing(url, key, author=who.author, message=who.message) as session:
            session.reader = who.reader
            made.append(_merge(session, folder, prune=prune))
            if since is not None:
                require_unchanged(session, since)
            _stop(dry_run=dry_run)
    except DryRun:
        pass
    return made[-1]


def _ledger(url: str, key: str, reader: str) -> tuple[Contents | None, Collection[UUID]]:
    """Return what the ledger has of a study, if it has it, and what of that is hidden from whoever reads."""
    try:
        with reading(url, key) as (connection, study):
            return gather(connection, study), rows_hidden(connection, study, reader)
    except UnknownKey:
        return None, ()


def _found(url: str, folder: Contents, who: _Who, *, dry_run: bool) -> Reading:
    values = dict(folder.study.values)
    retired_at = read_value(STUDY.fields["retired_at"], values.pop("retired_at", None))
    try:
        study = new_study(values)
    except EvidenceError as error:  # every field by itself is well
        raise error.at(folder.study.at("profile")) from error
    study.retired_at = retired_at
    changes = Changes(added=dict(folder.records), redirects=folder.redirects)
    try:
        with founding(url, study, author=who.author, message=who.message) as session:
            Applying(session, folder, None).write(changes, prune=False)
            _stop(dry_run=dry_run)
    except DryRun:
        pass
    return _report(folder.study.values["key"], changes, founded=True, wrote=True)


def _stop(*, dry_run: bool) -> None:
    """End a unit of work whose result was only to be seen."""
    if dry_run:
        raise DryRun


def _merge(session: Unit, folder: Contents, *, prune: bool) -> Reading:
    ledger = gather(session.connection(), session.study_id)
    renamed = rename_moved(session, folder, ledger)
    if renamed:
        ledger = gather(session.connection(), session.study_id)
    follow(folder, ledger)
    changes = compare(folder, ledger)
    changes.spare(rows_hidden(session.connection(), session.study_id, session.reader))
    changed = Applying(session, folder, ledger).write(changes, prune=prune)
    wrote = bool(session.changes or session.position)
    return _report(
        folder.study.values["key"], changes, changed=changed, renamed=renamed, wrote=wrote, retired=prune
    )


def _report(
    key: str,
    changes: Changes,
    *,
    changed: Mapping[str, list[str]] | None = None,
    renamed: list[tuple[str, str, str]] | None = None,
    founded: bool = False,
    wrote: bool = False,
    retired: bool = False,
) -> Reading:
    added = {noun: [name_of(entry) for entry in entries] for noun, entries in changes.added.items()}
    missing = {noun: sorted(map(name_of, entries), key=natural) for noun, entries in changes.missing.items()}
    return Reading(
        study=key,
        founded=founded,
        wrote=wrote,
        added=added,
        changed=changed or {},
        renamed=renamed or [],
        missing=missing,
        retired=retired and bool(missing),
    )
