"""Which pages the site has: functions that fill them, listed by what they are filled from.

Whoever adds a page adds a function here. What it is filled from decides when it is filled again, so a function
may use nothing else: no clock, no folder, no page that another made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from evidence.publish import links, reading
from evidence.publish.environment import Templates
from evidence.publish.paths import page_names
from evidence.publish.searching import script, shards
from evidence.publish.source_views import SourceEntry
from evidence.publish.study_views import FrameView, StudyView
from evidence.publish.views import CaseView

__all__ = [
    "ALONE_SCRIPTS",
    "ALONE_STYLES",
    "ASSETS",
    "CASES",
    "FOUND",
    "FRONT",
    "LISTS",
    "MOVED",
    "SOURCES",
    "Page",
]

#: A path in the site, parted by slashes, and what is there.
Page = tuple[str, bytes]


def _case(study: FrameView, case: CaseView, kind: Templates) -> Iterable[Page]:
    yield _filled(f"cases/{case.page}.html", kind, "case", study=study, case=case, links=links.CASE)


def _source(study: FrameView, entry: SourceEntry, kind: Templates) -> Iterable[Page]:
    name = f"sources/{entry.source.page}.html"
    yield _filled(name, kind, "source", study=study, entry=entry, links=links.SOURCE)


def _front(study: StudyView, kind: Templates) -> Iterable[Page]:
    yield _filled("index.html", kind, "index", study=study, links=links.FRONT)


def _lists(study: StudyView, kind: Templates) -> Iterable[Page]:
    for name in ("table", "sources", "bibliography", *(["commitments"] if study.treaties else [])):
        yield _filled(f"{name}.html", kind, name, study=study, links=links.FRONT)


def _search(study: StudyView, kind: Templates) -> Iterable[Page]:
    dealt = shards(study)
    yield _filled("search.html", kind, "search", study=study, shards=len(dealt), links=links.FRONT)
    for number, pieces in enumerate(dealt):  # one after another: together they are as large as all evidence
        yield f"search/{number}.js", script(number, pieces)


def _overview(study: StudyView, kind: Templates) -> Iterable[Page]:
    if study.overview is not None:
        yield _filled("overview.html", kind, "overview", study=study, links=links.FRONT)


def _changes(study: StudyView, kind: Templates) -> Iterable[Page]:
    if study.changes:
        yield _filled("changes.html", kind, "changes", study=study, links=links.FRONT)


def _moved(study: FrameView, to: Any, path: str, kind: Templates) -> Iterable[Page]:
    """Yield the pages of keys that a case or a source once had: each leads on to where it is now."""
    shelf, _, page = path.rpartition("/")
    for name in page_names(to.former).values():
        yield _filled(
            f"{shelf}/{name}.html",
            kind,
            "moved",
            study=study,
            title=to.title or to.key,
            address=quote(page),
            links=links.CASE,
        )


def _filled(path: str, kind: Templates, template: str, **views: Any) -> Page:
    return path, kind.render(f"{template}.html.j2", **views).encode()


#: Files of the templates that go out as they are.
ASSETS = (
    "style.css",
    "front.css",
    "print.css",
    "site.js",
    "moved.js",
    "matrix.js",
    "search.js",
    "reading.css",
    "reading.js",
)
#: Those of them that a single file holds, in the order in which they count: no search, which a browser has itself.
ALONE_STYLES = ("style.css", "front.css", "reading.css")
ALONE_SCRIPTS = ("site.js", "matrix.js", "reading.js")
#: Pages of one case, filled again when anything that is shown of the case changed.
CASES: tuple[Callable[[FrameView, CaseView, Templates], Iterable[Page]], ...] = (_case, reading.of_case)
#: Pages of one source, filled again when anything that is shown of the source changed.
SOURCES: tuple[Callable[[FrameView, SourceEntry, Templates], Iterable[Page]], ...] = (_source,)
#: Pages in the place of others that were renamed.
MOVED: Callable[[FrameView, Any, str, Templates], Iterable[Page]] = _moved
#: Pages that may name the ledger's revision and digest: filled again whenever the ledger changed.
FRONT: tuple[Callable[[StudyView, Templates], Iterable[Page]], ...] = (_front, reading.about, _changes)
#: Pages about the whole study, for which ``revision``, ``digest`` and ``changes`` are empty: filled again when a line of a case
#: or of a source changed, or the study's own records.
LISTS: tuple[Callable[[StudyView, Templates], Iterable[Page]], ...] = (
    _lists,
    _search,
    reading.of_study,
    _overview,
)
#: Those of them that are filled from what can be found of a case or a source (``found``); no other may use that.
FOUND = (_search,)
