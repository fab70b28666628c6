"""What a Web Annotation says: its bodies as a note, and those that are tags as tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.archive.annotation_terms import OF, own
from evidence.archive.incoming import Loss
from evidence.archive.note_words import plain, plain_of_html
from evidence.errors import Place

__all__ = ["Said", "said_of"]

_SEVERAL = {"Choice", "Composite", "List", "Independents"}
_BODY = {
    "id",
    "type",
    "value",
    "format",
    "language",
    "purpose",
    "source",
    "items",
    "selector",
    "creator",
    "created",
    "@context",
    OF,
}
#: What most annotations are for; it need not be said.
_USUAL = {"commenting", "tagging", "highlighting", "linking", "describing"}


@dataclass(frozen=True, slots=True)
class Said:
    """What an annotation says: the name it has, its note and its tags; of ours, the other forms of the quoted words."""

    name: str
    note: str
    tags: tuple[str, ...]
    forms: Mapping[str, str] = field(default_factory=dict)


def said_of(node: Mapping[str, Any], losses: list[Loss], place: Place) -> Said:
    """Return what an annotation says.

    Args:
        node: the annotation, in the Recommendation's spelling.
        losses: what could not be carried so far; more may be added.
        place: where it stands.
    """
    notes: list[str] = []
    tags: list[str] = []
    whole = {_last(one) for one in _texts(node.get("motivation"))}
    if isinstance(node.get("bodyValue"), str):
        notes.append(plain(node["bodyValue"]))
    forms: dict[str, str] = {}
    for body in _bodies(node.get("body"), losses, place):
        if _is_form(body):
            forms |= _form(body)
            continue
        _read(body, tagging=whole == {"tagging"}, notes=notes, tags=tags, losses=losses, place=place)
    unusual = ", ".join(sorted(whole - _USUAL))
    signed = [_name(node.get("creator")), _text(node.get("modified") or node.get("created"))[:10], unusual]
    if any(signed) and not own(node):  # ours has its author in a history
        notes.append(f"({', '.join(filter(None, signed))})")
    return Said(_text(node.get("id")), "\n".join(filter(None, notes)), tuple(dict.fromkeys(tags)), forms)


def _is_form(body: Mapping[str, Any]) -> bool:
    return body.get(OF) in ("translation", "transliteration") and bool(_text(body.get("value")))


def _form(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the words of a quote in another language or script, and who translated them."""
    by = _name(body.get("creator")) if body[OF] == "translation" else ""
    return {body[OF]: plain(body["value"]), **({"translator": plain(by)} if by else {})}


def _bodies(value: Any, losses: list[Loss], place: Place) -> Iterator[Mapping[str, Any]]:
    for body in value if isinstance(value, list) else [value]:
        if isinstance(body, str):
            # A text here is an address by the Recommendation, and words by its drafts.
            yield {"id": body} if "://" in body and not body.split()[1:] else {"value": body}
        elif isinstance(body, Mapping):
            kinds = {_last(kind) for kind in _texts(body.get("type"))}
            if kinds & _SEVERAL:
                losses.append(
                    Loss(
                        f"that several bodies are meant as one ({', '.join(sorted(kinds))}); each is kept",
                        place,
                    )
                )
                yield from _bodies(body.get("items"), losses, place)
            else:
                yield body


def _read(
    body: Mapping[str, Any],
    *,
    tagging: bool,
    notes: list[str],
    tags: list[str],
    losses: list[Loss],
    place: Place,
) -> None:
    purposes = {_last(one) for one in _texts(body.get("purpose"))}
    value = _text(body.get("value"))
    if value:
        html = _text(body.get("format")).startswith(("text/html", "application/xhtml"))
        said = plain_of_html(value) if html else plain(value)
        if "tagging" in purposes or (tagging and not purposes):
            tags.append(" ".join(said.split()))
        else:
            signed = ", ".join(filter(None, [_name(body.get("creator")), *sorted(purposes - _USUAL)]))
            notes.append(f"{said} ({signed})" if signed else said)
    elif address := _address(body):
        notes.append(_pointed(body, address, purposes))
    else:
        losses.append(Loss("a body that has neither words nor an address", place))
    losses.extend(Loss(f"{name!r} of a body", place) for name in sorted(body.keys() - _BODY))


def _pointed(body: Mapping[str, Any], address: str, purposes: set[str]) -> str:
    """Return a body that is a document of its own as a line: its address, what it is, and the place in it."""
    source = body.get("source")
    described = source if isinstance(source, Mapping) else body
    about = [*_texts(described.get("type")), _text(described.get("format")), _text(described.get("language"))]
    about = [one for one in (*about, *sorted(purposes)) if one and one != "SpecificResource"]
    selector = body.get("selector")
    place = _text(selector.get("value")) if isinstance(selector, Mapping) else ""
    maker = _name(described.get("creator"))
    said = ", ".join(filter(None, [*about, f"at {place}" if place else "", f"by {maker}" if maker else ""]))
    return f"See {address}" + (f" ({said})" if said else "")


def _address(body: Mapping[str, Any]) -> str:
    source = body.get("source")
    if isinstance(source, Mapping):
        source = source.get("id")
    return _text(source) or _text(body.get("id"))


def _name(who: Any) -> str:
    if isinstance(who, list):
        return ", ".join(filter(None, map(_name, who)))
    if isinstance(who, Mapping):
        return next(
            (_text(who[name]) for name in ("name", "nick", "nickname", "id") if _text(who.get(name))), ""
        )
    return _text(who)


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _last(name: str) -> str:
    return name.rpartition(":")[2].rpartition("#")[2]
