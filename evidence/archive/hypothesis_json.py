"""Read annotations as the Hypothesis API gives them: passages, page notes, and what others replied.

The words that were marked are kept as they are. They are verified against the text that is held of the source,
and where they are not in it they are left out and named: an annotation is never moved to other words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.archive.incoming import Loss, Marked
from evidence.archive.json_files import read_json
from evidence.archive.note_words import plain
from evidence.archive.targets import Annotated, Target, doi_of, gathered, without_fragment
from evidence.errors import Place, ValueRefused

__all__ = ["read_hypothesis"]

_WHAT = "annotations of Hypothesis"
#: What every annotation has for its own service, and what says nothing of the source or the passage.
_SERVICE = {
    "id", "created", "updated", "user", "uri", "text", "tags", "group", "permissions", "target", "document", "links",
    "hidden", "moderation_status", "flagged", "references", "user_info", "mentions", "actions", "consumer", "ranges",
}  # fmt: skip
_TURNED_DOWN = {"DENIED", "SPAM"}
_WORLD = "__world__"


@dataclass(slots=True)
class _Thread:
    """An annotation, and what was replied to it."""

    row: Mapping[str, Any]
    place: Place
    replies: list[Mapping[str, Any]] = field(default_factory=list)


def read_hypothesis(file: Path) -> Annotated:
    """Return annotations as sources with marked passages.

    Args:
        file: what the API's search gave (``rows`` and ``total``), a list of annotations, or one.

    Raises:
        ValueRefused: it is no such file, or an annotation lacks what every one has.
    """
    document = read_json(file, _WHAT)
    losses: list[Loss] = []
    threads = _threads(_rows(document, file.name, losses), losses)
    targets: dict[str, Target] = {}
    for thread in threads:
        _put(thread, targets, losses)
    return gathered(targets.values(), losses)


def _rows(document: Any, file: str, losses: list[Loss]) -> Iterator[tuple[Mapping[str, Any], Place]]:
    rows = document
    if isinstance(document, Mapping):
        rows = document.get("rows", document.get("annotations", [document] if "uri" in document else None))
        rows = [*rows, *_listed(document.get("replies"))] if isinstance(rows, list) else rows
        total = document.get("total")
        if (
            isinstance(rows, list)
            and isinstance(total, int)
            and total > len(_listed(document.get("rows"))) > 0
        ):
            losses.append(
                Loss(f"the search found {total:,} annotations, and the file holds {len(rows):,}; ask for the rest with search_after", Place(file))
            )  # fmt: skip
    if not isinstance(rows, list):
        raise ValueRefused(
            f"there are no rows in it, and so it is not {_WHAT}; save what the API's search gives.",
            Place(file),
        )
    for number, row in enumerate(rows, start=1):
        place = Place(file, row=number)
        if not isinstance(row, Mapping) or not isinstance(row.get("id"), str) or not _text(row.get("uri")):
            raise ValueRefused(
                f"an annotation has an id and a uri, and this has not; so it is not {_WHAT}.", place
            )
        yield row, place


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _threads(rows: Iterator[tuple[Mapping[str, Any], Place]], losses: list[Loss]) -> list[_Thread]:
    """Return annotations in the order of the file, each with its replies, the oldest first."""
    threads: dict[str, _Thread] = {}
    replies: list[tuple[Mapping[str, Any], Place]] = []
    for row, place in rows:
        if row.get("hidden") is True or row.get("moderation_status") in _TURNED_DOWN:
            losses.append(Loss("an annotation that a moderator hid", place))
        elif _listed(row.get("references")):
            replies.append((row, place))
        elif row["id"] in threads:
            losses.append(Loss("an annotation that is in the file twice", place))
        else:
            threads[row["id"]] = _Thread(row, place)
    for row, place in sorted(replies, key=lambda pair: _text(pair[0].get("created"))):
        thread = threads.get(str(_listed(row.get("references"))[0]))
        if thread is None:
            losses.append(Loss("a reply to an annotation that is not in the file", place))
        else:
            thread.replies.append(row)
    return list(threads.values())


def _put(thread: _Thread, targets: dict[str, Target], losses: list[Loss]) -> None:
    row, place = thread.row, thread.place
    url = without_fragment(row["uri"])
    if url not in targets:
        targets[url] = Target(url, place)
    target = targets[url]
    _describe(target, row)
    unknown = sorted(row.keys() - _SERVICE)
    losses.extend(
        Loss(f"{name!r} of an annotation, which the format does not have", place) for name in unknown
    )
    found = _listed(row.get("target"))
    selectors = [one for part in found if isinstance(part, Mapping) for one in _listed(part.get("selector"))]
    quoted = _quoted(selectors, place, losses)
    if quoted is None:
        _remark(thread, target, selectors, losses)
        return
    target.marked.append(
        Marked(
            words=_words(quoted["exact"]),
            prefix=_words(quoted.get("prefix")),
            suffix=_words(quoted.get("suffix")),
            locator=_locator(selectors),
            note=_note(thread),
            tags=tuple(_tags(row)),
            identifiers={"hypothesis": row["id"]},
            place=place,
        )
    )


def _describe(target: Target, row: Mapping[str, Any]) -> None:
    """Take what the annotated page says of itself: its title, and its DOI where there is one."""
    document = row.get("document")
    if not isinstance(document, Mapping):
        return
    titles = document.get("title")
    titles = titles if isinstance(titles, list) else [titles]
    target.title = target.title or next(filter(None, map(_text, titles)), "")
    highwire = document.get("highwire")
    stated = [*_listed(highwire.get("doi"))] if isinstance(highwire, Mapping) else []
    links = [link.get("href") for link in _listed(document.get("link")) if isinstance(link, Mapping)]
    for name in (*stated, *links):
        target.doi = target.doi or doi_of(_text(name), bare=name in stated)


def _quoted(selectors: Sequence[Any], place: Place, losses: list[Loss]) -> Mapping[str, Any] | None:
    """Return the selector that has the words; others are counted among the losses."""
    quoted = None
    for one in selectors:
        kind = one.get("type") if isinstance(one, Mapping) else None
        if kind == "TextQuoteSelector" and _text(one.get("exact")) and quoted is None:
            quoted = one
        elif kind != "PageSelector":
            losses.append(Loss(f"{kind or 'a selector of no kind'}: the words tell the place", place))
    return quoted


def _words(value: Any) -> str:
    return plain(value) if isinstance(value, str) else ""


def _locator(selectors: Sequence[Any]) -> dict[str, str]:
    for one in selectors:
        if isinstance(one, Mapping) and one.get("type") == "PageSelector" and _text(one.get("label")):
            return {"page": _text(one["label"])}
    return {}


def _remark(thread: _Thread, target: Target, selectors: Sequence[Any], losses: list[Loss]) -> None:
    """Keep a note on the page as a whole; one whose place has no words is kept so too, and named."""
    if selectors:
        losses.append(Loss("a place without words: its note is kept with the source", thread.place))
    said = _note(thread)
    if tags := list(_tags(thread.row)):
        said = f"{said}\n{', '.join(f'#{tag}' for tag in tags)}".strip()
    if said:
        target.remarks.append((thread.row["id"], said))


def _note(thread: _Thread) -> str:
    """Return what was written, by whom, and what was replied."""
    told = [plain(_text(thread.row.get("text"))), _signed(thread.row)]
    for reply in thread.replies:
        tags = "".join(f" #{tag}" for tag in _tags(reply))
        told.append(f"Reply of {_signed(reply).strip('()')}: {plain(_text(reply.get('text')))}{tags}".strip())
    return "\n\n".join(
        filter(
            None,
            [" ".join(filter(None, told[:2])) if "\n" not in told[0] else "\n".join(told[:2]), *told[2:]],
        )
    )


def _signed(row: Mapping[str, Any]) -> str:
    """Return who wrote something and when, as ``(felicity, 2026-03-01)``, with the group if it is not the public."""
    info = row.get("user_info")
    name = _text(info.get("display_name")) if isinstance(info, Mapping) else ""
    user = _text(row.get("user")).removeprefix("acct:").removesuffix("@hypothes.is")
    group = _text(row.get("group"))
    parts = [
        name or user,
        _text(row.get("created"))[:10],
        f"group {group}" if group not in ("", _WORLD) else "",
    ]
    said = ", ".join(filter(None, parts))
    return f"({said})" if said else ""


def _tags(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (tag.strip() for tag in _listed(row.get("tags")) if isinstance(tag, str) and tag.strip())
