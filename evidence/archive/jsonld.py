"""Read JSON-LD as far as its own context goes: terms to IRIs. No context is ever fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Context", "Said", "items_of", "said", "text_of"]


@dataclass(frozen=True, slots=True)
class Context:
    """What the terms of a document mean.

    Attributes:
        vocab: what stands before a term that is not defined.
        terms: the IRI of each term, and the context that holds within it, if it has one.
    """

    vocab: str
    terms: Mapping[str, tuple[str, Any]] = field(default_factory=dict)

    def within(self, more: Any) -> Context:
        """Return the context as a further ``@context`` changes it; one that is a mere address changes nothing."""
        if isinstance(more, list):
            context = self
            for one in more:
                context = context.within(one)
            return context
        if not isinstance(more, Mapping):
            return self
        vocab = more.get("@vocab")
        context = Context(vocab if isinstance(vocab, str) else self.vocab, self.terms)
        terms = dict(self.terms)
        for term, meaning in more.items():
            if term.startswith("@"):
                continue
            inside = meaning.get("@context") if isinstance(meaning, Mapping) else None
            named = meaning.get("@id", term) if isinstance(meaning, Mapping) else meaning
            if isinstance(named, str):
                prefixes = {**terms, **_prefixes(more)}
                terms[term] = (Context(context.vocab, prefixes).iri(named, term), inside)
        return Context(context.vocab, terms)

    def iri(self, name: str, defining: str = "") -> str:
        """Return the IRI of a term, of ``prefix:name``, or of what is one already."""
        if name.startswith("@"):
            return name
        if name in self.terms and name != defining:
            return self.terms[name][0]
        prefix, colon, rest = name.partition(":")
        if colon:
            known = self.terms.get(prefix) if not rest.startswith("//") else None
            return known[0] + rest if known else name
        return self.vocab + name

    def inside(self, name: str) -> Context:
        """Return the context that holds within a term."""
        return self.within(self.terms[name][1]) if name in self.terms else self


def _prefixes(more: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return the terms of a context that are given as whole IRIs: others may be written with them."""
    return {
        term: (iri, None)
        for term, iri in more.items()
        if isinstance(iri, str) and ("://" in iri or iri.startswith("urn:"))
    }


@dataclass(frozen=True, slots=True)
class Said:
    """What a node says by one property: the values, the name used, and the context for what lies within."""

    name: str
    values: tuple[Any, ...]
    context: Context


def said(node: Mapping[str, Any], context: Context) -> dict[str, Said]:
    """Return what a node says, by IRI; lists and sets are opened, values stay as they are."""
    here = context.within(node.get("@context"))
    found: dict[str, Said] = {}
    for name, value in node.items():
        iri = here.iri(name)
        if iri == "@context":
            continue
        before = found[iri].values if iri in found else ()
        found[iri] = Said(name, (*before, *_values(value)), here.inside(name))
    return found


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif isinstance(value, Mapping) and ("@list" in value or "@set" in value):
        yield from _values(value.get("@list", value.get("@set")))
    elif value is not None:
        yield value


def items_of(document: Any, context: Context) -> Iterator[tuple[Mapping[str, Any], Context]]:
    """Yield every node of a document: one, a list, or what its graphs hold, with the context that holds there."""
    if isinstance(document, list):
        for one in document:
            yield from items_of(one, context)
    elif isinstance(document, Mapping):
        here = context.within(document.get("@context"))
        if "@graph" in document:
            yield from items_of(document["@graph"], here)
        else:
            yield document, here


def text_of(value: Any) -> str:
    """Return a value as text: a literal's words, a node's address; nothing for what has neither."""
    if isinstance(value, Mapping):
        value = value.get("@value", value.get("@id", ""))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""
