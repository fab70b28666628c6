"""A record as a reference manager has it, by Zotero's names for types and fields: what every reader fills in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from evidence.errors import Place

__all__ = ["Person", "Record"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who had a part in a source: family name and given names, or one name for a body."""

    role: str
    family: str = ""
    given: str = ""
    literal: str = ""
    suffix: str = ""


@dataclass(slots=True)
class Record:
    """One record.

    Attributes:
        kind: Zotero's type, such as ``journalArticle`` or ``letter``.
        fields: its fields by Zotero's names, such as ``publicationTitle`` and ``archiveLocation``, as text.
        people: who made it, in their order.
        csl: fields by CSL's own names, where a format has them; they come before ``fields``.
        names: what it is known by elsewhere: ``zotero``, ``citekey`` ...
        further: what has no field here, by the name that the format has for it.
        place: where it was read.
        exact: what it carries of fields that its format cannot say, if this program wrote it.
    """

    kind: str
    place: Place
    fields: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    csl: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    further: dict[str, Any] = field(default_factory=dict)
    exact: dict[str, Any] = field(default_factory=dict)

    def say(self, name: str, value: str) -> None:
        """Set a field that says nothing yet; what would be a second value is kept beside it."""
        text = value.strip()
        if text and name in self.fields and self.fields[name] != text:
            self.keep(name, text)
        elif text:
            self.fields[name] = text

    def keep(self, name: str, value: Any) -> None:
        """Keep what no field holds, word for word; several of a name as a list."""
        if value in (None, "", [], {}):
            return
        if name not in self.further:
            self.further[name] = value
            return
        before = self.further[name]
        several = before if isinstance(before, list) else [before]
        added = value if isinstance(value, list) else [value]
        if before != value:
            self.further[name] = [*several, *added]

    def keep_all(self, name: str, values: Iterable[Any]) -> None:
        """Keep a list, also if it has one entry."""
        kept = [value for value in values if value not in (None, "", {})]
        if kept:
            self.further[name] = [*self.further.get(name, []), *kept]
