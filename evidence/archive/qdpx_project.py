"""The file at the heart of a REFI-QDA project: its sources, codes, users, notes and variables, by GUID."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence.archive.incoming import Loss
from evidence.archive.note_words import plain
from evidence.archive.qdpx_own import GROUPS, ORIGIN
from evidence.errors import Place, ValueRefused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Code", "Project", "child", "children", "guid", "name_of", "read", "text_in"]

#: The standard's names for its two kinds of file, and how some programs write one of them.
_NAMESPACES = {"urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:1:0"}
_ROOTS = {"Project", "CodeBook"}
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
_GROUPS = frozenset(GROUPS.values())
#: Parts of a project that have no place in a ledger, and what one of them is called.
_LOST = {"Sets": "the set", "Links": "the link", "Graphs": "the map of codes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code: its name, the codes that it belongs to from the top, and what it means."""

    name: str
    above: tuple[str, ...]
    description: str
    codable: bool
    ours: bool = (
        False  # a case, a level, a hypothesis or a test of the study that the project was written from
    )


@dataclass(slots=True, kw_only=True)
class Project:
    """What a project says, with links followed by GUID."""

    name: str
    own: bool = False  # this program wrote it
    codes: dict[str, Code] = field(default_factory=dict)
    sources: list[Element] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()  # names that several codes have

    def code_of(self, coding: Element) -> str:
        """Return the name of the code of a coding, below those above it where others are called so; nothing for no code."""
        code = self.codes.get(guid(child(coding, "CodeRef"), "targetGUID"))
        if code is None:
            return ""
        return (
            " > ".join((*code.above, code.name)) if code.name in self.shared and not code.ours else code.name
        )

    def codes_of(self, selection: Element) -> list[str]:
        """Return the names of the codes of a selection, each once."""
        return list(dict.fromkeys(filter(None, map(self.code_of, children(selection, "Coding")))))

    def notes_of(self, node: Element) -> list[str]:
        """Return the notes that a node points at."""
        return [
            note for ref in children(node, "NoteRef") if (note := self.notes.get(guid(ref, "targetGUID")))
        ]

    def user_of(self, node: Element) -> str:
        """Return who made something."""
        return self.users.get(guid(node, "creatingUser"), "")

    def variables_of(self, node: Element) -> Iterator[tuple[str, str]]:
        """Yield what a node has for each variable: its name and the value."""
        for value in children(node, "VariableValue"):
            name = self.variables.get(guid(child(value, "VariableRef"), "targetGUID"), "")
            said = next(filter(None, (text_in(value, kind).strip() for kind in _VALUES)), "")
            if name and said:
                yield name, said


def read(root: Element, place: Place) -> Project:
    """Return what the root of a project, or of a code book, says.

    Raises:
        ValueRefused: it is neither.
    """
    namespace = str(root.tag).partition("}")[0].lstrip("{") if "}" in str(root.tag) else ""
    if name_of(root) not in _ROOTS or namespace not in _NAMESPACES:
        raise ValueRefused(
            f"this is XML of another kind ({str(root.tag)[:80]}), and not a REFI-QDA project.", place
        )
    own = (root.get("origin") or "").startswith(ORIGIN)
    project = Project(name=plain(root.get("name") or ""), own=own)
    book = root if name_of(root) == "CodeBook" else child(root, "CodeBook")
    _codes(child(book, "Codes"), project)
    names = Counter(code.name for code in project.codes.values() if not code.ours)
    project.shared = frozenset(name for name, times in names.items() if times > 1)
    project.users = {
        guid(user): plain(user.get("name") or user.get("id") or "") for user in _inside(root, "Users")
    }
    project.variables = {guid(one): plain(one.get("name") or "") for one in _inside(root, "Variables")}
    project.sources = list(_inside(root, "Sources"))
    project.notes = {guid(note): _note(note) for note in _inside(root, "Notes")}
    _say_losses(root, project, place)
    return project


def _codes(node: Element | None, project: Project) -> None:
    """Collect codes; without recursion, for a tree may be deep."""
    top: tuple[str, ...] = ()
    waiting = [(one, top, False) for one in children(node, "Code")][::-1]
    while waiting:
        one, above, ours = waiting.pop()
        ours = ours or guid(one) in _GROUPS
        name = plain(one.get("name") or "")
        codable = (one.get("isCodable") or "true") in ("true", "1")
        code = Code(
            name=name, above=above, description=plain(text_in(one, "Description")), codable=codable, ours=ours
        )
        if name:
            project.codes[guid(one) or f"code {len(project.codes)}"] = code
        waiting.extend([(inner, (*above, name), ours) for inner in children(one, "Code")][::-1])


def _note(note: Element) -> str:
    said = plain(text_in(note, "PlainTextContent")) or plain(text_in(note, "Description"))
    name = plain(note.get("name") or "")
    told = " ".join(said.split()).startswith(" ".join(name.split()))  # programs name notes by how they begin
    return f"{name}\n{said}" if name and said and not told else said or name


def _say_losses(root: Element, project: Project, place: Place) -> None:
    for tag, what in _LOST.items():
        for one in _inside(root, tag):
            _lose(project, f"{what} {one.get('name') or ''}".strip(), one, place)
    for case in _inside(root, "Cases"):
        said = dict(project.variables_of(case))
        shown = f" ({', '.join(f'{name}: {value}' for name, value in said.items())})" if said else ""
        _lose(
            project,
            f"the case {case.get('name') or guid(case)}{shown[:200]}; cases have keys here",
            case,
            place,
        )
    for note in _inside(root, "Notes"):
        if not project.notes.get(guid(note)):
            _lose(project, "a note whose words are in a file of their own", note, place)
    whole = [plain(text_in(root, "Description")), *project.notes_of(root)]
    said_of_all = (f"what is said of the project as a whole: {one[:200]}" for one in filter(None, whole))
    project.losses.extend(Loss(what, place) for what in said_of_all)


def _lose(project: Project, what: str, node: Element, place: Place) -> None:
    project.losses.append(Loss(what, Place(place.file, node.sourceline)))


def name_of(node: Element) -> str:
    """Return an element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def children(node: Element | None, tag: str) -> Iterator[Element]:
    """Yield the elements of a name right below another."""
    return iter(()) if node is None else (one for one in node if name_of(one) == tag)


def child(node: Element | None, tag: str) -> Element | None:
    """Return the first element of a name right below another."""
    return next(children(node, tag), None)


def _inside(node: Element, tag: str) -> Iterator[Element]:
    for one in children(node, tag):
        yield from one


def text_in(node: Element, tag: str) -> str:
    """Return the text of an element below another, as it stands."""
    found = child(node, tag)
    return "" if found is None else "".join(found.itertext())


def guid(node: Element | Mapping[str, Any] | None, name: str = "guid") -> str:
    """Return a GUID in small letters and without braces: programs write it in either case."""
    value = "" if node is None else node.get(name) or ""
    return str(value).strip().strip("{}").casefold()
