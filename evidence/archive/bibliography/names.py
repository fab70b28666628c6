"""Names of people as BibTeX writes them: parted by "and", with von, Jr and what braces hold together."""

from __future__ import annotations

import re

from evidence.archive.bibliography.latex import unlatexed
from evidence.archive.bibliography.record import Person

__all__ = ["bibtex_people"]

_EXTENDED = re.compile(r"(?:^|,)\s*(family|given|prefix|suffix)\s*=", re.IGNORECASE)


def bibtex_people(text: str, role: str) -> tuple[list[Person], bool]:
    """Return the people of a field, and whether it says that there are others.

    ``Beethoven, Ludwig van``, ``Ludwig van Beethoven``, ``King, Jr., Martin Luther`` and ``{United Nations}`` are
    read as BibTeX reads them; von stands with the family name, as in Zotero.
    """
    people, others = [], False
    for name in _parted(text, r"\s+and\s+", keep_case=False):
        if not name.strip():
            continue
        if name.strip().casefold() == "others":
            others = True
            continue
        person = _person(name.strip(), role)
        if person:
            people.append(person)
    return people, others


def _parted(text: str, mark: str, *, keep_case: bool = True) -> list[str]:
    """Part text where a mark stands outside all braces."""
    parts, depth, start, at = [], 0, 0, 0
    shape = re.compile(mark, 0 if keep_case else re.IGNORECASE)
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        depth += (sign == "{") - (sign == "}")
        if depth <= 0 and (sign.isspace() or sign in ",~") and (found := shape.match(text, at)):
            parts.append(text[start:at])
            start = at = found.end()
            continue
        at += 1
    return [*parts, text[start:]]


def _person(name: str, role: str) -> Person | None:
    if name.startswith("{") and name.endswith("}") and _closed_at_end(name):
        words = unlatexed(name)
        return Person(role, literal=words) if words else None
    if _EXTENDED.search(name):
        return _extended(name, role)
    parts = [part.strip() for part in _parted(name, ",")]
    if len(parts) == 1:
        return _in_order(parts[0], role)
    family = unlatexed(parts[0])
    if len(parts) > 2:  # noqa: PLR2004 - von Last, Jr, First
        return Person(role, family, unlatexed(", ".join(parts[2:])), suffix=unlatexed(parts[1]))
    given = unlatexed(parts[1])
    return Person(role, family, given) if given else Person(role, literal=family) if family else None


def _closed_at_end(name: str) -> bool:
    depth = 0
    for at, sign in enumerate(name):
        depth += (sign == "{") - (sign == "}")
        if depth == 0 and at < len(name) - 1:
            return False
    return True


def _extended(name: str, role: str) -> Person:
    said = {}
    for part in _parted(name, ","):
        key, equals, value = part.partition("=")
        if equals:
            said[key.strip().casefold()] = unlatexed(value.strip().strip('"'))
    family = " ".join(filter(None, (said.get("prefix"), said.get("family"))))
    return Person(role, family, said.get("given", ""), suffix=said.get("suffix", ""))


def _in_order(name: str, role: str) -> Person | None:
    """Read given names, von in small letters, and the family name."""
    words = [word for word in _parted(name, r"[\s~]+") if word]
    if not words:
        return None
    if len(words) == 1:
        return Person(role, literal=unlatexed(words[0]))
    von = next((at for at, word in enumerate(words[:-1]) if at and _is_von(word)), None)
    cut = len(words) - 1 if von is None else von
    return Person(role, unlatexed(" ".join(words[cut:])), unlatexed(" ".join(words[:cut])))


def _is_von(word: str) -> bool:
    plain = unlatexed(word) if not word.startswith("{") else ""
    return bool(plain) and plain[0].islower()
