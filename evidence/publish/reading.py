"""Fills the pages of hypotheses and of kinds of test, and the script that knows which ledger the site is of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from evidence.publish import links
from evidence.publish.environment import Templates
from evidence.publish.kinds import hypothesis_entries, kind_views
from evidence.publish.lines import line
from evidence.publish.study_views import FrameView, StudyView
from evidence.publish.views import CaseView, HypothesisView

__all__ = ["about", "of_case", "of_study"]

Page = tuple[str, bytes]


def of_case(study: FrameView, case: CaseView, kind: Templates) -> Iterable[Page]:
    """Yield the pages of the hypotheses that belong to a case."""
    own = [one for one in case.hypotheses if one.owner == case.key]
    if own:
        for entry in hypothesis_entries([line(case)], own):
            yield _hypothesis(study, entry, kind)


def of_study(study: StudyView, kind: Templates) -> Iterable[Page]:
    """Yield the pages of the whole study's hypotheses, the list of all hypotheses, and the kinds of test."""
    shared = {one.key: one for one in study.hypotheses}
    for case in study.cases:
        shared.update((one.key, one) for one in case.hypotheses if not one.owner)
    for entry in hypothesis_entries(study.cases, shared.values()):
        yield _hypothesis(study, entry, kind)
    kinds = kind_views(study.cases)
    for one in kinds:
        path = f"kinds/{one.page}.html"
        yield _filled(path, kind, "kind", study=study, one=one, links=links.BELOW)
    if shared or kinds:
        views: dict[str, HypothesisView] = dict(shared)
        for case in study.cases:
            views.update((one.key, one) for one in case.hypotheses if one.owner)
        entries = hypothesis_entries(study.cases, views.values())
        yield _filled(
            "hypotheses.html",
            kind,
            "hypotheses",
            study=study,
            entries=entries,
            kinds=kinds,
            links=links.FRONT,
        )


def about(study: StudyView, kind: Templates) -> Iterable[Page]:  # noqa: ARG001 - as all that fill pages
    """Yield what the scripts of all pages may say of the ledger: once, so that one edit does not touch every page."""
    said = {"authors": study.authors, "study": study.key, "revision": study.revision, "digest": study.digest}
    text = json.dumps(said, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")
    yield "about.js", f"globalThis.about = Object.freeze({text});\n".encode()


def _hypothesis(study: FrameView, entry: Any, kind: Templates) -> Page:
    path = f"hypotheses/{entry.one.page}.html"
    return _filled(path, kind, "hypothesis", study=study, entry=entry, links=links.BELOW)


def _filled(path: str, kind: Templates, template: str, **views: Any) -> Page:
    return path, kind.render(f"{template}.html.j2", **views).encode()
