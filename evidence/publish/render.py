"""Render the appendix: load, build the views, fill the templates, write what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from evidence import __version__
from evidence.publish import queries
from evidence.publish.csl.program import fingerprint
from evidence.publish.folder import Stamp, put, stamped, unfinished, write
from evidence.publish.kept import Basis, read_head, stats
from evidence.resources import folder

__all__ = ["Report", "appendix"]

_SINGLE = "appendix.html"
_PACKAGE = Path(__file__).parents[1]


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
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Render a study's appendix as HTML that a browser opens from a disk, without a network.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id as the driver has it; ``evidence.ledger.store.reading`` gives both.
        output: the folder to write to; with ``single_file`` it may be a file that ends in ``.html``.
        cases: the keys of the cases to show; none shows all. An appendix of some cases says that it is an
            extract, and leads to no page that it does not have.
        single_file: put everything in one file, ``appendix.html``.
        templates: a folder whose templates come before ours.
        style: the citation style, by name or file; nothing takes the study's own.
        jobs: how many processes to fill pages in, from 1; the bytes are the same.
        progress: told how many cases and sources of how many are done.

    Returns:
        What was written, what was so already, what was removed, and how many pages there are.

    Raises:
        EvidenceError: a narrative cites what there is not, a template asks for what there is not, a case key
            is unknown, or the output cannot be written.
    """
    if single_file:
        return _one_file(connection, study_id, output, cases, templates, style)
    now = connection.execute(queries.study(study_id)).one()
    basis = _basis(now, cases, templates, style)
    last = None if unfinished(output) else read_head(output)
    if (
        last is not None
        and last.basis == basis
        and last.digest == (now.digest or "")
        and _stand(output, last.pages)
    ):
        return _report([], list(last.pages), [])
    from evidence.publish.whole_site import render_site  # noqa: PLC0415 - templates and Markdown come with it

    return _report(
        *render_site(connection, study_id, output, basis, now, cases, templates, style, jobs, progress)
    )


def _basis(now: Any, cases: Sequence[str], templates: Path | None, style: str) -> Basis:
    """Return what decides how the ledger's content looks."""
    named = style or now.citation_style
    return Basis(
        study=now.key,
        cases=tuple(cases),
        program=f"{__version__} {stats(_PACKAGE, folder('templates'))}",
        templates=stats(templates) if templates else "",
        style=f"{named} {stats(Path(named)) if named.endswith('.csl') else ''} {fingerprint()}",
    )


def _stand(output: Path, pages: Mapping[str, Stamp]) -> bool:
    """Tell whether every page is as it was written."""
    return all(stamped(output / name, stamp) for name, stamp in pages.items())


def _report(written: Sequence[str], unchanged: Sequence[str], removed: Sequence[str]) -> Report:
    count = sum(name.endswith(".html") for name in (*written, *unchanged))
    return Report(tuple(written), tuple(unchanged), tuple(removed), count)


def _one_file(
    connection: Connection,
    study_id: Any,
    output: Path,
    cases: Sequence[str],
    templates: Path | None,
    style: str,
) -> Report:
    from evidence.publish.whole_site import in_one_file  # noqa: PLC0415 - templates and Markdown come with it

    content = in_one_file(connection, study_id, cases, templates, style)
    if output.suffix not in (".html", ".htm"):
        return _report(*write(output, {_SINGLE: content}))
    changed, name = put(output, content), output.name
    return _report([name] if changed else [], [] if changed else [name], [])
