"""Bring annotations into a ledger: to sources that are there, or to new ones; no word of a person is replaced."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from evidence.archive.annotation_terms import ROWS
from evidence.archive.bringing import Brought, bring
from evidence.archive.incoming import Incoming, IncomingSource, Loss, Marked
from evidence.archive.keying import stem
from evidence.archive.knowing import Known, Wanted, identified, known_sources, recognise
from evidence.archive.marking import Logged, mark
from evidence.archive.targets import Annotated, Position
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from evidence.models import Source, Text

__all__ = ["Annotations", "annotate"]

#: What annotations said of a source as a whole, by the annotation's name; kept with what no field holds.
_REMARKS = "remarks"
_ROW = re.compile(re.escape(ROWS) + r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What came of annotations: their sources, their passages, and the sources that got a remark."""

    brought: Brought
    logged: Logged
    remarked: tuple[str, ...]

    @property
    def writes(self) -> bool:
        """Whether anything was written."""
        return self.brought.writes or self.logged.writes or bool(self.remarked)


def annotate(session: Unit, annotated: Annotated) -> Annotations:
    """Bring annotations into a study.

    A source that is there already, by its address or its DOI, keeps everything that is said of it; what is
    remarked on it as a whole is added to its note, once. A passage that is known by its offsets alone gets
    the words that stand there in the text that is held. Nothing is moved to other words.

    Args:
        session: the unit of work.
        annotated: what a reader read.
    """
    incoming = annotated.incoming
    losses: list[Loss] = list(incoming.losses)
    known = _known(session, incoming.items)
    items = []
    for item, source, positions in zip(incoming.items, known, annotated.positions, strict=True):
        placed = tuple(_placed(session, source, positions, losses))
        marked = (*item.marked, *placed)
        there = source is not None and IncomingSource(key=source.key, place=item.place)
        items.append(replace(there or item, marked=marked))
    settled = Incoming(items=tuple(items), losses=tuple(losses))
    brought = bring(session, settled)
    remarked = tuple(_remark(session, brought.keys, annotated.remarks))
    return Annotations(
        brought=brought, logged=mark(session, settled, brought, strict=False), remarked=remarked
    )


def _known(session: Unit, items: Sequence[IncomingSource]) -> list[Known | None]:
    own = _own(session, items)
    wanted = []
    for item in items:
        csl = item.fields.get("csl", {})
        names = identified(item.fields.get("identifiers", {}), csl)
        title = str(item.fields.get("title", ""))
        wanted.append(
            Wanted(
                key=own.get(names.get("canonical", ""), ""),
                stem=stem(item.fields),
                names=names,
                record="",
                title=title,
                author="",
                year="",
            )
        )
    return recognise(wanted, known_sources(session, wanted))


def _own(session: Unit, items: Sequence[IncomingSource]) -> dict[str, str]:
    """Return the keys of the sources of this study whose own ids annotations name, as those do that were written from it."""
    named = [str(item.fields.get("identifiers", {}).get("canonical", "")) for item in items]
    ids = [uuid.UUID(name.removeprefix(ROWS)) for name in named if _ROW.fullmatch(name)]
    found: dict[str, str] = {}
    for start in range(0, len(ids), _CHUNK):
        wanted = select(Source.id, Source.key).where(
            Source.study_id == session.study_id, Source.id.in_(ids[start : start + _CHUNK])
        )
        found |= {f"{ROWS}{row.id}": row.key for row in session.execute(wanted)}
    return found


def _placed(
    session: Unit, source: Known | None, positions: Sequence[Position], losses: list[Loss]
) -> Iterator[Marked]:
    """Yield the passages at some offsets, with the words that stand there in the newest text that is held."""
    if not positions:
        return
    content = None
    if source is not None:
        held = select(Text.content).where(
            Text.study_id == session.study_id,
            Text.source_id == source.id,
            Text.retired_at.is_(None),
            Text.content.is_not(None),
        )
        content = session.scalars(held.order_by(Text.id.desc())).first()
    for one in positions:
        if content is None:
            losses.append(
                Loss("a passage by its offsets alone, of a source whose text is not held", one.marked.place)
            )
            continue
        words = content[one.start : one.end]
        inside = any(
            0 < at < len(content) and content[at - 1].isalnum() and content[at].isalnum()
            for at in (one.start, one.end)
        )
        if one.end > len(content) or inside or not words.strip():
            losses.append(
                Loss(
                    "a passage by its offsets alone, which are not ends of words in the text that is held",
                    one.marked.place,
                )
            )
            continue
        before, after = content[max(one.start - 60, 0) : one.start], content[one.end : one.end + 60]
        yield replace(one.marked, words=words.strip(), prefix=before, suffix=after)


def _remark(
    session: Unit, keys: Sequence[str], remarks: Sequence[Sequence[tuple[str, str]]]
) -> Iterator[str]:
    """Add remarks to the notes of their sources, each once; yield the keys of those whose note changed.

    What was remarked is kept by the annotation's name, so that one that was written anew takes the place of
    what it said before, if that still stands in the note.
    """
    for key, said in zip(keys, remarks, strict=True):
        if not said:
            continue
        row: Source = records.find(session, "source", key)
        further = dict(row.further or {})
        told = dict(further.get(_REMARKS) or {})
        note = row.note or ""
        for name, remark in said:
            before = told.get(name, "")
            if before == remark:
                continue  # as it was brought, whatever a person made of it since
            if before and before in note:
                note = note.replace(before, remark, 1)
            elif remark not in note:
                note = f"{note}\n\n{remark}" if note else remark
            if name:
                told[name] = remark
        if note != row.note or told != (further.get(_REMARKS) or {}):
            records.edit(session, "source", row, {"note": note, "further": {**further, _REMARKS: told}})
            yield key
