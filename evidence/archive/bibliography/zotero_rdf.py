"""Read RDF as Zotero writes and reads it: its own, the Bibliographic Ontology's, and schema.org's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from evidence.archive.bibliography.items import incoming_of
from evidence.archive.bibliography.rdf import Node, members, nodes_of
from evidence.archive.bibliography.rdf_terms import (
    CONTAINED,
    DATES,
    KINDS,
    NAMES,
    NO_ITEMS,
    NUMBERS,
    PEOPLE,
    PLAIN,
    READ,
    TITLED,
    Z,
    term,
)
from evidence.archive.bibliography.record import Person, Record
from evidence.archive.incoming import Incoming
from evidence.errors import Place, ValueRefused

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_rdf"]

_ITEM_TYPE = f"{Z}itemType"
_IDENTIFIER = re.compile(r"^(ISBN|ISSN|DOI|PMID|PMCID|LCCN)[\s:-]*(.+)$", re.IGNORECASE)
_URI = re.compile(r"zotero\.org/(?P<library>(?:users|groups)/[\w/]+?)/items/(?P<key>[A-Z0-9]{8})")


def read_rdf(root: _Element, file: str) -> Incoming:
    """Return the sources in RDF.

    Args:
        root: the root element, as the hardened parser gives it.
        file: what to call it in places.

    Raises:
        ValueRefused: nothing in it is a source.
    """
    nodes = nodes_of(root)
    inside = {name for node in nodes.values() for name in node.leads(*_terms(node.led, *CONTAINED))}
    found = [node for node in nodes.values() if _is_item(node, inside)]
    if not found:
        raise ValueRefused(
            "nothing in this RDF is a source: a book, an article, a manuscript ...", Place(file)
        )
    return incoming_of([_Reading(node, nodes, file).record() for node in found])


def _is_item(node: Node, inside: set[str]) -> bool:
    kind = node.text(_ITEM_TYPE)
    if kind:
        return kind not in ("attachment", "note", "annotation")
    if any(name in NO_ITEMS for name in map(_local, node.types)):
        return False
    return any(_kind(name) for name in node.types) and node.name not in inside


def _local(name: str) -> str:
    """Return the last part of a term's name: ``{http://purl.org/ontology/bibo/}Book`` is ``Book``."""
    return re.split(r"[}#/]", name.rstrip("}"))[-1]


def _kind(name: str) -> str:
    return KINDS.get(_local(name), "")


class _Reading:
    """One item of RDF being read."""

    def __init__(self, node: Node, nodes: Mapping[str, Node], file: str) -> None:
        """Find its type: what it says itself, or the type of its node."""
        self.node, self.nodes = node, nodes
        kind = node.text(_ITEM_TYPE) or next(filter(None, map(_kind, node.types)), "document")
        self.record_ = Record(kind, Place(file, node.line))

    def record(self) -> Record:
        """Return it as a record."""
        record, node = self.record_, self.node
        record.say("title", node.text(*map(term, TITLED)))
        self._pages()
        self._people()
        self._names()
        self._containers()
        self._publisher()
        self._subjects()
        self._below()
        for name, value in self._literals():
            self._say(name, value)
        for name in DATES:
            record.say(DATES[name], node.text(term(name)))
        return record

    def _literals(self) -> Iterator[tuple[str, str]]:
        """Yield properties that are text, or lead to something that is nowhere described."""
        for name, values in self.node.said.items():
            yield from ((name, value) for value in values if value)
        for name, others in self.node.led.items():
            for other in others:
                if other not in self.nodes:
                    yield name, other

    def _say(self, name: str, value: str) -> None:
        record, local = self.record_, _local(name)
        if name.startswith(Z):
            if local not in READ:
                known = {"type": "type", "archive": "archive"}.get(local, local)
                record.say(known, value)
            return
        if local in READ:
            return
        if local in NUMBERS:
            record.say(NUMBERS[local].get(record.kind, NUMBERS[local][""]), value)
        elif local == "identifier":
            self._identifier(value)
        elif local == "language" and value.startswith("http"):
            record.say("language", value)
        elif local == "abstract" or (local == "description" and name.startswith("{http://schema.org/}")):
            record.keep("abstract", value)
        elif name == "{http://schema.org/}sameAs" and value.startswith("http"):
            record.say("url", value)
        elif local in PLAIN:
            record.say(PLAIN[local], value)
        else:
            record.keep(local, value)

    def _pages(self) -> None:
        first, last = _first(self.node, ("pageStart",)), _first(self.node, ("pageEnd",))
        self.record_.say("pages", "-".join(filter(None, dict.fromkeys((first, last)))))

    def _people(self) -> None:
        for name, role in PEOPLE.items():
            for other in self.node.leads(*_terms(self.node.led, name)):
                for person in self._persons(other, set()):
                    self._person(person, role)
            for value in (said for other in _terms(self.node.said, name) for said in self.node.said[other]):
                family, comma, given = value.partition(",")
                self.record_.people.append(
                    Person(self._role(role), family.strip(), given.strip())
                    if comma
                    else Person(self._role(role), literal=value)
                )

    def _role(self, role: str) -> str:
        primary = {"computerProgram": "programmer", "artwork": "artist", "film": "director", "interview": "interviewee", "patent": "inventor", "map": "cartographer", "presentation": "presenter"}  # fmt: skip
        return primary.get(self.record_.kind, "author") if role == "author" else role

    def _persons(self, name: str, seen: set[str]) -> Iterator[Node]:
        """Yield the people behind a name: one, or the members of a list."""
        node = self.nodes.get(name) or self.nodes.get(f"_:{name}") or self.nodes.get(f"#{name}")
        if node is None or name in seen:
            return
        listed = list(members(node))
        if not listed:
            yield node
        for one in listed:
            yield from self._persons(one, seen | {name})

    def _person(self, node: Node, role: str) -> None:
        family = _first(node, NAMES["family"])
        given = _first(node, NAMES["given"])
        whole = _first(node, NAMES["whole"])
        if family and given:
            self.record_.people.append(Person(self._role(role), family, given))
        elif family or whole:
            self.record_.people.append(Person(self._role(role), literal=family or whole))

    def _names(self) -> None:
        record, node = self.record_, self.node
        found = _URI.search(node.name)
        if found:
            record.names["zotero"] = f"{found['library']}/{found['key']}"
        elif node.name.startswith("http"):
            record.names["rdf"] = node.name
        elif node.name.startswith("urn:isbn:"):
            record.say("ISBN", node.name.removeprefix("urn:isbn:"))
        if cited := node.text(f"{Z}citationKey"):
            record.names["citekey"] = cited
        for other in node.leads(*_terms(node.led, "identifier")):
            inner = self.nodes.get(other)
            if inner is not None and (address := _first(inner, ("value",))):
                record.say("url", address)

    def _identifier(self, value: str) -> None:
        record = self.record_
        found = _IDENTIFIER.match(value)
        if not found:
            doi = re.fullmatch(r"(?:https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", value)
            if doi:
                record.say("DOI", doi[1])
            else:
                record.keep("identifier", value)
            return
        name = found[1].upper()
        if name in ("PMID", "PMCID"):
            record.csl[name] = found[2].strip()
        elif name == "LCCN":
            record.keep(name, found[2].strip())
        else:
            record.say(name, found[2].strip())

    def _containers(self) -> None:
        """Read what the source appeared in: a journal and its issue, a book, a series."""
        waiting = [
            self.nodes[name]
            for name in self.node.leads(*_terms(self.node.led, *CONTAINED))
            if name in self.nodes
        ]
        seen = {self.node.name}
        while waiting:
            outer = waiting.pop(0)
            if outer.name in seen:
                continue
            seen.add(outer.name)
            self._container(outer)
            waiting += [self.nodes[n] for n in outer.leads(*_terms(outer.led, *CONTAINED)) if n in self.nodes]

    def _container(self, outer: Node) -> None:
        record = self.record_
        kinds = {_local(name) for name in outer.types}
        title = outer.text(*map(term, TITLED))
        series = "Series" in kinds or (record.kind == "book" and not kinds & {"Book", "Journal"})
        if series:
            record.say("series", title)
        elif title:
            inside = {"bookSection": "bookTitle", "conferencePaper": "proceedingsTitle", "webpage": "websiteTitle", "blogPost": "blogTitle", "encyclopediaArticle": "encyclopediaTitle", "dictionaryEntry": "dictionaryTitle"}  # fmt: skip
            record.say(inside.get(record.kind, "publicationTitle"), title)
        for name, values in outer.said.items():
            for value in values:
                self._of_container(_local(name), value, series=series)
        for name in DATES:
            if name != "dcterms:dateSubmitted" and DATES[name] not in record.fields:
                record.say(DATES[name], outer.text(term(name)))
        if outer.name.startswith("urn:issn:"):
            record.say("ISSN", outer.name.removeprefix("urn:issn:"))
        self._publisher(outer)

    def _of_container(self, local: str, value: str, *, series: bool) -> None:
        record = self.record_
        if series and local in ("identifier", *NUMBERS):
            record.say("seriesNumber", value)
        elif local == "identifier":
            self._identifier(value)
        elif local in NUMBERS:
            record.say(NUMBERS[local].get(record.kind, NUMBERS[local][""]), value)
        elif local == "alternative":
            record.say("journalAbbreviation", value)
        elif local in ("issn", "eissn", "isbn", "isbn13", "isbn10", "doi"):
            record.say(PLAIN[local], value)

    def _publisher(self, node: Node | None = None) -> None:
        """Read who published, and where: an organization with its address, or a name."""
        node = node or self.node
        for name in node.leads(*_terms(node.led, "publisher", "distributor")):
            body = self.nodes.get(name)
            if body is None:
                continue
            self.record_.say("publisher", _first(body, ("name",)))
            for address in body.leads(*_terms(body.led, "adr")):
                if address in self.nodes:
                    self.record_.say("place", _first(self.nodes[address], ("locality",)))

    def _subjects(self) -> None:
        record = self.record_
        names = _terms({**self.node.said, **self.node.led}, "subject", "keywords", "about")
        tags = [value for name in names for value in self.node.said.get(name, ())]
        for other in self.node.leads(*names):
            inner = self.nodes.get(other)
            if inner is None:
                record.keep("subject", other)
            elif any(_local(kind) == "LCC" for kind in inner.types):
                record.say("callNumber", _first(inner, ("value",)))
            else:
                tags.append(_first(inner, ("value", "prefLabel", "label")))
        record.keep_all("tags", tags)

    def _below(self) -> None:
        """Keep notes, and the names of attachments, with the item that they belong to."""
        record = self.record_
        for name in self.node.leads(*_terms(self.node.led, "isReferencedBy", "link")):
            inner = self.nodes.get(name)
            if inner is None:
                record.keep("attachments", [name])
            elif any(_local(kind) == "Memo" for kind in inner.types):
                record.keep_all("notes", [_first(inner, ("value",))])
            else:
                path = next(iter(inner.leads(*_terms(inner.led, "resource", "identifier"))), "")
                record.keep_all("attachments", [_first(inner, ("title", "path")) or path])
        related = self.node.leads(*_terms(self.node.led, "relation"))
        record.keep_all("relations", related)


def _terms(properties: Iterable[str], *locals_: str) -> list[str]:
    return [name for name in properties if _local(name) in locals_]


def _first(node: Node, names: Iterable[str]) -> str:
    return next(
        (
            value
            for wanted in names
            for name in _terms(node.said, wanted)
            for value in node.said[name]
            if value
        ),
        "",
    )
