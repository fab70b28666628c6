"""What annotations that this program wrote say besides the Recommendation's terms, so that they come back as they went out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["CONTEXT", "KEY", "LANGUAGE", "LOCATOR", "OF", "ROWS", "locator_in", "own"]

#: The Recommendation's context, and the prefix of the terms below.
CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"evidence": "urn:evidence:annotation:"}]
#: Of an annotation: the key that its quote has in the study.
KEY = "evidence:key"
#: Of a target: the quote's language, and where it stands.
LANGUAGE, LOCATOR = "evidence:language", "evidence:locator"
#: Of a body: which form of the quoted words it is, ``translation`` or ``transliteration``.
OF = "evidence:of"
#: A record of a ledger, by its id.
ROWS = "urn:uuid:"


def own(node: Mapping[str, Any]) -> bool:
    """Tell whether this program wrote an annotation."""
    return KEY in node


def locator_in(node: Mapping[str, Any]) -> dict[str, str]:
    """Return the locator that a target names in our terms."""
    said = node.get(LOCATOR)
    if not isinstance(said, Mapping):
        return {}
    return {str(kind): place for kind, place in said.items() if isinstance(place, str) and place.strip()}
