"""The parts of a deposit: each made by what makes it elsewhere, from the study or from a copy of it that may be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evidence.errors import ValueRefused
from evidence.exchange.annotations import collection
from evidence.exchange.ati import FORMATS, ati
from evidence.exchange.bibliography import bibliography
from evidence.exchange.crate import About, Held
from evidence.exchange.deposit_papers import about_rights, data_overview, readme, withheld
from evidence.exchange.prov import provenance
from evidence.exchange.rights import Rights
from evidence.exchange.tables import export_tables, study_tables
from evidence.publish.releasing import fill
from evidence.study.write import write

__all__ = ["Package"]

_ATI = {"csv": "ati.csv", "html": "ati.html"}
_BIBLIOGRAPHIES = {"csl-json": "sources.json", "bibtex": "sources.bib", "ris": "sources.ris"}


@dataclass(frozen=True, slots=True)
class Package:
    """The payload on its way."""

    root: Path
    about: About
    found: Rights
    formats: tuple[str, ...]
    style: str
    templates: Path | None
    redact: bool

    def fill(self, connection: Connection, study: Any) -> list[Held]:
        """Make every part, from the study or from a copy of it, and return what there is, the README first."""
        held = [Held("README.md", "What is in this package")]
        for make in _PARTS:
            held += make(self, connection, study)
        self.put("README.md", readme(self.about, held, self.found, redacted=self.redact))
        return held

    def put(self, name: str, text: str) -> None:
        """Write a file of text."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def _overview(package: Package, connection: Connection, study: Any) -> list[Held]:
    package.put("data-overview.md", data_overview(connection, study))
    said = "How the evidence was found, how it was read, by which logic passages were chosen"
    return [Held("data-overview.md", "The data overview of Annotation for Transparent Inquiry", said)]


def _appendix(package: Package, connection: Connection, study: Any) -> list[Held]:
    if not package.formats:
        return []
    folder = package.root / "appendix"
    folder.mkdir()
    fill(connection, study, folder, package.formats, package.templates, package.style)
    return [Held("appendix/", "The appendix", "Every case with its code and what it rests on, for readers")]


def _text(package: Package, connection: Connection, study: Any) -> list[Held]:
    write(connection, study, package.root / "study")
    said = "Every record, and the texts that rights allow; 'evidence study read' reads it back"
    return [Held("study/", "The study as text", said)]


def _tables(package: Package, connection: Connection, study: Any) -> list[Held]:
    folder = package.root / "tables"
    folder.mkdir()
    done = export_tables(connection, study, folder, ("csv",))
    said = {f"{table.name}.csv": table.meaning for table in study_tables(connection, study)}
    held = [
        Held("tables/", "The study as tables", "CSV for R, Stata, pandas and spreadsheets, with a codebook")
    ]
    return held + [
        Held(f"tables/{name}", name, said.get(name, "What every column means")) for name in done.files
    ]


def _bibliography(package: Package, connection: Connection, study: Any) -> list[Held]:
    held = [Held("bibliography/", "The sources", "For reference managers")]
    for form, name in _BIBLIOGRAPHIES.items():
        try:
            text, _ = bibliography(connection, study, form)
        except ValueRefused:  # there is no source yet
            return []
        package.put(f"bibliography/{name}", text)
        held.append(Held(f"bibliography/{name}", f"The sources in {form}"))
    return held


def _annotations(package: Package, connection: Connection, study: Any) -> list[Held]:
    folder = package.root / "annotations"
    folder.mkdir()
    with (folder / "annotations.jsonld").open("wb") as stream:
        collection(connection, study, stream)
    made = ati(connection, study, style=package.style)
    for form, name in _ATI.items():
        package.put(f"annotations/{name}", FORMATS[form](made))
    return [
        Held("annotations/", "The annotations", "Each quote with what it shows and what it bears on"),
        Held("annotations/annotations.jsonld", "W3C Web Annotations"),
        *(
            Held(f"annotations/{name}", "The table of Annotation for Transparent Inquiry")
            for name in _ATI.values()
        ),
    ]


def _provenance(package: Package, connection: Connection, study: Any) -> list[Held]:
    content, _ = provenance(connection, study)
    package.put("provenance/prov.json", content.decode())
    said = "What follows from what, in which revision, by whom"
    return [Held("provenance/", "The provenance", said), Held("provenance/prov.json", "PROV-JSON")]


def _rights(package: Package, _connection: Connection, _study: Any) -> list[Held]:
    package.put("rights.md", about_rights(package.found, redacted=package.redact))
    package.put("withheld.csv", withheld(package.found, redacted=package.redact))
    return [
        Held("rights.md", "Rights, access and the length of excerpts"),
        Held("withheld.csv", "What is not here, and why: a line for each quote and text"),
    ]


_Part = Callable[[Package, Connection, Any], list[Held]]
_PARTS: tuple[_Part, ...] = (
    _overview,
    _appendix,
    _tables,
    _bibliography,
    _annotations,
    _provenance,
    _text,
    _rights,
)
