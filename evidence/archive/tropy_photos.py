"""Photographs in an export of Tropy: the file, its checksum, what was selected in it, and what was noted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from evidence.archive.incoming import Loss
from evidence.archive.jsonld import Context, Said, said, text_of
from evidence.archive.note_words import plain, plain_of_html
from evidence.archive.tropy_fields import DC, TERMS, TROPY
from evidence.errors import Place

__all__ = ["Photo", "Selection", "photo_of"]

#: Lengths of checksums in hexadecimal digits.
_ALGORITHMS = {32: "MD5", 40: "SHA-1", 64: "SHA-256"}
_BOX = ("x", "y", "width", "height", "angle")
_IMAGE = ("width", "height", "angle", "mirror", "orientation", "mimetype", "size")
#: What Tropy works out from the file, or keeps to find it on that machine.
_WORKED_OUT = ("color", "density", "protocol", "path", "template")
_UNTOUCHED = (0, False, None, "", 1.0)
_TITLES = (f"{DC}title", f"{TERMS}title", f"{TROPY}title")
_INNER = {f"{TROPY}{name}" for name in ("note", "selection", "transcription", "tag")} | {"@type", "@id"}

_HEX = set("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A box in a photograph, and what was written of it."""

    box: Mapping[str, Any]
    title: str
    notes: tuple[str, ...]
    transcriptions: tuple[str, ...]

    @property
    def box_name(self) -> str:
        """The box in one word, by which it is known when it comes again."""
        return ",".join(str(self.box.get(side, "")) for side in ("x", "y", "width", "height"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photograph of an item."""

    file: str
    known_by: str
    title: str
    said: Mapping[str, Any]
    notes: tuple[str, ...]
    transcriptions: tuple[str, ...]
    selections: tuple[Selection, ...]

    def image(self, *, remarks: bool) -> dict[str, Any]:
        """Return it as a source keeps its images; with ``remarks``, notes on a selection stand with its box."""
        boxes = []
        for selection in self.selections:
            box = {**selection.box, **({"title": selection.title} if selection.title else {})}
            boxes.append(
                {**box, "note": "\n\n".join(selection.notes)} if remarks and selection.notes else box
            )
        return {**self.said, **({"boxes": boxes} if boxes else {})}


def photo_of(
    node: Mapping[str, Any], context: Context, number: int, place: Place, losses: list[Loss]
) -> Photo:
    """Return a photograph from its node; what cannot be carried is added to ``losses``.

    Args:
        node: the photograph as the export has it.
        context: what its terms mean.
        number: its place in the item, from 1.
        place: where it stands.
        losses: what could not be carried so far.
    """
    properties = said(node, context)
    one = {iri: what.values[0] for iri, what in properties.items() if what.values}
    path = text_of(one.get(f"{TROPY}path", ""))
    file = text_of(one.get(f"{TROPY}filename", "")) or _file_of(path)
    checksum = text_of(one.get(f"{TROPY}checksum", ""))
    page = one.get(f"{TROPY}page")
    page = page + 1 if isinstance(page, int) and not isinstance(page, bool) and page >= 0 else None
    title = next((text_of(one[iri]) for iri in _TITLES if iri in one), "")
    algorithm = _ALGORITHMS.get(len(checksum), "") if set(checksum) <= _HEX else ""
    image: dict[str, Any] = {"file": file, "position": number}
    given = {"page": page, "checksum": checksum, "algorithm": algorithm, "title": title}
    image |= {name: value for name, value in given.items() if value}
    image |= _rest(properties, file, title)
    _say_losses(one, path, place, losses)
    return Photo(
        file=file,
        known_by=_known_by(checksum if algorithm else "", file, page),
        title=title,
        said=image,
        notes=tuple(_texts(properties.get(f"{TROPY}note"), "note", place, losses)),
        transcriptions=tuple(_texts(properties.get(f"{TROPY}transcription"), "transcription", place, losses)),
        selections=tuple(_selections(properties.get(f"{TROPY}selection"), place, losses)),
    )


def _file_of(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name


def _known_by(checksum: str, file: str, page: int | None) -> str:
    name = checksum.lower() or file
    return f"{name}:{page}" if name and page and page > 1 else name


def _rest(properties: Mapping[str, Said], file: str, title: str) -> dict[str, Any]:
    """Return what else is said of a photograph, by the last part of each name, unless it says nothing."""
    rest: dict[str, Any] = {}
    for iri, what in properties.items():
        name = iri.removeprefix(TROPY) if iri.startswith(TROPY) else iri.rpartition("/")[2].rpartition("#")[2]
        if iri in _INNER or iri in _TITLES or name in (*_WORKED_OUT, "filename", "checksum", "page"):
            continue
        values = [_scalar(value) for value in what.values]
        values = [value for value in values if value not in _UNTOUCHED or (name in _IMAGE and value)]
        if values and not (name == "title" and values == [title or file]):
            rest[name] = values[0] if len(values) == 1 else values
    return rest


def _scalar(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else text_of(value)


def _say_losses(one: Mapping[str, Any], path: str, place: Place, losses: list[Loss]) -> None:
    if path.startswith(("/", "\\")) or path[1:3] in (":\\", ":/"):
        losses.append(
            Loss("the folder of a photograph on the machine where Tropy ran; its name is kept", place)
        )
    if any(f"{TROPY}{name}" in one for name in ("color", "density")):
        losses.append(Loss("the colour and density that Tropy worked out for a photograph", place))


def _texts(what: Said | None, kind: str, place: Place, losses: list[Loss]) -> Iterator[str]:
    """Yield the words of notes or transcriptions: their HTML is read first, because it has the line ends."""
    for node in what.values if what else ():
        if not isinstance(node, Mapping):
            words = plain(text_of(node))
        else:
            assert what is not None  # noqa: S101 - or there were no values
            properties = said(node, what.context)
            markup = _first(properties, f"{TROPY}html")
            words = plain_of_html(markup) if markup else plain(_first(properties, f"{TROPY}text"))
            if data := _first(properties, f"{TROPY}data"):
                losses.append(Loss(f"where on the photograph the words of a {kind} stand (ALTO)", place))
                words = words or alto_words(data)
        if words:
            yield words


def alto_words(data: str) -> str:
    """Return the words of ALTO, the XML in which text recognition says where they stand: a line for each line.

    Raises:
        ValueRefused: it is not XML, or not such as may be read.
    """
    from evidence.archive.xml import parse  # noqa: PLC0415 - lxml is for the few transcriptions that have it

    blocks: list[str] = []
    for line in parse(data.encode(), "a transcription in ALTO").iter(
        "{*}TextBlock", "{*}TextLine", "{*}String"
    ):
        name = str(line.tag).rpartition("}")[2]
        if name == "String":
            parted = "" if not blocks or blocks[-1].endswith("\n") else " "
            blocks.append(parted + (line.get("CONTENT") or ""))
        elif blocks:
            blocks.append("\n" if name == "TextLine" else "\n\n")
    return plain(re.sub(r"\n{3,}", "\n\n", "".join(blocks)))


def _first(properties: Mapping[str, Said], iri: str) -> str:
    values = properties[iri].values if iri in properties else ()
    return text_of(values[0]) if values else ""


def _selections(what: Said | None, place: Place, losses: list[Loss]) -> Iterator[Selection]:
    for number, node in enumerate(what.values if what else (), start=1):
        where = Place(place.file, field=f"{place.field}, selection {number}")
        if not isinstance(node, Mapping):
            losses.append(Loss("a selection of which only a name is said", where))
            continue
        assert what is not None  # noqa: S101 - or there were no values
        properties = said(node, what.context)
        box = {
            side: properties[f"{TROPY}{side}"].values[0]
            for side in _BOX
            if _has(properties, f"{TROPY}{side}")
        }
        rest = {name: value for name, value in _rest(properties, "", "").items() if name not in _BOX}
        yield Selection(
            box={side: value for side, value in box.items() if side != "angle" or value} | rest,
            title=next((_first(properties, iri) for iri in _TITLES if iri in properties), ""),
            notes=tuple(_texts(properties.get(f"{TROPY}note"), "note", where, losses)),
            transcriptions=tuple(
                _texts(properties.get(f"{TROPY}transcription"), "transcription", where, losses)
            ),
        )


def _has(properties: Mapping[str, Said], iri: str) -> bool:
    return (
        iri in properties
        and bool(properties[iri].values)
        and isinstance(properties[iri].values[0], int | float)
    )
