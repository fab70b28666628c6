"""Read W3C Web Annotations: what they point at becomes sources, what they quote becomes passages.

Single annotations, lists, collections and pages; the Recommendation's words, those of its drafts (``role``,
``text``, ``members``) and of Open Annotation (``hasBody``). No context is ever fetched. What has no place here
is a loss that names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evidence.archive.annotation_bodies import Said, said_of
from evidence.archive.annotation_terms import KEY, LANGUAGE, LOCATOR, locator_in
from evidence.archive.incoming import Loss, Marked
from evidence.archive.json_files import read_json
from evidence.archive.note_words import plain
from evidence.archive.selectors import Selected, selected_of
from evidence.archive.targets import Annotated, Position, Target, fragment_of, gathered, without_fragment
from evidence.errors import Place, ValueRefused

__all__ = ["annotations_in", "listed", "read_annotations", "spelled"]

_WHAT = "a Web Annotation"
#: How drafts of the standard, and its forerunner, spell what is meant.
_SPELLED = {
    "@id": "id", "@type": "type", "hasBody": "body", "hasTarget": "target", "hasSource": "source", "role": "purpose",
    "hasSelector": "selector", "hasState": "state", "members": "items", "item": "items", "motivatedBy": "motivation",
    "annotatedBy": "creator", "annotatedAt": "created", "serializedBy": "generator", "serializedAt": "generated",
    "hasPurpose": "purpose", "chars": "value", "cnt:chars": "value", "rdf:value": "value", "dcterms:creator": "creator",
    "dcterms:created": "created", "bodyText": "bodyValue", "name": "name",
}  # fmt: skip
_PREFIXES = ("oa:", "as:", "http://www.w3.org/ns/oa#")
_READ = {
    "@context",
    "id",
    "type",
    "body",
    "bodyValue",
    "target",
    "motivation",
    "creator",
    "created",
    "modified",
    "canonical",
    KEY,
}
_LONGEST = 120
_SEVERAL = {"Composite", "List", "Independents"}
#: What a target is, as a type of source.
_TYPES = {
    "Image": "graphic", "StillImage": "graphic", "Video": "motion_picture", "Sound": "song", "Audio": "song",
    "Dataset": "dataset", "Text": "document",
}  # fmt: skip
#: What may be said of a target besides where it is.
_TARGET = {
    "id",
    "type",
    "source",
    "selector",
    "format",
    "language",
    "title",
    "purpose",
    "@context",
    "scope",
    LANGUAGE,
    LOCATOR,
}


class _Found:
    """What annotations were read, by the source they point at."""

    def __init__(self, losses: list[Loss]) -> None:
        """Begin with nothing."""
        self.targets: dict[str, Target] = {}
        self.losses = losses

    def target(self, address: str, place: Place) -> Target:
        """Return the source of an address, the same for every annotation of it."""
        url = without_fragment(address)
        return self.targets.setdefault(url, Target(url, place))


def read_annotations(file: Path) -> Annotated:
    """Return the annotations in a file.

    Args:
        file: JSON-LD: an annotation, a list, an AnnotationPage or an AnnotationCollection.

    Raises:
        ValueRefused: it holds no annotation, or one that points at nothing.
    """
    losses: list[Loss] = []
    found = _Found(losses)
    number = 0
    for node in annotations_in(spelled(read_json(file, _WHAT)), losses, Place(file.name)):
        number += 1
        _read(node, found, Place(file.name, field=f"annotation {number}"))
    if not number:
        raise ValueRefused(f"there is no annotation in it, and so it is not {_WHAT}.", Place(file.name))
    return gathered(found.targets.values(), losses)


def spelled(value: Any) -> Any:
    """Return JSON with its names in the Recommendation's spelling."""
    if isinstance(value, list):
        return [spelled(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {}
    for name, inner in value.items():
        short = next((name[len(prefix) :] for prefix in _PREFIXES if name.startswith(prefix)), name)
        short = _SPELLED.get(short, short)
        short = "value" if short == "text" and value.get("type", value.get("@type")) in _TEXTUAL else short
        made.setdefault(short, inner if name == "@context" else spelled(inner))
    return made


_TEXTUAL = ("TextualBody", "oa:TextualBody", "Text", "EmbeddedContent")


def listed(value: Any) -> list[Any]:
    """Return a value as the list that JSON-LD takes it for."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _kinds(node: Mapping[str, Any]) -> set[str]:
    return {str(kind).rpartition(":")[2].rpartition("#")[2] for kind in listed(node.get("type"))}


def annotations_in(document: Any, losses: list[Loss], place: Place) -> Iterator[Mapping[str, Any]]:
    """Yield the annotations in a document whose names are spelled; what is not in the file is a loss."""
    for node in listed(document):
        if not isinstance(node, Mapping):
            raise ValueRefused(f"{str(node)[:60]!r} is not {_WHAT}.", place)
        kinds = _kinds(node)
        if kinds & {"AnnotationCollection", "AnnotationPage"}:
            first, items = node.get("first"), node.get("items")
            if isinstance(first, str) and items is None:
                losses.append(Loss(f"the page of annotations at {first}, which is not in the file", place))
            if isinstance(node.get("next"), str):
                losses.append(
                    Loss(f"the page of annotations at {node['next']}, which is not in the file", place)
                )
            yield from annotations_in(
                [one for one in (*listed(items), first, node.get("next")) if isinstance(one, Mapping)],
                losses,
                place,
            )
        elif "@graph" in node:
            yield from annotations_in(node["@graph"], losses, place)
        elif "Annotation" in kinds or "target" in node:
            yield node
        else:
            raise ValueRefused(f"an object in it is neither {_WHAT} nor a page of them.", place)


def _read(node: Mapping[str, Any], found: _Found, place: Place) -> None:
    said = said_of(node, found.losses, place)
    unknown = sorted(node.keys() - _READ)
    found.losses.extend(Loss(f"{name!r} of an annotation", place) for name in unknown)
    targets = list(_targets(node.get("target"), found.losses, place))
    if not targets:
        raise ValueRefused("this annotation points at nothing; an annotation has a target.", place)
    for number, target in enumerate(targets, start=1):
        _point(target, said, number if len(targets) > 1 else 0, found, place)


def _targets(value: Any, losses: list[Loss], place: Place) -> Iterator[Mapping[str, Any]]:
    for one in listed(value):
        node = {"id": one} if isinstance(one, str) else one
        if not isinstance(node, Mapping):
            continue
        kinds = _kinds(node)
        if kinds & {*_SEVERAL, "Choice"} and "items" in node:
            losses.append(
                Loss(
                    f"that several targets are meant as one ({', '.join(sorted(kinds))}); each is annotated",
                    place,
                )
            )
            yield from _targets(node["items"], losses, place)
        else:
            yield node


def _point(node: Mapping[str, Any], said: Said, number: int, found: _Found, place: Place) -> None:
    source = node.get("source", node.get("id"))
    described = source if isinstance(source, Mapping) else node
    address = described.get("id") if isinstance(source, Mapping) else source
    if not isinstance(address, str) or not address.strip():
        raise ValueRefused("this annotation points at something without an address.", place)
    target = found.target(address, place)
    _describe(target, described)
    for name in sorted(node.keys() - _TARGET):
        told = [_shown(value) for value in listed(node[name])]
        shown = f" ({', '.join(filter(None, told))})" if any(told) else ""
        found.losses.append(Loss(f"{name!r} of a target{shown[:_LONGEST]}", place))
    selected = selected_of(node.get("selector"), fragment_of(address), found.losses, place)
    selected.locator |= locator_in(node)
    selected.language = plain(str(node.get(LANGUAGE) or ""))
    name = f"{said.name}{f' ({number})' if number else ''}"
    _keep(target, selected, said, name, place, found.losses)


def _shown(value: Any) -> str:
    """Return what a value comes to, in a word or two."""
    if isinstance(value, Mapping):
        value = next((value[name] for name in ("value", "sourceDate", "id") if name in value), "")
    return value if isinstance(value, str) else ""


def _describe(target: Target, node: Mapping[str, Any]) -> None:
    for kind in _kinds(node):
        if kind in _TYPES:
            target.fields.setdefault("type", _TYPES[kind])
    language = node.get("language")
    if isinstance(language, str) and language.strip():
        target.fields.setdefault("language", language.strip())
    if isinstance(node.get("canonical"), str):
        target.canonical = target.canonical or node["canonical"].strip()
    if isinstance(node.get("format"), str):
        target.fields.setdefault("further", {})["format"] = node["format"]
    for name in ("title", "label", "name"):
        if isinstance(node.get(name), str):
            target.title = target.title or plain(node[name])


def _keep(
    target: Target, selected: Selected, said: Said, name: str, place: Place, losses: list[Loss]
) -> None:
    """Keep an annotation with its source: as a passage, as one to be placed, or as a remark on the whole."""
    note = "\n".join(filter(None, [said.note, selected.remark]))
    marked = Marked(
        words=selected.words,
        prefix=selected.prefix,
        suffix=selected.suffix,
        locator=selected.locator,
        language=selected.language,
        **said.forms,
        note=note,
        tags=said.tags,
        identifiers={"annotation": name} if name else {},
        place=place,
    )
    if selected.words:
        target.marked.append(marked)
    elif selected.span:
        target.positions.append(Position(start=selected.span[0], end=selected.span[1], marked=marked))
    else:
        tags = " ".join(f"#{tag}" for tag in said.tags)
        where = ", ".join(f"{kind} {value}" for kind, value in selected.locator.items())
        remark = "\n".join(filter(None, [f"At {where}:" if where else "", note, tags]))
        if remark:
            target.remarks.append((name, remark))
        else:
            losses.append(Loss(f"the annotation {name}: it says nothing of its target", place))
