"""Read what Tropy exports: items with their photographs, notes, transcriptions and selections.

An export is JSON-LD: properties are known by their IRIs, whatever a template calls them. What Tropy's notes
hold is taken for a transcription, unless the item has transcriptions of its own, or the reader is told that
they are remarks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from evidence.archive.documents_flow import Flow
from evidence.archive.incoming import Incoming, IncomingSource, Loss, Marked, Words
from evidence.archive.json_files import read_json
from evidence.archive.jsonld import Context, Said, items_of, said, text_of
from evidence.archive.note_words import plain
from evidence.archive.tropy_fields import DC, TERMS, TROPY, fields_of
from evidence.archive.tropy_photos import Photo, photo_of
from evidence.errors import Place, ValueRefused

__all__ = ["Notes", "read_tropy"]

_WHAT = "an export of Tropy"
_EDITION = "transcription in Tropy"
_CONTEXT = 60  # characters on either side by which a selection's words are known
#: Properties of an item that say how it is kept, and those that are read by themselves.
_KEPT = {f"{TROPY}{name}" for name in ("photo", "tag", "list", "template", "item")} | {
    "@type",
    "@id",
    "@context",
}


class Notes(StrEnum):
    """What the notes in Tropy are."""

    AUTO = "auto"
    WORDS = "words"
    REMARKS = "remarks"


def read_tropy(file: Path, *, notes: Notes = Notes.AUTO) -> Incoming:
    """Return the items of an export as sources, with what was transcribed of them.

    Args:
        file: the JSON-LD that Tropy wrote, of any version.
        notes: whether notes are the words of the documents, or remarks on them; by default they are words
            where the item has no transcriptions of its own.

    Raises:
        ValueRefused: it is not such an export.
    """
    document = read_json(file, _WHAT)
    items: list[IncomingSource] = []
    losses: list[Loss] = []
    known: set[str] = set()
    for node, context in items_of(document, Context(TROPY)):
        place = Place(file.name, field=f"item {len(items) + 1}")
        properties = said(node, context)
        if not _is_item(properties):
            raise ValueRefused(f"this is no item as Tropy writes it, and so the file is not {_WHAT}.", place)
        items.append(_item(properties, place, losses, known, notes))
    if not items:
        raise ValueRefused(
            "there is no item in it; select items in Tropy, then export them as JSON-LD.", Place(file.name)
        )
    return Incoming(items=tuple(items), losses=tuple(losses))


def _is_item(properties: Mapping[str, Said]) -> bool:
    kinds = {text_of(kind).rpartition("#")[2] for kind in _of(properties, "@type")}
    return (
        "Item" in kinds or f"{TROPY}photo" in properties or (not kinds and f"{TROPY}template" in properties)
    )


def _of(properties: Mapping[str, Said], iri: str) -> tuple[Any, ...]:
    return properties[iri].values if iri in properties else ()


def _item(
    properties: Mapping[str, Said], place: Place, losses: list[Loss], known: set[str], notes: Notes
) -> IncomingSource:
    photos = list(_photos(properties, place, losses))
    stated = {
        iri: [text for text in map(text_of, what.values) if text]
        for iri, what in properties.items()
        if iri not in _KEPT
    }
    fields = fields_of(stated)
    for iri, value in fields.unclear:
        name = iri.rpartition("/")[2].rpartition("#")[2]
        losses.append(
            Loss(
                f"the {name} {value[:80]!r} is in no form that is known here; it is kept word for word", place
            )
        )
    made = fields.made()
    name = _name(stated, photos, known)
    if not made.get("title"):
        made["title"] = (photos[0].file if photos else "") or f"Item {name}"
        losses.append(Loss("an item without a title is called by its first photograph", place))
    for label in ("tag", "list"):
        if names := [text for text in map(text_of, _of(properties, f"{TROPY}{label}")) if text]:
            made.setdefault("further", {})[f"{label}s in Tropy"] = names
    made["identifiers"] = {**made.get("identifiers", {}), "tropy": name}
    words = notes is not Notes.REMARKS and not (notes is Notes.AUTO and any(p.transcriptions for p in photos))
    laid = _laid(photos, words=words)
    if photos:
        made["images"] = [photo.image(remarks=not words) for photo in photos]
    if not words and (remarks := _remarks(photos)):
        made["note"] = remarks
    marked = tuple(_marked(laid, photos, name, place))
    text = Words(
        content=laid.content, pages=laid.pages, parts=laid.parts, edition=_EDITION, origin=place.file
    )
    return IncomingSource(fields=made, words=(text,) if laid.content else (), marked=marked, place=place)


def _photos(properties: Mapping[str, Said], place: Place, losses: list[Loss]) -> Iterator[Photo]:
    what = properties.get(f"{TROPY}photo")
    for number, node in enumerate(what.values if what else (), start=1):
        where = Place(place.file, field=f"{place.field}, photo {number}")
        if isinstance(node, Mapping):
            assert what is not None  # noqa: S101 - or there were no values
            yield photo_of(node, what.context, number, where, losses)
        else:
            losses.append(Loss("a photograph of which only a name is said", where))


def _name(stated: Mapping[str, list[str]], photos: list[Photo], known: set[str]) -> str:
    """Return what an item is known by when it comes again: its first photograph; Tropy exports no number."""
    photo = next((photo for photo in photos if photo.known_by), None)
    told = [*stated.get(f"{DC}title", []), *stated.get(f"{TERMS}title", []), *stated.get(f"{DC}date", [])]
    name = photo.known_by if photo else _digest(*told)
    if name in known:  # two items of the same photograph
        name = f"{name} {_digest(*told)}"
    if name in known:  # alike in all of that
        name = f"{name} {len(known)}"
    known.add(name)
    return name


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Laid:
    """The words of an item, laid out in the order of its photographs."""

    content: str
    pages: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, str, int, int], ...]
    selected: tuple[tuple[int, int, int, int], ...]  # photo, selection, first offset, offset after the last


def _laid(photos: list[Photo], *, words: bool) -> _Laid:
    flow = Flow()
    pages: list[tuple[str, int]] = []
    selected: list[tuple[int, int, int, int]] = []
    labels = _labels(photos)
    for at, (photo, label) in enumerate(zip(photos, labels, strict=True)):
        begun: int | None = None
        own = photo.transcriptions or (photo.notes if words else ())
        for text in own:
            start, end = flow.add(plain(text))
            begun = start if begun is None else begun
            flow.mark("photo", label, start, end)
        for number, selection in enumerate(photo.selections):
            for text in selection.transcriptions or (selection.notes if words else ()):
                start, end = flow.add(plain(text))
                begun = start if begun is None else begun
                flow.mark("selection", f"{label}.{number + 1}", start, end)
                selected.append((at, number, start, end))
        if begun is not None:
            pages.append((label, begun))
    return _Laid(flow.content(), tuple(pages), tuple(flow.parts), tuple(selected))


def _labels(photos: list[Photo]) -> list[str]:
    """Return what each photograph is called: its title if somebody gave each one of its own, else its number."""
    titles = [photo.title for photo in photos]
    named = all(titles) and len(set(titles)) == len(titles)
    own = named and all(photo.title != Path(photo.file).stem for photo in photos)
    return titles if own else [str(number) for number, _ in enumerate(photos, start=1)]


def _marked(laid: _Laid, photos: list[Photo], name: str, place: Place) -> Iterator[Marked]:
    labels = _labels(photos)
    known: dict[str, int] = {}
    for at, number, start, end in laid.selected:
        selection = photos[at].selections[number]
        called = f"{name} {at + 1} {selection.box_name}"
        known[called] = known.get(called, 0) + 1
        yield Marked(
            words=laid.content[start:end],
            prefix=laid.content[max(start - _CONTEXT, 0) : start],
            suffix=laid.content[end : end + _CONTEXT],
            locator={"frame": labels[at]},
            note=selection.title,
            identifiers={"tropy": called if known[called] == 1 else f"{called} {known[called]}"},
            place=Place(place.file, field=f"{place.field}, photo {at + 1}, selection {number + 1}"),
        )


def _remarks(photos: list[Photo]) -> str:
    """Return the notes as remarks, each with its photograph; those on a selection stay with its box."""
    told = [
        f"Photograph {label}: {plain(text)}" if len(photos) > 1 else plain(text)
        for label, photo in zip(_labels(photos), photos, strict=True)
        for text in photo.notes
    ]
    return "\n\n".join(told)
