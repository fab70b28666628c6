"""Freeze a revision: render it into a folder with checksums and a manifest, the same bytes wherever it is made."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from evidence import __version__
from evidence.audit.challenged import challenges
from evidence.audit.checks.running import check
from evidence.audit.later import Released, releases
from evidence.errors import EvidenceError, LedgerError, MethodError, ValueRefused
from evidence.ledger.proving import verify
from evidence.ledger.rows import words
from evidence.publish.render import appendix
from evidence.resources import folder as resources

__all__ = ["FORMATS", "Frozen", "Made", "fill", "freeze", "frozen", "place", "require_sound", "withdraw"]

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
#: What is counted of a study.
_COUNTED = ("case", "source", "quote", "observation", "search", "hypothesis", "test", "decision", "episode")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Frozen:
    """A revision that is to be released.

    Attributes:
        study: the study's row: key, title, authors, language, citation style.
        revision, digest, made_at: the revision.
        counts: how many records of each kind stand.
        findings: what ``check`` finds, by rule.
        unanswered: how many challenges are open.
        previous: the newest release before it, if there is one.
    """

    study: Any
    revision: int
    digest: str
    made_at: Any
    counts: dict[str, int]
    findings: dict[str, int]
    unanswered: int
    previous: Released | None


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was rendered beside its place."""

    part: Path
    output: Path
    manifest: str  # SHA-256 of its manifest
    files: int
    formats: tuple[str, ...]
    styles: tuple[str, ...] = ()
    lock: int | None = (
        None  # nobody else writes there as long as it is held, at the longest until the program ends
    )


#: Renders a study into a folder: connection, study, folder, templates, citation style.
Maker = Callable[[Connection, Any, Path, Path | None, str], None]


def _site(connection: Connection, study: Any, folder: Path, templates: Path | None, style: str) -> None:
    appendix(connection, study, folder / "site", templates=templates, style=style)
    for name in (folder / "site").iterdir():
        if name.name.startswith("."):  # what the next run would ask; nobody renders into a release
            name.unlink() if name.is_file() else shutil.rmtree(name)


def _html(connection: Connection, study: Any, folder: Path, templates: Path | None, style: str) -> None:
    appendix(connection, study, folder / "appendix.html", single_file=True, templates=templates, style=style)


_PAGES: dict[str, Maker] = {"site": _site, "html": _html}
_DOCUMENTS = ("pdf", "docx", "latex", "md", "epub")
#: What a release may hold.
FORMATS = (*_PAGES, *_DOCUMENTS)


def frozen(connection: Connection, study: Any) -> Frozen:
    """Return what the ledger's newest revision is, and what its readers will find in it.

    Args:
        connection: to the ledger as it is, or to the copy of its past.
        study: the study's id there.

    Raises:
        MethodError: there is no revision.
    """
    table = words("study", "id key title authors language citation_style checks")
    row = connection.execute(select(table).where(table.c.id == study)).one()
    revision = words("revision", "study_id number digest made_at").c
    head = connection.execute(
        select(revision.number, revision.digest, revision.made_at)
        .where(revision.study_id == study)
        .order_by(revision.number.desc())
        .limit(1)
    ).first()
    if head is None:
        raise MethodError("There is nothing in the ledger yet that could be released.")
    findings = Counter(one.rule for one in check(connection, study).found)
    made = releases(connection, study)
    return Frozen(
        study=row,
        revision=head.number,
        digest=head.digest,
        made_at=head.made_at,
        counts={noun: _count(connection, study, noun) for noun in _COUNTED},
        findings=dict(sorted(findings.items())),
        unanswered=len(challenges(connection, study, unanswered=True)),
        previous=made[-1] if made else None,
    )


def require_sound(connection: Connection, study: Any) -> None:
    """Refuse a ledger whose history does not hold: the digest of its newest revision would say nothing.

    Raises:
        LedgerError: it does not.
    """
    wrong = next(iter(verify(connection, study)), None)
    if wrong is not None:
        raise LedgerError(
            f"The history does not hold ({wrong.subject}: {wrong.message}), so nothing is released on it; "
            "see 'evidence history verify'."
        )


def _count(connection: Connection, study: Any, noun: str) -> int:
    table = words(noun, "id study_id retired_at").c
    wanted = select(func.count(table.id)).where(table.study_id == study, table.retired_at.is_(None))
    return int(connection.execute(wanted).scalar_one())


def freeze(
    connection: Connection,
    study: Any,
    of: Frozen,
    name: str,
    output: Path,
    *,
    formats: Sequence[str] = ("site",),
    note: str = "",
    templates: Path | None = None,
    style: str = "",
) -> Made:
    """Render a release beside its place; ``place`` puts it there.

    Args:
        connection: to the ledger as it is, or to the copy of its past.
        study: the study's id there.
        of: the revision that the connection shows.
        name: of the release.
        output: the folder that it is to be; it must not be there yet.
        formats: what to render, of ``FORMATS``.
        note: what is new in it.
        templates: a folder whose templates come before ours.
        style: the citation style, by name or file; nothing takes the study's own.

    Raises:
        EvidenceError: something stands in its place already, or it cannot be rendered or written.
    """
    part = output.with_name(f".{output.name or output.resolve().name}.part")
    try:
        if output.exists() or output.is_symlink():
            raise ValueRefused(
                f"{output} is there already, and a release is never written over; choose another folder."
            )
        lock = _claim(part, output)
    except OSError as error:
        raise _unwritable(output, error) from error
    made = tuple(dict.fromkeys(formats))
    try:
        fill(connection, study, part, made, templates, style)
        files = dict(_digests(part))
        manifest = _manifest(of, name, made, note, templates, part, files, style)
        (part / MANIFEST).write_bytes(manifest)
        files[MANIFEST] = hashlib.sha256(manifest).hexdigest()
        sums = "".join(f"{digest}  {path}\n" for path, digest in sorted(files.items()))
        (part / SUMS).write_bytes(sums.encode())
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        if isinstance(error, OSError):
            raise _unwritable(output, error) from error
        raise
    return Made(
        part, output, files[MANIFEST], len(files) + 1, made, (style or of.study.citation_style,), lock
    )


def fill(
    connection: Connection,
    study: Any,
    folder: Path,
    formats: Sequence[str],
    templates: Path | None = None,
    style: str = "",
) -> None:
    """Render the appendix into a folder that nobody renders into again: nothing is left there but what readers see.

    Args:
        connection: to the ledger as it is, or to a copy.
        study: the study's id there.
        folder: which is there.
        formats: what to render, of ``FORMATS``.
        templates: a folder whose templates come before ours.
        style: the citation style, by name or file; nothing takes the study's own.
    """
    for one in formats:
        if one in _PAGES:
            _PAGES[one](connection, study, folder, templates, style)
    _documents(connection, study, folder, [one for one in formats if one in _DOCUMENTS], templates, style)


def _documents(
    connection: Connection, study: Any, part: Path, names: Sequence[str], templates: Path | None, style: str
) -> None:
    if not names:
        return
    from evidence.publish.documents.formats import Asked  # noqa: PLC0415 - Typst and pandoc, where they are wanted
    from evidence.publish.documents.rendering import render_documents  # noqa: PLC0415

    for _ in render_documents(connection, study, part, Asked(names, templates=templates), style=style):
        pass  # each is written as it comes
    for one in part.iterdir():
        if one.name.startswith("."):
            one.unlink()


def _claim(part: Path, output: Path) -> int | None:
    """Have a folder to oneself, empty; what a run left there that was killed goes. Return the lock."""
    part.mkdir(parents=True, exist_ok=True)
    lock = None
    with suppress(ImportError):  # not on every system
        import fcntl  # noqa: PLC0415

        lock = os.open(part, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.path.samestat(part.stat(), os.fstat(lock))
        except OSError:
            ours = False
        if not ours:
            os.close(lock)
            raise EvidenceError(
                f"Somebody else is making {output} at this moment; wait, or choose another folder."
            )
    for one in part.iterdir():
        shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()
    return lock


def _unwritable(output: Path, error: OSError) -> EvidenceError:
    return EvidenceError(f"{output} cannot be written ({error.strerror or error}); choose another folder.")


def place(made: Made) -> None:
    """Put a release in its place, all of it at once."""
    try:
        made.part.rename(made.output)
    except OSError as error:
        raise _unwritable(made.output, error) from error


def withdraw(made: Made) -> None:
    """Take a release away that the ledger did not come to know."""
    for one in (made.part, made.output):
        shutil.rmtree(one, ignore_errors=True)


def _digests(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every file in a folder by its path from there, with its SHA-256."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest = hashlib.sha256()
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
            yield file.relative_to(folder).as_posix(), digest.hexdigest()


def _manifest(
    of: Frozen,
    name: str,
    formats: Sequence[str],
    note: str,
    templates: Path | None,
    part: Path,
    files: dict[str, str],
    style: str,
) -> bytes:
    """Return the manifest: what was frozen, by which program, and what came of it."""
    said = {
        "release": name,
        "note": note,
        "previous": of.previous.key if of.previous else None,
        "study": {
            "key": of.study.key,
            "title": of.study.title,
            "authors": list(of.study.authors or ()),
            "language": of.study.language,
        },
        "ledger": {
            "revision": of.revision,
            "digest": of.digest,
            "made_at": f"{of.made_at:%Y-%m-%dT%H:%M:%SZ}",
        },
        "tool": {"name": "evidence", "version": __version__},
        "styles": [style or of.study.citation_style],
        "templates": {
            "sha256": _all_of(resources("templates")),
            "own_sha256": _all_of(templates) if templates else None,
        },
        "formats": list(formats),
        "counts": of.counts,
        "findings": of.findings,
        "open_challenges": of.unanswered,
        "files": [
            {"path": path, "bytes": (part / path).stat().st_size, "sha256": digest}
            for path, digest in sorted(files.items())
        ],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _all_of(folder: Path) -> str:
    """Return one digest over the names and the contents of all files in a folder."""
    total = hashlib.sha256()
    for path, digest in _digests(folder):
        total.update(f"{digest}  {path}\n".encode())
    return total.hexdigest()
