"""Read readers' challenges: W3C Web Annotations that doubt a quote or a code on a page of the appendix.

All of it comes from strangers. What is challenged is named by ``urn:evidence:STUDY:NOUN:KEY``, or by the
place on a page; nothing is fetched, and all words stay words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from evidence.archive.annotations import annotations_in, listed, spelled
from evidence.archive.incoming import Loss
from evidence.archive.json_files import read_json
from evidence.archive.note_words import plain, plain_of_html
from evidence.archive.selectors import selected_of
from evidence.archive.targets import fragment_of
from evidence.errors import Place, ValueRefused, nearest
from evidence.ledger import canonical
from evidence.ledger.forms import is_blank
from evidence.vocabulary import Motivation

__all__ = ["CHALLENGED", "Doubt", "read_challenges"]

#: What can be challenged, and how its place on a page begins.
CHALLENGED = {
    "quote": "quote", "decision": "code", "test": "test", "observation": "observation", "search": "search",
    "case": "case", "source": "source",
}  # fmt: skip
_WHAT = "a challenge"
_URN = "urn:evidence:"
#: Characters of the longest reason, of other words, and of an address or a name.
_REASON, _WORDS, _SHORT = 20_000, 100_000, 500
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WEB = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_MAIL = re.compile(r"[^\s<>\"@:]+@[^\s<>\"@:]+\.[^\s<>\"@:]+")
#: An address within the site: no scheme, no way out of it.
_PAGE = re.compile(r"[^\s<>\"\\:]+")
#: Control characters but for tabs and line ends.
_STEERING = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160)))
_KNOWN = {
    "@context", "id", "type", "motivation", "created", "modified", "creator", "generator", "generated", "body", "bodyValue",
    "target", "rights", "canonical", "evidence:release", "evidence:revision", "evidence:digest",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that one reader doubts.

    Attributes:
        study: the key of the study that it names; empty if it names none.
        noun, key: what is doubted.
        fields: what the ledger keeps of it, by field.
        release, revision: the release and the revision that the reader read, if the file says so.
        place: where it was read.
    """

    study: str
    noun: str
    key: str
    fields: Mapping[str, Any]
    release: str
    revision: int | None
    place: Place


def read_challenges(file: Path, losses: list[Loss]) -> list[Doubt]:
    """Return the challenges in a file.

    Args:
        file: JSON-LD: an annotation, a list, an AnnotationPage or an AnnotationCollection.
        losses: what of it could not be carried is added here.

    Raises:
        ValueRefused: it holds no annotation, or one that is no challenge: without a reason, or of nothing here.
    """
    place = Place(file.name)
    found: list[Doubt] = []
    nodes = annotations_in(spelled(read_json(file, _WHAT)), losses, place)
    for number, node in enumerate(nodes, start=1):
        found += _doubts(node, losses, Place(file.name, field=f"annotation {number}"))
    if not found:
        raise ValueRefused(f"there is no annotation in it, and so it is not {_WHAT}.", place)
    return found


def _doubts(node: Mapping[str, Any], losses: list[Loss], place: Place) -> Iterator[Doubt]:
    losses.extend(Loss(f"{name!r} of an annotation", place) for name in sorted(node.keys() - _KNOWN))
    reason = _reason(node)
    if is_blank(reason):
        raise ValueRefused("this gives no reason; a challenge says what is doubted, and why (body).", place)
    if len(reason) > _REASON:
        raise ValueRefused(
            f"the reason has {len(reason):,} characters, and at most {_REASON:,} are taken; say it shorter.",
            place,
        )
    targets = listed(node.get("target"))
    if not targets:
        raise ValueRefused("this annotation points at nothing; an annotation has a target.", place)
    said = {**_reader(node, losses, place), "reason": reason, "motivation": _motivation(node, losses, place)}
    digest = _text(node.get("evidence:digest"))
    said["digest"] = digest if _DIGEST.fullmatch(digest) else ""
    revision = node.get("evidence:revision")
    for target in targets:
        study, noun, key, about = _subject(target, losses, place)
        yield Doubt(
            study=study,
            noun=noun,
            key=key,
            fields={**said, **about, "annotation": _name(node, noun, key, said)},
            release=_text(node.get("evidence:release"))[:_SHORT],
            revision=revision if type(revision) is int else None,
            place=place,
        )


def _name(node: Mapping[str, Any], noun: str, key: str, said: Mapping[str, Any]) -> str:
    """Return the id of an annotation; of one that has none, a name made from all that it says."""
    given = _text(node.get("id"))
    if given and len(given) <= _SHORT:
        return given
    content = canonical.as_bytes([noun, key, {name: canonical.encode(one) for name, one in said.items()}])
    return f"urn:sha256:{hashlib.sha256(content).hexdigest()}"


def _reason(node: Mapping[str, Any]) -> str:
    parts = [plain(_text(node.get("bodyValue")))]
    for body in listed(node.get("body")):
        if isinstance(body, str):
            parts.append(plain(_text(body)))
        elif isinstance(body, Mapping):
            html = _text(body.get("format")).startswith(("text/html", "application/xhtml"))
            value = _text(body.get("value"))
            parts.append(plain_of_html(value) if html else plain(value))
    return "\n\n".join(filter(None, parts))


def _motivation(node: Mapping[str, Any], losses: list[Loss], place: Place) -> str:
    said = [_text(one).rpartition(":")[2].rpartition("#")[2] for one in listed(node.get("motivation"))]
    known = [one for one in said if one in set(Motivation)]
    losses.extend(
        Loss(f"the motivation {one[:40]!r}; it is taken as a question", place)
        for one in said
        if one and one not in known
    )
    return known[0] if known else Motivation.QUESTIONING.value


def _reader(node: Mapping[str, Any], losses: list[Loss], place: Place) -> dict[str, Any]:
    """Return who wrote it and when, as far as the file says."""
    creators = listed(node.get("creator"))
    creator = creators[0] if creators else None
    named = isinstance(creator, Mapping)
    name = _text(creator.get("name")) if isinstance(creator, Mapping) else ""
    uri = _text(creator.get("id")) if isinstance(creator, Mapping) else _text(creator)
    uri = (
        f"https://orcid.org/{uri}"
        if _ORCID.fullmatch(uri)
        else f"mailto:{uri}"
        if _MAIL.fullmatch(uri)
        else uri
    )
    known = bool(_WEB.fullmatch(uri) or _MAIL.fullmatch(uri.removeprefix("mailto:")))
    if uri and not named and not known:
        name, uri = uri, ""
    if uri and (len(uri) > _SHORT or not known):
        losses.append(Loss("the address of its creator, which is neither one of the web nor of mail", place))
        uri = ""
    return {"by": " ".join(name.split())[:_SHORT], "by_uri": uri, "stated_at": _moment(node, losses, place)}


def _moment(node: Mapping[str, Any], losses: list[Loss], place: Place) -> datetime | None:
    said = _text(node.get("created"))
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        losses.append(Loss(f"when it was written: {said[:40]!r} is no moment", place))
        return None


def _subject(target: Any, losses: list[Loss], place: Place) -> tuple[str, str, str, dict[str, str]]:
    """Return the study, the noun and the key that a target is of, and what it says of words and page."""
    node = {"id": target} if isinstance(target, str) else target
    if not isinstance(node, Mapping):
        raise ValueRefused("this annotation points at nothing; an annotation has a target.", place)
    source = node.get("source")
    address = _text(source.get("id") if isinstance(source, Mapping) else source)
    name = _text(node.get("id"))
    if not name.startswith(_URN):
        address = address or name
    study, noun, key = _named(name, place) if name.startswith(_URN) else ("", *_placed(address, place))
    selected = selected_of(node.get("selector"), "", losses, place)
    about = {name: _text(getattr(selected, name)) for name in ("words", "prefix", "suffix")}
    for field, words in about.items():
        if len(words) > _WORDS:
            raise ValueRefused(
                f"the {field} that it points at have {len(words):,} characters, and at most {_WORDS:,} are taken.",
                place,
            )
    if address and (len(address) > _SHORT or not (_WEB.fullmatch(address) or _PAGE.fullmatch(address))):
        losses.append(
            Loss("the address of its page, which is neither one of the web nor one within a site", place)
        )
        address = ""
    return study, noun, key, {**about, "address": address}


def _named(name: str, place: Place) -> tuple[str, str, str]:
    parts = [unquote(part) for part in name.removeprefix(_URN).split(":")]
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - study, noun, key
        raise ValueRefused(
            f"{name[:80]!r} names nothing; it has the form urn:evidence:STUDY:quote:KEY.", place
        )
    study, noun, key = parts
    if noun not in CHALLENGED:
        near = nearest(noun, CHALLENGED, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"it can be {', '.join(CHALLENGED)}."
        raise ValueRefused(f"{noun[:40]!r} cannot be challenged; {hint}", place)
    return study, noun, key


def _placed(address: str, place: Place) -> tuple[str, str]:
    """Return what a place on a page is of: ``sources/x.html#quote-KEY`` is of a quote."""
    fragment = unquote(fragment_of(address))
    for noun, begins in CHALLENGED.items():
        if fragment.startswith(f"{begins}-") and len(fragment) > len(begins) + 1:
            return noun, fragment.removeprefix(f"{begins}-")
    raise ValueRefused(
        "this annotation points at no quote and no code of an appendix; its target has an id of the form "
        "urn:evidence:STUDY:quote:KEY, or an address that ends in #quote-KEY or #code-KEY.",
        place,
    )


def _text(value: Any) -> str:
    """Return a text as people can have typed it: what steers a terminal is no part of it."""
    return value.translate(_STEERING).strip() if isinstance(value, str) else ""
