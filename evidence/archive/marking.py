"""Marked passages become quotes, observations and bearings; those that come again are updated."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evidence.archive import remembered
from evidence.archive.adding import Numbers, add_together
from evidence.archive.incoming import Incoming, Loss, Marked
from evidence.archive.knowing_passages import NOTES, OURS, Passage, from_file, names_of, recognise
from evidence.archive.log import edit_quote
from evidence.archive.logged import Added, Edited, Gone, Logged, refuse
from evidence.archive.observing import Seen, observe
from evidence.archive.tags import Meant, Tags
from evidence.errors import EvidenceError, Place, ValueRefused
from evidence.folding import composed
from evidence.keys import tag_line
from evidence.ledger.forms import is_blank
from evidence.ledger.revisions import Unit
from evidence.models import Quote, Source
from evidence.vocabulary import QuoteState

if TYPE_CHECKING:
    from evidence.archive.bringing import Brought

__all__ = ["Logged", "mark"]

#: What a file says of a passage, as fields of a quote.
_FIELDS = ("words", "locator", "language", "transliteration", "translation", "translator", "note")
_CHUNK = 500


def mark(
    session: Unit, incoming: Incoming, brought: Brought, *, strict: bool, case: str | None = None
) -> Logged:
    """Make the passages that were marked in sources quotes, with the observations and bearings that follow.

    A passage that comes again is known by what it is called elsewhere, else by its words. What the file says
    otherwise than before is changed; nothing is retired, and what the file no longer holds is listed.

    Args:
        session: the unit of work.
        incoming: what a reader read.
        brought: what became of its sources.
        strict: stop at the first passage that cannot be brought as it stands; else leave it out, and say so.
        case: the key of the case that observations are of where no tag names one.

    Raises:
        EvidenceError: in strict mode, words are not in the text that is held, or a tag means nothing; the place is named.
    """
    logged = Logged()
    passages = _passages(session, incoming, brought.keys)
    if not passages:
        return logged
    session.flush()
    tags = Tags(session)
    known, gone = recognise(session, passages)
    seen: list[Seen] = []
    new: list[tuple[Passage, Meant]] = []
    for passage, quote in zip(passages, known, strict=True):
        meant = tags.read(passage.marked.tags, case)
        for _, why in meant.unknown:
            refuse(logged.losses, ValueRefused(why), passage.marked.place, strict=strict)
        if quote is None:
            new.append((passage, meant))
        elif one := _again(session, passage, quote, meant, logged, strict=strict):
            seen.append(one)
    seen.extend(_add(session, new, logged, strict=strict))
    observe(session, seen, logged, strict=strict)
    touched = {change.place for change in logged.changed} | {added.place for added in logged.added}
    logged.unchanged = sum(one.marked.place not in touched and not one.changed for one in seen)
    logged.gone[:0] = [Gone("quote", quote.key, quote.words) for quote in gone]
    return logged


def _passages(session: Unit, incoming: Incoming, keys: Sequence[str]) -> list[Passage]:
    """Return the marked passages with their sources' ids, in the order of the files."""
    marked = [(key, item) for key, item in zip(keys, incoming.items, strict=True) if item.marked]
    wanted = list(dict.fromkeys(key for key, _ in marked))
    ids: dict[str, uuid.UUID] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = select(Source.key, Source.id).where(
            Source.study_id == session.study_id, Source.key.in_(wanted[start : start + _CHUNK])
        )
        ids.update((row.key, row.id) for row in session.execute(chunk))
    return [Passage(ids[key], key, one) for key, item in marked for one in item.marked]


def _identifiers(
    passage: Passage, meant: Meant, now: Mapping[str, str], old: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what a quote is called once a passage of this file is known to be it."""
    called = {name: value for name, value in (old or {}).items() if name not in OURS}
    for name, value in passage.marked.identifiers.items():
        block = value.partition("^")[2]
        if name == NOTES and called.get(NOTES):  # the file that it was first typed in keeps it
            called[NOTES] = from_file(called) + (f"^{block}" if block else "")
        else:
            called[name] = value
    if meant.unknown:
        called["tags"] = tag_line(tag.lstrip("#") for tag, _ in meant.unknown)
    return {**called, "record": remembered.written(now)}


def _again(
    session: Unit, passage: Passage, quote: Quote, meant: Meant, logged: Logged, *, strict: bool
) -> Seen | None:
    """Bring a quote that is known to what the file says of it now; nothing if it cannot be."""
    marked = passage.marked
    before, now = (
        remembered.read((quote.identifiers or {}).get("record", "")),
        remembered.digests(marked, meant),
    )
    changed = remembered.differing(before, now)
    if quote.retired_at is not None:
        if changed:
            why = (
                f"quote {quote.key} was retired; 'evidence quote edit {quote.key} --restore' brings it back."
            )
            refuse(logged.refused, ValueRefused(why), marked.place, strict=False)
        return None
    values: dict[str, Any] = {name: _said(marked, name) for name in _FIELDS if name in changed}
    if "words" in values and not marked.locator and "locator" not in before and quote.verified_at:
        values["locator"] = {}  # the page was found with the other words
    if quote.source_id != passage.source_id:
        values["source"] = passage.source_id
    told = [*values, "state"]
    was = {name: _shown(quote, name) for name in told}
    called = _identifiers(passage, meant, now, quote.identifiers)
    if called != quote.identifiers:
        values["identifiers"] = called
    try:
        edit_quote(session, quote, values)
    except EvidenceError as error:
        session.expire(quote)
        refuse(logged.refused, error, marked.place, strict=strict)
        return None
    for name in told:
        if _shown(quote, name) != was[name]:
            logged.changed.append(
                Edited("quote", quote.key, name, was[name], _shown(quote, name), marked.place)
            )
    if quote.state is QuoteState.NOT_FOUND:
        why = f"these words (quote {quote.key}) are not in the text that is held of {passage.source}."
        logged.losses.append(Loss(f"{why} 'evidence verify' shows the nearest.", marked.place))
    return Seen(passage, quote, meant, changed, before)


def _said(marked: Marked, name: str) -> Any:
    value = getattr(marked, name)
    return dict(value) if name == "locator" else value


def _shown(quote: Quote, name: str) -> Any:
    value = getattr(quote, "source_id" if name == "source" else name)
    return value.value if name == "state" else value


def _add(session: Unit, new: Sequence[tuple[Passage, Meant]], logged: Logged, *, strict: bool) -> list[Seen]:
    """Add quotes; each is looked for in the text that is held of its source."""
    numbers = Numbers(session, "quote")
    entries: list[tuple[dict[str, Any], Place]] = []
    kept: list[tuple[Passage, Meant]] = []
    stands: dict[Any, Place] = {}
    for passage, meant in new:
        marked = passage.marked
        try:
            _require_own(passage, stands)
        except EvidenceError as error:
            refuse(logged.refused, error, marked.place, strict=strict)
            continue
        now = remembered.digests(marked, meant)
        values = {name: _said(marked, name) for name in (*_FIELDS, "prefix", "suffix")}
        values = {name: value for name, value in values.items() if value}
        values["words"] = composed(marked.words)
        identifiers = _identifiers(passage, meant, now)
        entries.append(
            (
                {**values, "source": passage.source_id, "identifiers": identifiers, "key": passage.source},
                marked.place,
            )
        )
        kept.append((passage, meant))
    for values, _ in entries:
        values["key"] = numbers.next(f"{values['key']}.")
    rows = add_together(session, "quote", entries, logged.refused, strict=strict)
    seen = []
    for (passage, meant), row in zip(kept, rows, strict=True):
        if row is not None:
            logged.added.append(Added("quote", row.key, passage.marked.place, row.state.value))
            changed = frozenset(remembered.digests(passage.marked, meant))
            seen.append(Seen(passage, row, meant, changed, {}))
    return seen


def _require_own(passage: Passage, stands: dict[Any, Place]) -> None:
    """Refuse a passage without words, and one that is typed twice: nobody could tell the two apart again."""
    marked = passage.marked
    if is_blank(marked.words):
        raise ValueRefused("there are no words here; a quote needs the words as they stand in the source.")
    if names_of(passage.source_id, marked.identifiers):
        return
    same = (passage.source_id, marked.words, tuple(sorted(marked.locator.items())))
    if same in stands:
        raise ValueRefused(
            f"these words of {passage.source} stand at {stands[same]} already; quote them once, or say where they stand again."
        )
    stands[same] = marked.place
