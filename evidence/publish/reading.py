"""Fills the pages of hypotheses and of kinds of test, and the script that knows which ledger the site is of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from evidence.publish import links
from evidence.publish.environment import Templates
from evidence.publish.kind_views import HypothesisEntry
from evidence.publish.kinds import MANY, hypothesis_entries, kind_views
from evidence.publish.legible import legible
from evidence.publish.lines import line
from evidence.publish.paths import page_names
from evidence.publish.study_views import FrameView, StudyView
from evidence.publish.views import CaseView, HypothesisView

__all__ = ["about", "in_one_file", "of_case", "of_study"]

Page = tuple[str, bytes]


def of_case(study: FrameView, case: CaseView, kind: Templates) -> Iterable[Page]:
    """Yield the pages of the hypotheses that belong to a case."""
    own = [one for one in case.hypotheses if one.owner == case.key]
    if own:
        for entry in hypothesis_entries([line(case)], own):
            yield from _hypothesis(study, entry, kind)


def of_study(study: StudyView, kind: Templates) -> Iterable[Page]:
    """Yield the pages of the whole study's hypotheses, the list of all hypotheses, and the kinds of test."""
    shared = _shared(study)
    for entry in hypothesis_entries(study.cases, shared.values()):
        yield from _hypothesis(study, entry, kind)
    kinds = kind_views(study.cases)
    names = tuple(one.kind for one in kinds)
    for one in kinds:
        path = f"kinds/{one.page}.html"
        yield _filled(path, kind, "kind", study=study, one=one, kinds=names, links=links.BELOW)
    if shared or kinds:
        own = sum(one.owner != "" for case in study.cases for one in case.hypotheses)
        listed = _shared(study).values() if own > MANY else _everything(study)
        yield _filled(
            "hypotheses.html",
            kind,
            "hypotheses",
            study=study,
            claims=hypothesis_entries(study.cases, listed),
            left=own if own > MANY else 0,
            kinds=kinds,
            links=links.FRONT,
        )


def in_one_file(study: StudyView) -> dict[str, Any]:
    """Return what a single file receives beyond the rest: the kinds of test, and every hypothesis with its tests."""
    return {"kinds": kind_views(study.cases), "claims": hypothesis_entries(study.cases, _everything(study))}


def _shared(study: StudyView) -> dict[str, HypothesisView]:
    """Return the hypotheses that belong to no case, by key."""
    found = {one.key: one for one in study.hypotheses}
    for case in study.cases:
        found.update((one.key, one) for one in case.hypotheses if not one.owner and one.key not in found)
    return found


def _everything(study: StudyView) -> list[HypothesisView]:
    """Return all hypotheses: those of the study, then each case's own."""
    return [*_shared(study).values(), *(one for case in study.cases for one in case.hypotheses if one.owner)]


def about(study: StudyView, kind: Templates) -> Iterable[Page]:  # noqa: ARG001 - as all that fill pages
    """Yield what the scripts of all pages may say of the ledger: once, so that one edit does not touch every page."""
    said = {
        "authors": [legible(one) for one in study.authors],
        "study": study.key,
        "revision": study.revision,
        "digest": study.digest,
    }
    text = json.dumps(said, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")
    yield "about.js", f"globalThis.about = Object.freeze({text});\n".encode()


def _hypothesis(study: FrameView, entry: HypothesisEntry, kind: Templates) -> Iterable[Page]:
    """Yield a hypothesis's page, and one for each key that it had: that leads on to it."""
    one = entry.one
    views: dict[str, Any] = {"study": study, "links": links.BELOW}
    yield _filled(f"hypotheses/{one.page}.html", kind, "hypothesis", entry=entry, **views)
    for name in page_names(one.former).values():
        address = f"{quote(one.page)}.html"
        yield _filled(f"hypotheses/{name}.html", kind, "moved", title=one.statement, address=address, **views)


def _filled(path: str, kind: Templates, template: str, **views: Any) -> Page:
    return path, kind.render(f"{template}.html.j2", **views).encode()
