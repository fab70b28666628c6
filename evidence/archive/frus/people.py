"""People in FRUS: those whom a volume's list of persons defines, and those from and to whom a document went."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from evidence.archive.frus.tei import ID, TEI, plain, tei, told

__all__ = ["People", "correspondents", "listed", "name_of", "named"]

#: A person as CSL-JSON has one.
Name = dict[str, str]

_INITIALS = re.compile(r"^(?:[A-Z]\.\s?)+\S")
#: Ranks and offices that lists of persons put before given names; ``Sir`` is part of a name.
_RANK = re.compile(
    r"^(?:(?:Vice|Rear|Lieutenant|Lt\.?|Major|Maj\.?|Brigadier|Brig\.?|Field|Air|Chief|Fleet)\s+)*"
    r"(?:General|Gen\.|Admiral|Adm\.|Colonel|Col\.|Captain|Capt\.|Commander|Major|Marshal|Generalissimo|Senator"
    r"|Ambassador|Dr\.|Lieutenant)\s+(?=\S)"
)
#: A heading of volumes that mark nobody as writer or reader: ``Telegram 62911 From X to Y, Washington, ...``.
_FROM_TO = re.compile(
    r"^[^,]{0,80}?\bFrom (?:the )?([^,]{2,120}?(?:, (?:Far East|Pacific|Vietnam))?(?: \([^)]*\))?) [tT]o (?:the )?([^,]{2,160})"
)
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV)\.?$")


@dataclass(frozen=True, slots=True)
class People:
    """A volume's list of persons.

    Attributes:
        names: names as listed, by id.
        alone: family names that only one of them has. Headings say ``(Bundy)``, and the files have marked one
            brother for the other: where there are two, no given name is given.
    """

    names: dict[str, str]
    alone: frozenset[str]


def listed(root: etree._Element) -> People:
    """Return who is defined in a volume's list of persons."""
    found = {}
    for element in root.iter(f"{TEI}persName"):
        known = element.get(ID)
        if known:
            found[known] = told(element).strip(" ,;")
    families = Counter(name.partition(",")[0] for name in found.values())
    return People(found, frozenset(family for family, times in families.items() if times == 1))


def name_of(listed_as: str) -> Name:
    """Return a name as a list has it, ``Bundy, McGeorge`` or ``Ayub Khan``, in its parts."""
    family, comma, rest = listed_as.partition(",")
    given = [part.strip() for part in rest.split(",") if part.strip()]
    if not comma or not given:
        return {"literal": listed_as}
    name = {"family": family.strip(), "given": _RANK.sub("", given[0])}
    if len(given) > 1 and _SUFFIX.match(given[1]):
        name["suffix"] = given[1]
    return name


def correspondents(head: etree._Element, people: People) -> tuple[list[Name], list[Name]]:
    """Return who wrote a document, and to whom, as far as its heading marks them.

    Args:
        head: the heading.
        people: the volume's list of persons.
    """
    sides: dict[str, list[Name]] = {"from": [], "to": []}
    for element in head.iter(*tei("persName", "gloss")):
        side = sides.get(element.get("type") or "")
        if side is not None and not _in_note(element, head):
            name = _correspondent(element, people)
            if name and name not in side:
                side.append(name)
    authors, recipients = sides["from"], sides["to"]
    if not authors and not recipients and (found := _FROM_TO.search(_flowing(head))):
        return [_by_words(found[1], head, people)], [_by_words(found[2], head, people)]
    if recipients and not authors and not re.search(r"\bto\b", _flowing(head), re.IGNORECASE):
        return recipients, []  # "Paper Prepared by ... (McNaughton)", marked as if it went to him
    if not authors:
        _, by, after = _flowing(head).partition(" by ")
        for element in head.iter(f"{TEI}persName") if by else ():
            if not _in_note(element, head) and told(element) in after:
                return [name for name in [_correspondent(element, people)] if name], recipients
    return authors, recipients


def _flowing(head: etree._Element) -> str:
    """Return a heading's words without those of its notes."""
    said: list[str] = []

    def take(element: etree._Element) -> None:
        said.append(element.text or "")
        for child in element:
            if child.tag != f"{TEI}note":
                take(child)
            said.append(child.tail or "")

    take(head)
    return " ".join(plain("".join(said)).split())


def _by_words(said: str, head: etree._Element, people: People) -> Name:
    """Return who is meant by ``Secretary of State`` or ``Deputy Secretary of Defense (Clements)``."""
    words = said.strip(" .")
    bracketed = words.endswith(")") and words.rpartition("(")[2][:-1]
    for element in head.iter(f"{TEI}persName"):
        if not _in_note(element, head) and told(element) in (bracketed, words.rpartition(" ")[2], words):
            return _correspondent(element, people) or {"literal": words}
    if bracketed and bracketed[0].isupper() and " " not in bracketed:
        return {"family": bracketed}
    return {"literal": "President of the United States" if words == "President" else words}


def _in_note(element: etree._Element, head: etree._Element) -> bool:
    return any(one.tag == f"{TEI}note" for one in element.iterancestors() if one is not head)


def _correspondent(element: etree._Element, people: People) -> Name | None:
    said = told(element).strip(" ,;.")
    said += "." if said.endswith((" Jr", " Sr")) else ""
    if not said:
        return None
    if element.tag != f"{TEI}persName":
        said = said.removeprefix("the ").removeprefix("The ")
        return {"literal": "President of the United States" if said == "President" else said}
    known = name_of(people.names.get((element.get("corresp") or "").removeprefix("#"), ""))
    if known.get("family") in people.alone:
        return known
    if " " not in said:
        return {"family": said}
    if _INITIALS.match(said):
        given, _, family = said.rpartition(" ")
        return {"family": family, "given": given}
    return {"literal": said}


def named(division: etree._Element, people: People) -> list[str]:
    """Return the names of the volume's people who are marked anywhere in a document, in the list's spelling."""
    ids = {element.get("corresp") for element in division.iter(f"{TEI}persName")}
    return sorted({people.names[one[1:]] for one in ids if one and one[1:] in people.names})
