"""REFI-QDA projects that this program wrote: known again, so that a project comes back as the study that it was."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from evidence.archive.incoming import Incoming, IncomingSource, Marked
from evidence.models import Quote, Source, Text

if TYPE_CHECKING:
    from evidence.ledger.revisions import Unit

__all__ = ["CITATION", "EXCERPTS", "FIELDS", "GROUPS", "ORIGIN", "known_again", "own_fields"]

#: What a project's origin begins with.
ORIGIN = "evidence "
#: With this the description of a source begins of which a project has the quoted passages, and not the text.
EXCERPTS = "Excerpts only: "
#: With this that of a source of which it has neither.
CITATION = "Citation only: "
#: Codes that gather others and mean nothing by themselves, each with its GUID: they and those below are no concepts.
GROUPS = {
    name: str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:evidence:codes:{name}"))
    for name in ("Variables", "Hypotheses", "Cases", "Tags")
}
#: Fields of a source that a project says as variables of the same name.
FIELDS = (
    "type", "tier", "language", "access", "rights", "repository", "collection", "record_group", "series", "box", "folder",
    "item", "frame",
)  # fmt: skip
#: Under which name sources and quotes keep the GUID that a project gives them.
REFI = "refi"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CHUNK = 500


def own_fields(further: dict[str, Any]) -> dict[str, Any]:
    """Take out of what a source's variables say the values of its fields, and return them."""
    return {name: further.pop(name) for name in FIELDS if name in further}


def known_again(session: Unit, incoming: Incoming, *, own: bool) -> Incoming:
    """Return what a project brings, its sources by their keys where it was written from this very study.

    Passages that are quotes of it are there already; where another program has had the project since, they lose the name
    that it gave them, and are known by their words.

    Args:
        session: the unit of work.
        incoming: what was read.
        own: whether this program wrote the file, and no other since.
    """
    keys = dict(_keys(session, [_guid(item) for item in incoming.items]))
    ours = _quotes(session, [one.identifiers.get(REFI, "") for item in incoming.items for one in item.marked])
    items = tuple(
        IncomingSource(
            key=key, words=item.words, marked=tuple(_left(item.marked, ours, own=own)), place=item.place
        )
        if (key := keys.get(_guid(item), ""))
        else item
        for item in incoming.items
    )
    return replace(incoming, items=items)


def _guid(item: IncomingSource) -> str:
    return str(item.fields.get("identifiers", {}).get(REFI, ""))


def _left(marked: Iterable[Marked], ours: Collection[str], *, own: bool) -> Iterator[Marked]:
    for one in marked:
        if one.identifiers.get(REFI) not in ours:
            yield one
        elif not own:
            yield replace(one, identifiers={})


def _quotes(session: Unit, guids: Sequence[str]) -> set[str]:
    """Return which GUIDs are ids of quotes of this study."""
    ids = [uuid.UUID(one) for one in guids if _ID.fullmatch(one)]
    found: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        wanted = select(Quote.id).where(
            Quote.study_id == session.study_id, Quote.id.in_(ids[start : start + _CHUNK])
        )
        found |= {str(one) for one in session.scalars(wanted)}
    return found


def _keys(session: Unit, guids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the GUIDs that are ids of sources or texts of this study, with the sources' keys."""
    ids = [uuid.UUID(one) for one in guids if _ID.fullmatch(one)]
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        mine = Source.study_id == session.study_id
        for row in session.execute(select(Source.id, Source.key).where(mine, Source.id.in_(some))):
            yield str(row.id), row.key
        texts = select(Text.id, Source.key).join(Source, Source.id == Text.source_id)
        for row in session.execute(texts.where(mine, Text.id.in_(some))):
            yield str(row.id), row.key
