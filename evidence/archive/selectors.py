"""Where in its target a Web Annotation points: by the words, by offsets, by a page, or in a way not carried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from evidence.archive.incoming import Loss
from evidence.archive.note_words import plain
from evidence.errors import Place

__all__ = ["Selected", "selected_of"]

_SEVERAL = {"List", "Choice", "Composite", "Independents"}
_TIME = re.compile(r"t=(?:npt:)?([0-9:.]*(?:,[0-9:.]+)?)")
_PAGE = re.compile(r"page=([^&]+)")
_READ = {
    "id",
    "type",
    "value",
    "conformsTo",
    "exact",
    "prefix",
    "suffix",
    "start",
    "end",
    "refinedBy",
    "items",
}


@dataclass(slots=True)
class Selected:
    """What is selected: its words, or its offsets, and what is said of its place."""

    words: str = ""
    prefix: str = ""
    suffix: str = ""
    span: tuple[int, int] | None = None
    locator: dict[str, str] = field(default_factory=dict)
    language: str = ""
    remark: str = ""


def selected_of(selector: Any, fragment: str, losses: list[Loss], place: Place) -> Selected:
    """Return what an annotation selects in its target.

    Args:
        selector: one selector, or several that say the same place; each may be refined by another.
        fragment: the fragment of the target's address, without its #.
        losses: what could not be carried so far; more may be added.
        place: where it stands.
    """
    selected = Selected()
    if fragment:
        _fragment(fragment, selected)
    for one in _selectors(selector):
        kind = str(one.get("type", "")).rpartition(":")[2].rpartition("#")[2]
        if kind == "TextQuoteSelector" and isinstance(one.get("exact"), str) and plain(one["exact"]):
            if selected.words:
                losses.append(Loss("a second TextQuoteSelector for the same place", place))
                continue
            selected.words = plain(one["exact"])
            selected.prefix, selected.suffix = (
                plain(str(one.get(side) or "")) for side in ("prefix", "suffix")
            )
        elif kind == "TextPositionSelector" and _is_span(one.get("start"), one.get("end")):
            selected.span = (one["start"], one["end"])
        elif kind == "FragmentSelector" and isinstance(one.get("value"), str):
            _fragment(one["value"], selected)
        else:
            value = one.get("value") or one.get("id")
            shown = f": {value}"[:120] if isinstance(value, str) else ""
            losses.append(Loss(f"{kind or 'a selector of no kind'}{shown}", place))
        losses.extend(Loss(f"{name!r} of a selector", place) for name in sorted(one.keys() - _READ))
    if selected.words and selected.span:
        losses.append(Loss("TextPositionSelector: the words tell the place", place))
        selected.span = None
    return selected


def _selectors(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            yield {"type": "FragmentSelector", "value": one.lstrip("#")}
        elif isinstance(one, Mapping):
            if {str(one.get("type"))} & _SEVERAL:
                yield from _selectors(one.get("items"))
            else:
                yield one
                yield from _selectors(one.get("refinedBy"))


def _is_span(start: Any, end: Any) -> bool:
    return type(start) is int and type(end) is int and 0 <= start < end


def _fragment(value: str, selected: Selected) -> None:
    """Read a fragment: a page or a time is a locator; any other place is kept in words."""
    if found := _PAGE.search(value):
        selected.locator.setdefault("page", unquote(found[1]))
    elif (found := _TIME.search(value)) and found[1]:
        selected.locator.setdefault("time", found[1].replace(",", "–"))
    elif value.strip():
        said = f"Place: {unquote(value.strip())}"
        selected.remark = f"{selected.remark}\n{said}" if selected.remark else said
