"""The sources of a REFI-QDA project: their texts as far as rights allow, else the quoted passages, and what is coded in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import and_, select

from evidence.archive.qdpx_own import CITATION, EXCERPTS, FIELDS
from evidence.exchange.annotations_read import Noted, Passages
from evidence.exchange.annotations_shown import shown
from evidence.exchange.annotations_told import Told
from evidence.exchange.qdpx_cases import Cases, variable_value
from evidence.exchange.qdpx_codes import Book
from evidence.exchange.qdpx_xml import MOMENT, called, element, guid, guid_of, note, sayable, text_element
from evidence.exchange.rights import closed
from evidence.ledger.ordered import in_order
from evidence.ledger.rows import words
from evidence.publish.citations import as_text, locator_words
from evidence.publish.citations import note as cite
from evidence.publish.citing import cited
from evidence.publish.resolved import place_of

__all__ = ["Counts", "Source", "Sources"]

_TEXTS_AT_ONCE = 20
#: What the variables of sources mean.
_MEANT = {name: f"Of a source: {name.replace('_', ' ')}." for name in FIELDS} | {
    "citation": "How the source is cited."
}
_WITHHELD = "nobody has said that rights allow its text to travel."
_ELSEWHERE = "these words are not in its text."
_NOT_HELD = "its text is not held in the ledger."


@dataclass(slots=True)
class Counts:
    """What a project has.

    Attributes:
        sources: how many sources.
        texts: how many texts in full.
        excerpts: of how many sources only passages, because rights keep their text here or none is held.
        quotes: how many passages.
        citations: how many sources are cited only, because there is neither a text of theirs to tell nor a quote.
    """

    sources: int = 0
    texts: int = 0
    excerpts: int = 0
    quotes: int = 0
    citations: int = 0


@dataclass(slots=True)
class Source:
    """A source on its way: its element or elements, its notes, and files with its texts."""

    xml: str = ""
    notes: str = ""
    texts: list[tuple[str, bytes]] = field(default_factory=list)


class Sources:
    """The sources of a study, one after the other; texts and quotes are read beside them, in the same order."""

    def __init__(self, told: Told, book: Book, cases: Cases, user: Callable[[str], str]) -> None:
        """Take the study.

        Args:
            told: the study, as others may read it.
            book: the code book.
            cases: the cases, which are told what speaks to them.
            user: gives the GUID of whoever made something, by key or name.
        """
        self._told, self._book, self._cases, self._user = told, book, cases, user
        self._study = told.study
        self._passages = Passages(told.connection, told.study, by_source=True, around=False)
        self._cited = cited(self._passages.sources.values())
        text = words("text", "study_id source_id content retired_at").c
        held = select(text.source_id).where(
            text.study_id == told.study, text.retired_at.is_(None), text.content.is_not(None)
        )
        self._held = set(told.connection.scalars(held))
        self.counts = Counts()

    def __iter__(self) -> Iterator[Source]:
        """Yield the sources."""
        quotes = groupby(
            (one for one in self._passages if one.row.key not in self._told.quotes), lambda one: one.source.id
        )
        texts = groupby(self._texts(), lambda row: row.source_id)
        next_quotes, next_texts = next(quotes, None), next(texts, None)
        rows = [row for row in self._passages.sources.values() if row.retired_at is None]
        for row in sorted(rows, key=lambda row: row.key):
            mine: list[Noted] = []
            held: list[Any] = []
            if next_quotes is not None and next_quotes[0] == row.id:
                mine, next_quotes = list(next_quotes[1]), next(quotes, None)
            if next_texts is not None and next_texts[0] == row.id:
                held, next_texts = list(next_texts[1]), next(texts, None)
            self.counts.sources += 1
            yield self._source(row, mine, held)

    def _texts(self) -> Iterator[Any]:
        """Yield the texts that may be told, the oldest of a source first."""
        text = words("text", "id study_id source_id sha256 edition content retired_at")
        source = words("source", "id key retired_at")
        t = text.c
        wanted = (
            select(t.id, t.source_id, t.sha256, t.edition, t.content)
            .join(source, and_(source.c.id == t.source_id, source.c.retired_at.is_(None)))
            .where(t.study_id == self._study, t.retired_at.is_(None), t.content.is_not(None))
            .order_by(*in_order(self._told.connection, source.c.key), t.id)
            .execution_options(yield_per=_TEXTS_AT_ONCE)
        )
        allowed = self._told.texts
        for row in self._told.connection.execute(wanted):
            if allowed is None or row.sha256 in allowed:
                yield row

    def _source(self, row: Any, quotes: Sequence[Noted], texts: Sequence[Any]) -> Source:
        made = Source()
        if row.note:
            made.notes += note(guid_of(row.id, "note"), row.note, {})
        placed: dict[str, list[tuple[Noted, int, int]]] = {}
        left = []
        by_hash = {text.sha256: text for text in texts}
        for one in quotes:
            text = by_hash.get(one.row.verified_sha256)
            if (
                text is not None
                and one.placed
                and text.content[one.row.text_start : one.row.text_end].strip()
            ):
                placed.setdefault(text.sha256, []).append((one, one.row.text_start, one.row.text_end))
            else:
                left.append(one)
        kept = [text for text in texts if text.sha256 in placed or text is texts[-1]]
        for text in kept:
            name = f"{row.title} ({text.edition or text.sha256[:8]})" if len(kept) > 1 else row.title
            own = guid(text.id)
            made.texts.append((f"{own}.txt", text.content.encode()))
            path = {"plainTextPath": f"internal://{own}.txt"}
            self._add(made, row, own, name, path, "", "", placed.get(text.sha256, []))
            self.counts.texts += 1
        if left:
            self._excerpts(made, row, left, whole=bool(kept))
        elif not kept:
            self._add(
                made, row, guid(row.id), row.title, {}, f"{CITATION}{self._why(row)}", self._citation(row), ()
            )
            self.counts.citations += 1
        return made

    def _why(self, row: Any) -> str:
        """Return why there is no text of a source."""
        forbidden = closed(row) if self._told.texts is not None else ""
        return f"{forbidden}." if forbidden else _WITHHELD if row.id in self._held else _NOT_HELD

    def _citation(self, row: Any) -> str:
        """Return how a source is cited; one that an import knows by its citation alone, as that had it."""
        further = row.further or {}
        return str(further.get("citation") or "" if not row.csl else "") or as_text(
            cite(self._cited[row.id], {})
        )

    def _excerpts(self, made: Source, row: Any, quotes: Sequence[Noted], *, whole: bool) -> None:
        """Add a source whose text is its quotes, each below its place."""
        content = ""
        places = []
        for one in quotes:
            where = locator_words(place_of(one.row))
            content += f"{sayable(where)}\n" if where else ""
            said = sayable(one.row.words)
            places.append((one, len(content), len(content) + len(said)))
            content += f"{said}\n\n"
        why = _ELSEWHERE if whole else self._why(row)
        name = f"{row.title} (excerpts)" if whole else row.title
        own = guid_of(row.id, "excerpts") if whole else guid(row.id)
        self._add(made, row, own, name, {}, f"{EXCERPTS}{why}", content, places)
        self.counts.excerpts += 1

    def _add(
        self,
        made: Source,
        row: Any,
        own: str,
        name: str,
        path: dict[str, str],
        description: str,
        content: str,
        placed: Sequence[tuple[Noted, int, int]],
    ) -> None:
        values = {"citation": self._citation(row)}
        values |= {field_: str(getattr(row, field_)) for field_ in FIELDS if getattr(row, field_)}
        further = row.further or {}
        for said, value in sorted(further.items()):
            if isinstance(value, (str, int, float)) and said not in values:
                values[said] = str(value)
        for said in values:
            self._cases.use(said, _MEANT.get(said, "What the record of a source said."))
        codes = further.get("codes")
        coded = dict.fromkeys(
            self._book.tagged(str(tag)) for tag in (codes if isinstance(codes, list) else ())
        )
        made.xml += element(
            "TextSource",
            {"guid": own, "name": name, **path},
            text_element("Description", description),
            text_element("PlainTextContent", content),
            *(self._selection(made, own, *place) for place in placed),
            *(
                element(
                    "Coding",
                    {"guid": guid_of(own, f"coding {code}")},
                    element("CodeRef", {"targetGUID": code}),
                )
                for code in coded
            ),
            element("NoteRef", {"targetGUID": guid_of(row.id, "note")}) if row.note else "",
            *(variable_value(self._study, *value) for value in values.items()),
        )
        self.counts.quotes += len(placed)

    def _selection(self, made: Source, source: str, one: Noted, start: int, end: int) -> str:
        row = one.row
        own, by = guid(row.id), self._user(one.author)
        when = row.first_seen_at.strftime(MOMENT)
        for case in one.cases:
            self._cases.speaks(case, source, own)
        notes = [
            (guid_of(row.id, f"{seen.row.id}"), "\n".join(filter(None, (*shown(seen.row), seen.row.note))))
            for seen in one.seen
        ]
        if row.translation:
            by_whom = f"Translation{f' ({row.translator})' if row.translator else ''}: "
            notes.append((guid_of(row.id, "translation"), f"{by_whom}{row.translation}"))
        stamp = {"creatingUser": by, "creationDateTime": when}
        why = {bears.tag: bears for seen in one.seen for bears in seen.bears if bears.note}
        codings = {}
        for tag in one.tags:
            code = self._book.tagged(tag)
            inner = element("CodeRef", {"targetGUID": code})
            if tag in why:
                number = guid_of(row.id, f"{why[tag].id}")
                made.notes += note(number, why[tag].note, stamp)
                inner += element("NoteRef", {"targetGUID": number})
            codings[code] = element("Coding", {"guid": guid_of(row.id, f"coding {code}"), **stamp}, inner)
        for number, told in notes:
            made.notes += note(number, told, stamp)
        return element(
            "PlainTextSelection",
            {
                "guid": own, "name": called(row.words), "startPosition": start, "endPosition": end, **stamp,
            },
            text_element("Description", row.note),
            *codings.values(),
            *(element("NoteRef", {"targetGUID": number}) for number, _ in notes),
        )  # fmt: skip
