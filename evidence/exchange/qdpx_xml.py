"""Elements of a REFI-QDA file as text: whatever the ledger holds is content, and what XML cannot hold is left out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

__all__ = ["MOMENT", "called", "element", "guid", "guid_of", "note", "sayable", "text_element"]

#: How a moment is written.
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
#: Characters of a text by which programs list it.
_NAMED = 60
#: What no XML 1.0 can say, in whatever spelling.
_UNSAID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def element(name: str, attributes: dict[str, Any], *inner: str) -> str:
    """Return an element; attributes that are empty are left out, and what stands in it is XML already."""
    said = "".join(
        f" {key}={quoteattr(sayable(value))}" for key, value in attributes.items() if value not in (None, "")
    )
    content = "".join(inner)
    return f"<{name}{said}>{content}</{name}>\n" if content else f"<{name}{said}/>\n"


def text_element(name: str, text: str | None) -> str:
    """Return an element with a text in it; nothing where there is none."""
    return f"<{name}>{escape(sayable(text), {chr(13): '&#13;'})}</{name}>\n" if text else ""


def guid(row_id: Any) -> str:
    """Return a record's id as a GUID, the same in every copy of its ledger."""
    return str(uuid.UUID(str(row_id)))


def guid_of(row_id: Any, what: str) -> str:
    """Return the GUID of something that belongs to a record and has no id of its own."""
    return str(uuid.uuid5(uuid.UUID(str(row_id)), what))


def sayable(value: Any) -> str:
    """Return what XML can say of a text: offsets in it count no more than that."""
    return _UNSAID.sub("", str(value))


def called(told: str) -> str:
    """Return the beginning of a text, by which programs list it."""
    return " ".join(told[: 2 * _NAMED].split())[:_NAMED].strip()


def note(own: str, told: str, stamp: Mapping[str, str], name: str = "") -> str:
    """Return a note.

    Args:
        own: its GUID.
        told: what it says.
        stamp: who made it, and when.
        name: what it is called, if not by how it begins.
    """
    said = {"guid": own, "name": name or called(told), **stamp}
    return element("Note", said, text_element("PlainTextContent", told or name))
