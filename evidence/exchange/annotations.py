"""A study's quotes as W3C Web Annotations: what Hypothesis, Recogito and other tools for Annotation for Transparent Inquiry read.

Each quote is one annotation: its words with those around them select the place, its note and what it shows are the
body, cases and tests are tags. What the Recommendation has no word for is said in terms of our own
(``archive.annotation_terms``), so that ``evidence import annotations`` brings back what went out.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from sqlalchemy import Connection, func, select

from evidence import __version__
from evidence.archive.annotation_terms import CONTEXT, KEY, LANGUAGE, LOCATOR, OF, ROWS
from evidence.exchange.annotations_read import Noted, Passages
from evidence.exchange.annotations_shown import shown
from evidence.ledger.rows import words
from evidence.publish.citations import as_text, note, web_address
from evidence.publish.cited import Cited
from evidence.publish.citing import cited

__all__ = ["collection", "row_iri"]

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_WEB = ("http://", "https://")


def collection(
    connection: Connection,
    study: Any,
    stream: IO[bytes],
    *,
    cases: Collection[str] = (),
    without: Collection[str] = (),
) -> int:
    """Write the quotes of a study as an AnnotationCollection of one page, in the order of their keys.

    Args:
        connection: an open read.
        study: the study's id.
        stream: where to; it is written while the ledger is read.
        cases: keys of the cases whose quotes are wanted; none wants all.
        without: keys of quotes that are left out.

    Returns:
        How many annotations were written.

    Raises:
        UnknownKey: there is no such case.
    """
    passages = Passages(connection, study, cases=cases)
    about = _About(connection, study, passages)
    # How many there are is only known at the end, and an object's members have no order.
    head = json.dumps(about.head(), ensure_ascii=False, indent=1)[:-2]
    stream.write(f'{head},\n "first": {{\n{about.page()},\n  "items": ['.encode())
    count = 0
    for one in passages:
        if one.row.key in without:
            continue
        told = json.dumps(about.annotation(one), ensure_ascii=False, indent=1)
        # No line of a string begins a line of JSON, so that all lines can be moved in.
        stream.write(f"{',' if count else ''}\n{told}".encode(errors="replace"))
        count += 1
    stream.write(f'\n  ]\n }},\n "total": {count}\n}}\n'.encode())
    return count


def row_iri(row_id: Any) -> str:
    """Return the name of a record that is the same in every copy of its ledger."""
    return f"{ROWS}{uuid.UUID(str(row_id))}"


class _About:
    """What all annotations of a study share."""

    def __init__(self, connection: Connection, study: Any, passages: Passages) -> None:
        table = words("study", "id title language authors")
        self._study = connection.execute(select(table).where(table.c.id == study)).one()
        self._language = self._study.language or "en"
        coder = words("coder", "study_id key name orcid retired_at").c
        people = select(coder.key, coder.name, coder.orcid).where(coder.study_id == study)
        self._people: dict[str, tuple[str, str]] = {}
        for row in connection.execute(people.order_by(coder.key)):
            for called in (row.key, row.name):
                self._people.setdefault(called, (row.name, row.orcid or ""))
        revision = words("revision", "study_id made_at").c
        self._made = connection.scalar(select(func.max(revision.made_at)).where(revision.study_id == study))
        self._cited: dict[Any, Cited] = cited(passages.sources.values())

    def head(self) -> dict[str, Any]:
        """Return what is said of the collection, without how many annotations it has."""
        own = uuid.UUID(str(self._study.id))
        made = {"generated": self._made.strftime(_MOMENT)} if self._made else {}
        creators = [self._person(name) for name in self._study.authors or ()]
        return {
            "@context": CONTEXT,
            "id": f"{ROWS}{uuid.uuid5(own, 'annotations')}",
            "type": "AnnotationCollection",
            "label": self._study.title,
            **({"creator": creators} if creators else {}),
            "generator": {"type": "Software", "name": f"evidence {__version__}"},
            **made,
        }

    def page(self) -> str:
        """Return what is said of the page, as members of its object."""
        own = uuid.UUID(str(self._study.id))
        said = {
            "id": f"{ROWS}{uuid.uuid5(own, 'annotations, page 1')}",
            "type": "AnnotationPage",
            "partOf": f"{ROWS}{uuid.uuid5(own, 'annotations')}",
            "startIndex": 0,
        }
        return ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in said.items())

    def _person(self, called: str) -> dict[str, str]:
        name, orcid = self._people.get(called, (called, ""))
        number = orcid.rpartition("/")[2]
        return {**({"id": f"https://orcid.org/{number}"} if number else {}), "type": "Person", "name": name}

    def annotation(self, one: Noted) -> dict[str, Any]:
        """Return a quote as an annotation."""
        row = one.row
        made: dict[str, Any] = {
            "id": row_iri(row.id),
            "type": "Annotation",
            "motivation": "commenting" if row.note or one.seen else "highlighting",
            KEY: row.key,
        }
        if one.author:
            made["creator"] = self._person(one.author)
        made["created"] = row.first_seen_at.strftime(_MOMENT)
        if bodies := list(self._bodies(one)):
            made["body"] = bodies
        made["target"] = self._target(one)
        return made

    def _bodies(self, one: Noted) -> Iterator[dict[str, Any]]:
        row = one.row
        if row.note:
            yield self._words(row.note, "commenting")
        for seen in one.seen:
            yield self._words("\n".join(shown(seen.row)), "commenting")
        if row.translation:
            by = {"creator": {"type": "Person", "name": row.translator}} if row.translator else {}
            yield {**self._words(row.translation, "describing"), **by, OF: "translation"}
        if row.transliteration:
            language = row.language or one.source.language
            latin = f"{language.partition('-')[0]}-Latn" if language else ""
            said = self._words(row.transliteration, "describing", latin)
            yield {**said, OF: "transliteration"}
        for tag in one.tags:
            yield {"type": "TextualBody", "value": tag, "purpose": "tagging"}

    def _words(self, value: str, purpose: str, language: str | None = None) -> dict[str, Any]:
        told = self._language if language is None else language
        said = {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}
        return {**said, **({"language": told} if told else {})}

    def _target(self, one: Noted) -> dict[str, Any]:
        row, source = one.row, one.source
        citable = self._cited[source.id]
        address = web_address(citable)
        name = row_iri(source.id)
        place = {str(kind): str(where) for kind, where in (row.locator or {}).items()}
        told: dict[str, Any] = {
            "id": address if address.startswith(_WEB) else name,
            "canonical": name,
            "type": "Text",
            "label": source.title or source.key,
            **({"language": source.language} if source.language else {}),
            "dcterms:bibliographicCitation": as_text(note(citable, place)),
            "dcterms:accessRights": ", ".join(filter(None, (source.access, source.rights))),
        }
        made = {"type": "SpecificResource", "source": told, "selector": list(_selectors(one))}
        if place:
            made[LOCATOR] = place
        if row.language:
            made[LANGUAGE] = row.language
        return made


def _selectors(one: Noted) -> Iterator[Mapping[str, Any]]:
    around = {name: value for name, value in (("prefix", one.before), ("suffix", one.after)) if value}
    yield {"type": "TextQuoteSelector", "exact": one.row.words, **around}
    if one.placed:
        yield {"type": "TextPositionSelector", "start": one.row.text_start, "end": one.row.text_end}
