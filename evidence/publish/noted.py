"""A case's narrative with its notes: beside each, the quote in its context, and what is taken from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidence.publish import wording
from evidence.publish.contexts import in_context
from evidence.publish.data_words import account
from evidence.publish.narratives import Citation, unknown_citation, written
from evidence.publish.resolved import Resolved, place_of
from evidence.publish.views import (
    BlockView,
    Fact,
    NarrativeView,
    NoteView,
    ObservationView,
    SideView,
    SourceRef,
    SourceView,
)

__all__ = ["Cited", "cited_things", "narrative"]

_KINDS = ("document", "page", "folio", "frame", "paragraph", "footnote", "chapter", "line")


@dataclass(frozen=True, slots=True)
class Cited:
    """What narratives may cite, and the texts in which quotes stand."""

    by_key: Mapping[tuple[str, str], Any]  # ("quote" or "source", key) → id
    texts: Mapping[tuple[Any, str], Any]  # a source's id and a text's hash → the text's row


def cited_things(study: Resolved) -> Cited:
    """Return what the narratives of a study may cite, by the keys of today and those of before."""
    by_key: dict[tuple[str, str], Any] = {
        key: i
        for key, i in study.moved.items()
        if key[0] in ("quote", "source") and (i in study.quotes or i in study.sources)
    }
    by_key |= {("source", source.key): i for i, source in study.sources.items()}
    by_key |= {("quote", row.key): i for i, row in study.quotes.items()}
    return Cited(by_key, {(row.source_id, row.sha256): row for row in study.rows.texts})


def narrative(
    study: Resolved,
    things: Cited,
    row: Any,
    parties: Sequence[SideView],
    evidence: Sequence[ObservationView],
    *,
    single: bool,
    level: int,
) -> NarrativeView:
    """Return the view of a case's narrative.

    Args:
        study: the study.
        things: what may be cited.
        row: the case's row.
        parties: its sides, from which it is told where nobody has written.
        evidence: what is on its page.
        single: whether all cases share one page.
        level: the level of its highest heading.

    Raises:
        EvidenceError: it cites what the study does not have.
    """
    if not row.narrative.strip():
        told = account(row, parties)
        alone = (BlockView(told, ()),) if told else ()
        return NarrativeView(
            told, told, alone, (), f"{row.data_set} {row.data_version}".strip() or "the ledger"
        )
    text = written(
        row.narrative,
        case=row.key,
        curl=study.prose is wording.curled,
        at=f"{row.key}:" if single else "",
        level=level,
    )
    cited = ((things.by_key.get(("source", one.key)), _place(one.place)) for one in text.citations)
    study.formatter.prepare((source, place) for source, place in cited if source is not None)
    told_so_far = _Told(study, things, row.key, evidence)
    notes = tuple(told_so_far.note(number, one) for number, one in enumerate(text.citations, 1))
    blocks = tuple(BlockView(html, tuple(notes[n - 1] for n in numbers)) for html, numbers in text.blocks)
    return NarrativeView(text.html, text.plain, blocks, notes, "")


@dataclass(slots=True)
class _Told:
    """A case's notes as they come: a source is cited in full once, and a quote's words stand once."""

    study: Resolved
    things: Cited
    case: str
    evidence: Sequence[ObservationView]
    sources: set[str] = field(default_factory=set)
    quotes: dict[str, int] = field(default_factory=dict)  # the note in which each came first

    def note(self, number: int, citation: Citation) -> NoteView:
        """Return the next note."""
        quote_id = self.things.by_key.get(("quote", citation.key))
        return self._of_source(number, citation) if quote_id is None else self._of_quote(number, quote_id)

    def _of_quote(self, number: int, quote_id: Any) -> NoteView:
        study, quote, row = self.study, self.study.quote(quote_id), self.study.quotes[quote_id]
        first = self.quotes.setdefault(quote.key, number)
        resting = [one for one in self.evidence if any(q.key == quote.key for q in one.quotes)]
        text = self.things.texts.get((row.source_id, row.verified_sha256))
        passage, remark = in_context(study.source_rows[row.source_id], row, text)
        in_full = self._is_first(quote.source.key)
        return NoteView(
            number=number,
            source=_ref(quote.source),
            quote=quote.key,
            citation=quote.citation if in_full else study.formatter.short(row.source_id, place_of(row)),
            words=quote.words,
            translation=quote.translation,
            language=quote.language,
            evidence=resting[0].number if resting else "",
            again=first if first != number else 0,
            quoted=quote,
            passage=passage if first == number else None,
            remark=remark if first == number else "",
            inferred=tuple(_inferences(resting)) if first == number else (),
        )

    def _of_source(self, number: int, citation: Citation) -> NoteView:
        study, things = self.study, self.things
        source_id = things.by_key.get(("source", citation.key))
        if source_id is None:
            raise unknown_citation(self.case, citation, [key for _, key in things.by_key])
        source = study.sources[source_id]
        write = study.formatter.full if self._is_first(source.key) else study.formatter.short
        cited = write(source_id, _place(citation.place))
        return NoteView(number, _ref(source), "", cited, "", "", "", "")

    def _is_first(self, source: str) -> bool:
        first = source not in self.sources
        self.sources.add(source)
        return first


def _inferences(resting: Iterable[ObservationView]) -> Iterable[Fact]:
    return (Fact(one.number, one.inference) for one in resting if one.inference)


def _ref(source: SourceView) -> SourceRef:
    return SourceRef(source.key, source.page, source.title or source.key)


def _place(place: str) -> dict[str, str]:
    """Return what stands after a cited source as a locator: a bare number is a page, else words as they are."""
    kind, _, value = place.partition(" ")
    if value and kind in _KINDS:
        return {kind: value}
    if place and place[0].isdecimal():
        return {"page": place}
    return {"words": place} if place else {}
