"""Render the appendix: load, build the views, fill the templates, write what changed."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evidence.audit.suspects import suspects
from evidence.publish.environment import Templates
from evidence.publish.environment import templates as kind_of_templates
from evidence.publish.folder import put, write
from evidence.publish.front import Appendix, read_appendix
from evidence.publish.lines import line
from evidence.publish.links import ALONE
from evidence.publish.load import load
from evidence.publish.pages import ALONE_SCRIPTS, ALONE_STYLES, ASSETS, CASES, FRONT, LISTS, SOURCES
from evidence.publish.publication import publication
from evidence.publish.source_pages import source_line

__all__ = ["Report", "appendix", "pages"]

_SINGLE = "appendix.html"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the pages: paths within the output folder, and how many pages there are now."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    pages: int


def appendix(
    connection: Connection,
    study_id: Any,
    output: Path,
    *,
    cases: Sequence[str] = (),
    single_file: bool = False,
    templates: Path | None = None,
    style: str = "",
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
        style: the citation style, by name or file; nothing takes the study's own.

    Returns:
        What was written, what was so already, what was removed, and how many pages there are.

    Raises:
        EvidenceError: a narrative cites what there is not, a template asks for what there is not, a case key
            is unknown, or the output cannot be written.
    """
    read = read_appendix(
        load(connection, study_id),
        cases,
        style=style,
        single=single_file,
        suspected=lambda chain: suspects(connection, study_id, chain),
        behind=publication(connection, study_id),
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
    filled = {name: kind.asset(name).encode() for name in ASSETS}
    lines, audits = [], []
    for told in read.told(tuple(read.study.refs)):
        audits.append(told.audit)
        if told.view is not None:
            for of_case in CASES:
                filled.update(of_case(read.frame, told.view, kind))
            lines.append(line(told.view))
    sources = []
    for entry in read.sources(lines):
        for of_source in SOURCES if not entry.idle else ():
            filled.update(of_source(read.frame, entry, kind))
        sources.append(source_line(entry))
    study = read.whole(lines, sources, audits)
    for front in FRONT:
        filled.update(front(study, kind))
    for listed in LISTS:
        filled.update(listed(replace(study, revision="", digest=""), kind))
    return filled


def _alone(read: Appendix, kind: Templates) -> str:
    """Return everything in one page."""
    cases = tuple(read.cases())
    lines = tuple(map(line, cases))
    entries = tuple(read.sources(lines))
    scripts = "\n".join(map(kind.asset, ALONE_SCRIPTS))
    return kind.render(
        "single.html.j2",
        study=read.whole(lines, map(source_line, entries)),
        cases=cases,
        entries=entries,
        links=ALONE,
        styles="\n".join(map(kind.asset, ALONE_STYLES)),
        print_styles=kind.asset("print.css"),
        scripts=scripts,
        script_hash=b64encode(hashlib.sha256(scripts.encode()).digest()).decode(),
    )
