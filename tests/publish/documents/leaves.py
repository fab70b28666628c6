"""Every text that the views hold, with where it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from evidence.publish.proof_views import ConsequenceView, SourceView, TestView
from evidence.publish.reasoning_views import BarsView, LeadView
from tests.publish.documents.read import words

__all__ = ["leaves"]

#: What no page shows as words: names of files, keys that were, what is sorted or searched by, what scripts read.
_UNSEEN = {
    "page", "former", "sort", "found", "matrix", "plain", "blocks", "owner", "hypothesis_key", "rival_key",
    "abbreviation",
    # An entry's own citation is for the web: its address, and BibTeX and CSL for programs.
    "cite",
}  # fmt: skip

#: Keys of records are in addresses only; those of sources and quotes stand on a source's page.
_KEYS = {"key", "hypothesis", "rival"}
_KEYED = (SourceView, TestView, ConsequenceView, LeadView, BarsView)


def leaves(view: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in a view, as a reader sees it, with its place: ``CaseView.codings.code.rationale``."""
    if isinstance(view, str):
        yield place, words(view) if isinstance(view, Markup) else view
    elif isinstance(view, tuple):
        for one in view:
            yield from leaves(one, place)
    elif dataclasses.is_dataclass(view):
        for one in dataclasses.fields(view):
            if one.name not in _UNSEEN and (one.name not in _KEYS or type(view) in _KEYED):
                yield from leaves(getattr(view, one.name), f"{place or type(view).__name__}.{one.name}")
