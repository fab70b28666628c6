"""Render the site into a folder, or everything into one file: read the study, fill the templates, write what changed."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from evidence.audit.suspects import suspects
from evidence.ledger.rows import words
from evidence.publish import reading
from evidence.publish.dirty import changed
from evidence.publish.environment import Templates
from evidence.publish.environment import templates as kind_of_templates
from evidence.publish.folder import Put, Site, site, stamped
from evidence.publish.front import Appendix, read_appendix
from evidence.publish.incremental import (
    KeptCase,
    KeptSource,
    Progress,
    Rendering,
    render,
    shared,
    source_digests,
)
from evidence.publish.kept import STATE, Basis, Head, digest, read, read_head, written
from evidence.publish.lines import line
from evidence.publish.links import ALONE
from evidence.publish.load import Rows, load
from evidence.publish.pages import ALONE_SCRIPTS, ALONE_STYLES
from evidence.publish.parted import Parted
from evidence.publish.publication import publication
from evidence.publish.rests import packed
from evidence.publish.source_pages import source_line

__all__ = ["in_one_file", "pages", "render_site"]

#: A study of no more cases, and quotes, than these is read as a whole.
_CASES, _QUOTES = 400, 20_000


def render_site(
    connection: Connection,
    study_id: Any,
    output: Path,
    basis: Basis,
    now: Any,
    cases: Sequence[str],
    templates: Path | None,
    style: str,
    jobs: int,
    progress: Progress | None,
) -> tuple[list[str], list[str], list[str]]:
    """Render the site, from what the last rendering left as far as that holds.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id.
        output: the folder to write to.
        basis: what decides how the ledger's content looks.
        now: the study's row, with its newest revision.
        cases: the keys of the cases to show; none shows all.
        templates: a folder whose templates come before ours.
        style: the citation style.
        jobs: how many processes to fill pages in.
        progress: told how far it has come.

    Returns:
        The paths written, those that were so already, and those removed.
    """
    kind = kind_of_templates("appendix", templates)
    opening = partial(_opened, connection, study_id, cases, style)
    with site(output) as opened:
        last = read_head(output)
        start = _start(connection, study_id, output, basis, last, opened)
        whole = start.changed is None and _small(connection, study_id)
        appendix = opening(load(connection, study_id) if whole else Parted(connection, study_id))
        common, flags = shared(appendix), {packed(i): digest(one) for i, one in appendix.flags.items()}
        if last is not None and start.changed is not None:
            _widen(start, appendix, last, common, flags)
        records = render(appendix, kind, opened, start, jobs=jobs, progress=progress)
        first = [*islice(records, 1)]  # it comes when every page was put; the others as they are written
        head = Head(
            basis,
            int(now.revision or 0),
            now.digest or "",
            common,
            flags,
            start.lists,
            start.listed,
            opened.stamps(),
        )
        return opened.finish({STATE: written(head, chain(first, records))})


def in_one_file(
    connection: Connection, study_id: Any, cases: Sequence[str], templates: Path | None, style: str
) -> bytes:
    """Return everything in one page; its arguments are those of ``render_site``."""
    kind = kind_of_templates("appendix", templates)
    read = _opened(connection, study_id, cases, style, load(connection, study_id), single=True)
    views = tuple(read.cases())
    lines = tuple(map(line, views))
    entries = tuple(read.sources(lines))
    scripts = "\n".join(map(kind.asset, ALONE_SCRIPTS))
    study = read.whole(lines, map(source_line, entries))
    return kind.render(
        "single.html.j2",
        study=study,
        **reading.in_one_file(study),
        cases=views,
        entries=entries,
        links=ALONE,
        styles="\n".join(map(kind.asset, ALONE_STYLES)),
        print_styles=kind.asset("print.css"),
        scripts=scripts,
        script_hash=b64encode(hashlib.sha256(scripts.encode()).digest()).decode(),
    ).encode()


def pages(read: Appendix, kind: Templates) -> dict[str, bytes]:
    """Return every page's bytes by its path, for what is no site in a folder."""
    filled: dict[str, bytes] = {}

    class Held(Site):
        """Holds pages, and writes none."""

        def __init__(self) -> None:
            self._pages, self.known = {}, {}

        def put(self, name: str, content: bytes) -> Put:
            filled[name] = content
            return self.take(Put(name, "", changed=True))

    for _ in render(read, kind, Held(), Rendering()):
        pass
    return filled


def _opened(
    connection: Connection,
    study_id: Any,
    cases: Sequence[str],
    style: str,
    rows: Rows | Parted,
    *,
    single: bool = False,
) -> Appendix:
    return read_appendix(
        rows,
        cases,
        style=style,
        single=single,
        suspected=lambda chain: suspects(connection, study_id, chain),
        behind=publication(connection, study_id),
    )


def _small(connection: Connection, study_id: Any) -> bool:
    """Tell whether a study is small enough to be read as a whole."""
    counted = [
        select(func.count()).where(words(noun, "study_id").c.study_id == study_id).scalar_subquery()
        for noun in ("case", "quote")
    ]
    cases, quotes = connection.execute(select(*counted)).one()
    return bool(cases <= _CASES and quotes <= _QUOTES)


def _start(
    connection: Connection, study_id: Any, output: Path, basis: Basis, last: Head | None, opened: Site
) -> Rendering:
    """Return what the last rendering knew, and what changed since; nothing where that does not hold."""
    if last is None:
        return Rendering()
    opened.known = last.pages
    if last.basis != basis or not all(stamped(output / name, one) for name, one in last.pages.items()):
        return Rendering()
    found = changed(connection, study_id, last.revision, last.digest)
    if found is None:
        return Rendering()
    start = Rendering(changed=found, lists=last.lists, listed=last.listed)
    known = read(output, KeptCase, KeptSource)
    if known is None:
        return Rendering()
    for one in known:
        if isinstance(one, KeptCase):
            start.cases[one.id] = one
        else:
            start.sources[one.id] = one
    return start


def _widen(
    start: Rendering, appendix: Appendix, last: Head, common: bytes, flags: Mapping[bytes, bytes]
) -> None:
    """Add what changed that the history of rows does not tell: sources, and what is suspect; or everything."""
    found = start.changed
    general = {packed(i) for i, row in appendix.study.hypotheses.items() if row.x is None}
    if found is None or common != last.shared or not found.rows.isdisjoint(general):
        start.changed = None
        return
    owns = {packed(i): one for i, one in source_digests(appendix).items()}
    found.rows |= {i for i, one in owns.items() if i not in start.sources or start.sources[i].own != one}
    found.rows |= start.sources.keys() - owns.keys()
    found.rows |= {i for i in flags.keys() | last.flags.keys() if flags.get(i) != last.flags.get(i)}
