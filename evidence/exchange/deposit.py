"""A deposit: everything that a repository takes of a study, in one package, and nothing that access conditions forbid.

It is a BagIt bag whose payload is an RO-Crate. Each part is made by what makes it elsewhere; where words are left out,
all of them are made from one copy of the study that does not have them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from evidence import __version__
from evidence.errors import EvidenceError, LedgerError, MethodError, ValueRefused
from evidence.exchange.bag import PAYLOAD, bag, is_bag
from evidence.exchange.closed_words import ClosedWords
from evidence.exchange.crate import METADATA, About, crate
from evidence.exchange.deposit_parts import Package
from evidence.exchange.redact import redacted
from evidence.exchange.rights import Rights, counted, rights
from evidence.ledger.concealed import open_rounds
from evidence.ledger.rows import words
from evidence.publish.releasing import FORMATS

__all__ = ["FORMATS", "Deposited", "deposit"]

_AGENT = "evidence"
_NAMED = 4
_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~%]{1,500}")
#: Files that are read again before a deposit without some words is handed over.
_TEXTS = frozenset(
    [".bib", ".csv", ".html", ".js", ".json", ".jsonld", ".md", ".ris", ".tex", ".txt", ".yaml"]
)
#: In JSON and scripts: a letter by its number, the end of a line.
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[nrt])")
_TAG = re.compile(r"<[^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Deposited:
    """A deposit that was made.

    Attributes:
        files: how many files it holds.
        texts: how many texts of sources.
        withheld: of what it does not have the words, as ``2 quotes and 1 text``; nothing if it has all.
        long: how many excerpts are longer than ATI advises.
        found: all of it in detail.
    """

    files: int
    texts: int
    withheld: str
    long: int
    found: Rights


def deposit(
    connection: Connection,
    study: Any,
    output: Path,
    *,
    redact: bool = False,
    formats: Sequence[str] = ("site",),
    license: str = "",  # noqa: A002 - what it is called in every repository
    style: str = "",
    templates: Path | None = None,
    force: bool = False,
) -> Deposited:
    """Make a deposit of a study.

    Args:
        connection: an open read.
        study: the study's id.
        output: the folder to make.
        redact: leave out what access conditions forbid; without it such a study is refused.
        formats: in which forms the appendix is rendered, of ``FORMATS``; none leaves it out.
        license: the web address of the licence for all that is the study's own; nothing if there is none.
        style: the citation style, by name or file; nothing takes the study's own.
        templates: a folder whose templates come before ours.
        force: make it anew where a deposit is already.

    Raises:
        MethodError: access conditions forbid some of it, or a blind round is open.
        ValueRefused: the licence is no web address, or something stands in its place.
        EvidenceError: it cannot be written.
    """
    if license and not _ADDRESS.fullmatch(license):
        raise ValueRefused(
            f"a licence is known by its web address, such as https://creativecommons.org/licenses/by/4.0/, and not by {license!r}."
        )
    _require_frozen(connection, study)
    found = rights(connection, study)
    if found.forbidden and not redact:
        raise MethodError(_refusal(found))
    about = _about(connection, study, license)
    with _placed(output, force=force) as part:
        root = part / PAYLOAD
        root.mkdir()
        package = Package(root, about.said, found, tuple(dict.fromkeys(formats)), style, templates, redact)
        closed = [one for one in found.kept if one.closed]
        if closed and redact:
            with redacted(connection, study, about.number, closed) as (copy, own, closed_words):
                held = package.fill(copy, own)
                _require_silent(root, closed_words)
        else:
            held = package.fill(connection, study)
        (root / METADATA).write_bytes(crate(root, about.said, held))
        files = bag(part, _bag_info(about))
    withheld = [one for one in found.kept if redact or not one.asked]
    long = sum(one.long for one in found.excerpts)
    return Deposited(files, len(found.texts), counted(withheld), long, found)


@dataclass(frozen=True, slots=True)
class _About:
    """What is said of the study, and the number of its newest revision."""

    said: About
    key: str
    number: int


def _require_frozen(connection: Connection, study: Any) -> None:
    """Refuse a study in which somebody codes blind at this moment: all of its text would tell."""
    for key in open_rounds(connection, study):
        raise MethodError(
            f"Round {key} is blind and open, and a deposit would tell its codes; freeze it first ('evidence round freeze {key}')."
        )


def _refusal(found: Rights) -> str:
    """Return why a study is not deposited as it is."""
    reasons = list(dict.fromkeys(one.reason for one in found.forbidden))
    more = f"; and {len(reasons) - _NAMED} more" if len(reasons) > _NAMED else ""
    return (
        f"The words of {counted(found.forbidden)} are not to be passed on ({'; '.join(reasons[:_NAMED])}{more}), so nothing "
        "was written; --redact leaves them out. If access is open by now, or its keeper has allowed it, say so with "
        "'evidence source edit KEY --access ... --rights ...'."
    )


def _about(connection: Connection, study: Any, licence: str) -> _About:
    table = words("study", "id key title question authors language")
    row = connection.execute(select(table).where(table.c.id == study)).one()
    revision = words("revision", "study_id number digest made_at").c
    newest = select(revision.number, revision.digest, revision.made_at).where(revision.study_id == study)
    head = connection.execute(newest.order_by(revision.number.desc()).limit(1)).first()
    if head is None:
        raise MethodError("There is nothing in the ledger yet that could be deposited.")
    coder = words("coder", "study_id name orcid retired_at").c
    people = select(coder.name, coder.orcid).where(coder.study_id == study, coder.retired_at.is_(None))
    known = {one.name: one.orcid for one in connection.execute(people.order_by(coder.name))}
    return _About(
        About(
            title=row.title,
            description=row.question or "",
            authors=tuple((name, known.get(name) or "") for name in row.authors or ()),
            published=f"{head.made_at:%Y-%m-%d}",
            language=row.language or "en",
            license=licence,
            revision=head.digest,
            made_at=f"{head.made_at:%Y-%m-%dT%H:%M:%SZ}",
            program=__version__,
        ),
        row.key,
        head.number,
    )


def _bag_info(about: _About) -> dict[str, str]:
    """Return what the bag says of itself; not when it was made, as the same ledger gives the same bytes."""
    said = about.said
    return {
        "Bag-Software-Agent": f"{_AGENT} {said.program}",
        "Contact-Name": "; ".join(name for name, _ in said.authors),
        "External-Description": f"{said.title}. {said.description}",
        "External-Identifier": f"{about.key} {said.revision}",
        "Internal-Sender-Description": f"The ledger at revision {about.number}, {said.made_at}",
    }


def _require_silent(root: Path, closed: ClosedWords) -> None:
    """Stop if any file that is text says what was left out: a last look, whatever made it."""
    for file in sorted(root.rglob("*")):
        if file.suffix in _TEXTS and (said := closed.told(_plain(file.read_text("utf-8", "replace")))):
            raise LedgerError(
                f"{file.relative_to(root)} would still say words that are to be left out ({said[:40]!r}); nothing was written. "
                "Please report this."
            )


def _plain(text: str) -> str:
    """Return what a file says, whatever it is written in: without tags, and without what stands for other letters."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", _TAG.sub(" ", text))
    return unescape(text)


@contextmanager
def _placed(output: Path, *, force: bool) -> Iterator[Path]:
    """Yield a folder beside the deposit's place, and put it there as a whole when all went well."""
    there = output.exists() or output.is_symlink()
    if there and not _is_empty(output) and not (force and _is_ours(output)):
        hint = "--force makes a deposit anew" if not force else "it is no deposit that this program made"
        raise ValueRefused(f"{output} is there already; choose another folder ({hint}).")
    part = output.with_name(f".{output.name or output.resolve().name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        if there:
            shutil.rmtree(output)
        part.rename(output)
    except OSError as error:
        raise EvidenceError(
            f"{output} cannot be written ({error.strerror or error}); choose another folder."
        ) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(part)


def _is_empty(folder: Path) -> bool:
    with suppress(OSError):
        return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())
    return False


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder is a deposit that this program made."""
    with suppress(OSError):
        return is_bag(folder) and f"Bag-Software-Agent: {_AGENT} " in (folder / "bag-info.txt").read_text(
            "utf-8"
        )
    return False
