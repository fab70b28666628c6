"""A study as a REFI-QDA project (``.qdpx``), for NVivo, MAXQDA, ATLAS.ti, QualCoder and others.

Quotes are selections, at offsets that count characters as the standard does. What they bear on, and the cases that they
speak to, are their codes; observations and decisions are notes; codes given to cases are variables. Texts that rights
keep here do not leave: of their sources a project has the quoted passages only, and says so; of a source
without either, how it is cited.

The file names its cases before its sources, whose quotes say what cases they speak to. So sources are written aside
while they are read, and everything is put together at the end.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from sqlalchemy import Connection, func, select

from evidence import __version__
from evidence.archive.qdpx_own import ORIGIN
from evidence.exchange.annotations_told import Told
from evidence.exchange.qdc import HEAD
from evidence.exchange.qdpx_cases import Cases
from evidence.exchange.qdpx_codes import Book
from evidence.exchange.qdpx_sources import Counts, Sources
from evidence.exchange.qdpx_xml import MOMENT, element, guid_of, text_element
from evidence.ledger.rows import words

__all__ = ["qdpx"]

_NAMESPACE = "urn:QDA-XML:project:1.0"
_IN_MEMORY = 32_000_000
#: Files in the archive have no time of their own, so that the same study is the same bytes.
_WHEN = (1980, 1, 1, 0, 0, 0)


def qdpx(told: Told, stream: IO[bytes]) -> Counts:
    """Write a study as a project.

    Args:
        told: the study, as others may read it.
        stream: where to; one that can seek.

    Returns:
        What is in it.
    """
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        SpooledTemporaryFile(_IN_MEMORY) as sources,
        SpooledTemporaryFile(_IN_MEMORY) as notes,
    ):
        project = _Project(told, archive, sources, notes)
        counts = project.read()
        with archive.open(_entry("project.qde"), "w", force_zip64=True) as out:
            for part in project.parts():
                out.write(part)
    return counts


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


class Users:
    """Who made something: coders, and whoever the history names besides them."""

    def __init__(self, connection: Connection, study: Any) -> None:
        """Read the coders."""
        coder = words("coder", "id study_id key name retired_at").c
        self._study = study
        self._users: dict[str, tuple[str, str]] = {}
        self._named: dict[str, str] = {}
        wanted = select(coder.id, coder.key, coder.name).where(coder.study_id == study)
        for row in connection.execute(wanted.order_by(coder.key)):
            own = guid_of(row.id, "user")
            self._users[own] = (row.name, row.key)
            for called in (row.key, row.name):
                self._named.setdefault(called, own)

    def guid(self, called: str) -> str:
        """Return the GUID of whoever is called so by key or name; nothing for nobody."""
        if called and called not in self._named:
            own = guid_of(self._study, f"user {called}")
            self._named[called] = own
            self._users[own] = (called, called)
        return self._named.get(called, "")

    def xml(self) -> str:
        """Return all of them; nothing if there are none."""
        made = [
            element("User", {"guid": own, "name": name, "id": key})
            for own, (name, key) in sorted(self._users.items(), key=lambda one: (one[1], one[0]))
        ]
        return element("Users", {}, *made) if made else ""


@dataclass(slots=True)
class _Project:
    """A project on its way."""

    told: Told
    archive: zipfile.ZipFile
    sources: IO[bytes]
    notes: IO[bytes]
    users: Users = field(init=False)
    book: Book = field(init=False)
    cases: Cases = field(init=False)

    def __post_init__(self) -> None:
        connection, study = self.told.connection, self.told.study
        self.users = Users(connection, study)
        self.book = Book(connection, study)
        self.cases = Cases(connection, study, self.book)

    def read(self) -> Counts:
        """Write texts into the archive, sources and notes aside."""
        reader = Sources(self.told, self.book, self.cases, self.users.guid)
        for source in reader:
            self.sources.write(source.xml.encode())
            self.notes.write(source.notes.encode())
            for name, content in source.texts:
                self.archive.writestr(_entry(f"sources/{name}"), content)
        for note in (*self.cases.notes(self.users.guid), *self.book.notes()):
            self.notes.write(note.encode())
        return reader.counts

    def parts(self) -> Iterator[bytes]:
        """Yield the file, part after part, in the standard's order."""
        head, description = self._head()
        codes = self.book.xml(noted=True)
        inner = [self.users.xml(), element("CodeBook", {}, codes) if codes else ""]
        inner += [self.cases.variables(), self.cases.xml()]
        yield f"{HEAD}{head}{''.join(inner)}".encode()
        yield from _held("Sources", self.sources)
        yield from _held("Notes", self.notes)
        yield f"{self.cases.links()}{description}</Project>\n".encode()

    def _head(self) -> tuple[str, str]:
        table = words("study", "id title question")
        study = self.told.connection.execute(select(table).where(table.c.id == self.told.study)).one()
        revision = words("revision", "study_id made_at").c
        ends = select(func.min(revision.made_at), func.max(revision.made_at))
        first, last = self.told.connection.execute(ends.where(revision.study_id == self.told.study)).one()
        said = {
            "xmlns": _NAMESPACE,
            "name": study.title,
            "origin": f"{ORIGIN}{__version__}",
            "creationDateTime": first.strftime(MOMENT) if first else "",
            "modifiedDateTime": last.strftime(MOMENT) if last else "",
        }
        return element("Project", said).replace("/>\n", ">\n"), text_element("Description", study.question)


def _held(name: str, aside: IO[bytes]) -> Iterator[bytes]:
    """Yield what was written aside, in an element of its own; nothing if nothing was."""
    if aside.tell():
        yield f"<{name}>\n".encode()
        aside.seek(0)
        while part := aside.read(1 << 20):
            yield part
        yield f"</{name}>\n".encode()
