"""RO-Crate 1.1: what is in a package, who made it of what, as JSON-LD that repositories and programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

__all__ = ["METADATA", "About", "Held", "crate"]

METADATA = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.1/context"
_VERSION = "https://w3id.org/ro/crate/1.1"
_LEDGER = "#ledger"
_MAKING, _PROGRAM = "#making", "#evidence"
#: What a file is, by the end of its name.
_KINDS = {
    ".bib": "application/x-bibtex", ".css": "text/css", ".csv": "text/csv", ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip", ".html": "text/html", ".json": "application/json", ".jsonld": "application/ld+json",
    ".js": "text/javascript", ".md": "text/markdown", ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf",
    ".qdc": "application/xml", ".qdpx": "application/zip", ".ris": "application/x-research-info-systems", ".svg": "image/svg+xml",
    ".tex": "application/x-tex", ".txt": "text/plain", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml", ".yaml": "application/yaml", ".zip": "application/zip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a package as a whole.

    Attributes:
        title, description: of the study.
        authors: each with the ORCID iD, or nothing.
        published: the day of the revision, as YYYY-MM-DD.
        language: of the study (BCP 47).
        license: a web address, or nothing: then ``rights.md`` says what rights there are.
        revision: the revision's digest.
        made_at: the revision's moment, as RFC 3339.
        program: the program's version.
    """

    title: str
    description: str
    authors: Sequence[tuple[str, str]]
    published: str
    language: str
    license: str
    revision: str
    made_at: str
    program: str


@dataclass(frozen=True, slots=True)
class Held:
    """A file or a folder of a package, by its path in it, and what it is; a folder's path ends with a slash."""

    path: str
    name: str
    description: str = ""


def crate(folder: Path, about: About, held: Sequence[Held]) -> bytes:
    """Return the metadata of the package in a folder; the same package, the same bytes.

    Args:
        folder: where it is: sizes are read there.
        about: what is said of it as a whole.
        held: its files and folders, in the order in which they are listed.
    """
    people = [_person(number, name, orcid) for number, (name, orcid) in enumerate(about.authors, 1)]
    license_: dict[str, Any] = {"@id": about.license or "rights.md"}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description or f"{about.title}: the evidence, as a deposit.",
        "datePublished": about.published,
        "license": license_,
        "inLanguage": about.language,
        "version": about.revision,
        "keywords": ["process tracing", "qualitative methods"],
        "hasPart": [{"@id": _id(one.path)} for one in held],
        "mentions": {"@id": _MAKING},
    }
    if people:
        root["author"] = [{"@id": one["@id"]} for one in people]
    graph = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "conformsTo": {"@id": _VERSION},
            "about": {"@id": "./"},
        },
        root,
        *(_entity(folder, one) for one in held),
        *people,
        *_provenance(about),
    ]
    if about.license:
        graph.append({"@id": about.license, "@type": "CreativeWork", "name": about.license})
    return (json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n").encode()


def _entity(folder: Path, one: Held) -> dict[str, Any]:
    said: dict[str, Any] = {"@id": _id(one.path), "@type": "Dataset" if one.path.endswith("/") else "File"}
    said["name"] = one.name
    if one.description:
        said["description"] = one.description
    if not one.path.endswith("/"):
        said["contentSize"] = str((folder / one.path).stat().st_size)
        said["encodingFormat"] = _KINDS.get(Path(one.path).suffix, "application/octet-stream")
    return said


def _person(number: int, name: str, orcid: str) -> dict[str, Any]:
    address = orcid if orcid.startswith("https://") else f"https://orcid.org/{orcid}"
    return {"@id": address if orcid else f"#author-{number}", "@type": "Person", "name": name}


def _provenance(about: About) -> Sequence[Mapping[str, Any]]:
    """Return how the package came about: made by the program from a revision of the ledger."""
    program = {
        "@id": _PROGRAM,
        "@type": "SoftwareApplication",
        "name": "evidence",
        "version": about.program,
        "description": "A process-tracing evidence manager.",
    }
    making = {
        "@id": _MAKING,
        "@type": "CreateAction",
        "name": "evidence export deposit",
        "endTime": about.made_at,
        "instrument": {"@id": _PROGRAM},
        "object": {"@id": _LEDGER},
        "result": {"@id": "./"},
    }
    ledger = {
        "@id": _LEDGER,
        "@type": "CreativeWork",
        "name": f"The study's ledger, at revision {about.revision}",
        "version": about.revision,
    }
    return program, making, ledger


def _id(path: str) -> str:
    """Return a path as the reference that JSON-LD wants."""
    return quote(path, safe="/-._~")
