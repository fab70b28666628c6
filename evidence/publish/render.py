"""Render the appendix: load, build the views, fill the templates, write what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection

from evidence.audit.suspects import suspects
from evidence.publish.environment import Templates
from evidence.publish.environment import templates as kind_of_templates
from evidence.publish.folder import put, write
from evidence.publish.front import Appendix, read_appendix
from evidence.publish.lines import line
from evidence.publish.load import load

__all__ = ["Links", "Report", "appendix", "pages"]

_ASSETS = ("style.css", "print.css")
_SINGLE = "appendix.html"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the pages: paths within the output folder, and how many pages there are now."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Links:
    """How a page leads to the others: relative addresses, or places on the same page."""

    home: str
    front: str  # a section of the front page is at front ~ "#" ~ its id
    table: str
    sources: str  # the list of sources
    commitments: str
    assets: str
    before: str  # a case is at before ~ its page ~ after
    after: str
    shelf: str  # a source is at shelf ~ its page ~ after
    single: bool = False

    def case(self, case: Any) -> str:
        """Return the address of a case."""
        return f"{self.before}{case.key if self.single else quote(case.page)}{self.after}"

    def at(self, case: Any) -> str:
        """Return what the ids on a case's page begin with."""
        return f"{case.key}:" if self.single else ""

    def evidence(self, case: Any, number: str) -> str:
        """Return the address of a numbered piece of evidence on a case's page."""
        return f"#{case.key}:{number}" if self.single else f"{self.case(case)}#{number}"

    def source(self, source: Any, words: str = "") -> str:
        """Return the address of a source, or of a quote from it by the quote's key."""
        if self.single:
            return f"#quote-{words}" if words else f"#source-{source.key}"
        return f"{self.shelf}{quote(source.page)}{self.after}" + (f"#quote-{words}" if words else "")

    def under(self, source: Any) -> str:
        """Return what the ids on a source's page begin with."""
        return f"source-{source.key}:" if self.single else ""


_FRONT = Links(
    "index.html",
    "index.html",
    "table.html",
    "sources.html",
    "commitments.html",
    "",
    "cases/",
    ".html",
    "sources/",
)
_CASE = Links(
    "../index.html",
    "../index.html",
    "../table.html",
    "../sources.html",
    "../commitments.html",
    "../",
    "",
    ".html",
    "../sources/",
)
_SOURCE = replace(_CASE, before="../cases/", shelf="")
_ALONE = Links("#top", "", "#table", "", "#commitments", "", "#case-", "", "", single=True)


def appendix(
    connection: Connection,
    study_id: Any,
    output: Path,
    *,
    cases: Sequence[str] = (),
    single_file: bool = False,
    templates: Path | None = None,
) -> Report:
    """Render a study's appendix as HTML that a browser opens from a disk, without scripts or a network.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id as the driver has it; ``evidence.ledger.store.reading`` gives both.
        output: the folder to write to; with ``single_file`` it may be a file that ends in ``.html``.
        cases: the keys of the cases to show; none shows all. An appendix of some cases says that it is an
            extract, and leads to no page that it does not have.
        single_file: put everything in one file, ``appendix.html``.
        templates: a folder whose templates come before ours.

    Returns:
        What was written, what was so already, what was removed, and how many pages there are.

    Raises:
        EvidenceError: a narrative cites what there is not, a template asks for what there is not, a case key
            is unknown, or the output cannot be written.
    """
    read = read_appendix(
        load(connection, study_id),
        cases,
        single=single_file,
        suspected=lambda chain: suspects(connection, study_id, chain),
    )
    filled = pages(read, kind_of_templates("appendix", templates), single_file=single_file)
    count = sum(name.endswith(".html") for name in filled)
    if single_file and output.suffix in (".html", ".htm"):
        changed = put(output, filled[_SINGLE])
        name = (output.name,)
        return Report(name if changed else (), () if changed else name, (), count)
    written, unchanged, removed = write(output, filled)
    return Report(tuple(written), tuple(unchanged), tuple(removed), count)


def pages(read: Appendix, kind: Templates, *, single_file: bool = False) -> dict[str, bytes]:
    """Return every page's bytes by its path; a case's view is dropped when its page is filled."""
    if single_file:
        return {_SINGLE: _alone(read, kind).encode()}
    filled = {name: kind.asset(name).encode() for name in _ASSETS}
    lines = []
    for case in read.cases():
        filled[f"cases/{case.page}.html"] = kind.render(
            "case.html.j2", study=read.frame, case=case, links=_CASE
        ).encode()
        lines.append(line(case))
    study = read.whole(lines)
    fronts = ["index", "table", "sources", *(["commitments"] if study.treaties else [])]
    for name in fronts:
        filled[f"{name}.html"] = kind.render(f"{name}.html.j2", study=study, links=_FRONT).encode()
    for _, entries in study.sources:
        for entry in (one for one in entries if not one.idle):
            filled[f"sources/{entry.source.page}.html"] = kind.render(
                "source.html.j2", study=read.frame, entry=entry, links=_SOURCE
            ).encode()
    return filled


def _alone(read: Appendix, kind: Templates) -> str:
    """Return everything in one page."""
    cases = tuple(read.cases())
    screen, paper = map(kind.asset, _ASSETS)
    return kind.render(
        "single.html.j2",
        study=read.whole(tuple(map(line, cases))),
        cases=cases,
        links=_ALONE,
        styles=screen,
        print_styles=paper,
    )
