"""A study's code book for REFI-QDA: concepts, variables with their levels, hypotheses with their tests, each with what it means.

A test has a code for either way in which a passage can bear on it, and a case has one: by those names ``evidence import
qdpx`` knows what a passage speaks to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from evidence.archive.qdpx_own import GROUPS
from evidence.exchange.qdpx_xml import element, guid, guid_of, note, text_element
from evidence.keys import natural
from evidence.ledger.rows import words

__all__ = ["Book", "Code"]

#: The family under which an import keeps codes that stand at the top; they go back there.
_TOP = "code"
#: How an import notes where in its code book a concept stood.
_PART = re.compile(r"Part of (.+)\.")
_WAYS = (("+", "Speaks for"), ("-", "Speaks against"))


@dataclass(slots=True)
class Code:
    """A code: what it is called, what it means, whether passages can have it, the codes below it, and a note on it."""

    guid: str
    name: str
    description: str = ""
    codable: bool = True
    below: list[Code] = field(default_factory=list)
    note: str = ""

    def xml(self, *, noted: bool) -> str:
        """Return it with all that is below it; its note is pointed at if there are notes at all."""
        attributes = {"guid": self.guid, "name": self.name, "isCodable": str(self.codable).lower()}
        return element(
            "Code",
            attributes,
            text_element("Description", self.description),
            element("NoteRef", {"targetGUID": guid_of(self.guid, "note")}) if noted and self.note else "",
            *(one.xml(noted=noted) for one in self.below),
        )


class Book:
    """The code book of a study. A tag that no code is called by gets a code of its own."""

    def __init__(self, connection: Connection, study: Any) -> None:
        """Read it.

        Args:
            connection: an open read.
            study: the study's id.
        """
        self._connection, self._study = connection, study
        self._tags: dict[str, str] = {}
        self._codes = [*self._concepts(), *self._schemes(), *self._hypotheses()]
        self._further: dict[str, Code] = {}
        self._cases: dict[str, Code] = {}

    def case(self, row: Any) -> str:
        """Return the GUID of the code of a case; there is one from now on."""
        made = self._cases.setdefault(row.key, Code(guid_of(row.id, "code"), row.key, row.title))
        self._tags[row.key] = made.guid
        return made.guid

    def tagged(self, tag: str) -> str:
        """Return the GUID of the code that a tag is."""
        if tag not in self._tags:
            self._further[tag] = Code(guid_of(self._study, f"tag {tag}"), tag)
            self._tags[tag] = self._further[tag].guid
        return self._tags[tag]

    def level(self, variable: str, value: str) -> str:
        """Return the GUID of the code of a level; nothing if no version has it."""
        return self._levels.get((variable, value), "")

    def notes(self) -> Iterator[str]:
        """Yield the notes on codes."""
        waiting = self._codes[::-1]
        while waiting:
            code = waiting.pop()
            if code.note:
                yield note(guid_of(code.guid, "note"), code.note, {})
            waiting += code.below[::-1]

    def xml(self, *, noted: bool = False) -> str:
        """Return the codes; nothing if there are none.

        Args:
            noted: whether they stand in a project, which has their notes.
        """
        cases = [self._cases[key] for key in sorted(self._cases, key=natural)]
        further = [self._further[tag] for tag in sorted(self._further, key=natural)]
        codes = [*self._codes, *_group("Tags", further), *_group("Cases", cases)]
        return element("Codes", {}, *(one.xml(noted=noted) for one in codes)) if codes else ""

    def _rows(self, name: str, columns: str) -> list[Any]:
        table = words(name, f"{columns} id study_id retired_at")
        wanted = select(table).where(table.c.study_id == self._study, table.c.retired_at.is_(None))
        return list(self._connection.execute(wanted))

    def _concepts(self) -> Iterator[Code]:
        """Yield the concepts by family; what was imported from a code book stands in the same branches again."""
        found = self._rows("concept", "key family label definition role basis")
        families: dict[str, list[Any]] = {}
        for row in sorted(found, key=lambda row: natural(row.key)):
            families.setdefault(row.family, []).append(row)
        tops: dict[str, Code] = {}
        for family in sorted(families, key=lambda one: (one != _TOP, natural(one))):
            top: list[Code] = []
            for row in sorted(families[family], key=lambda row: len(_above(row))):
                self._branch(row, top)
            if family == _TOP:
                tops |= {one.name: one for one in top}
            elif family in tops:  # what was imported: the code at the top is a concept as well
                tops[family].below += top
            else:
                tops[family] = Code(
                    guid_of(self._study, f"family {family}"), family, codable=False, below=top
                )
        yield from (tops[name] for name in sorted(tops, key=natural))

    def _branch(self, row: Any, level: list[Code]) -> None:
        name = row.label.rpartition(" > ")[2]
        path = ""
        for step in _above(row):
            path = f"{path} > {step}"
            found = next((one for one in level if one.name == step), None)
            if found is None:
                found = Code(guid_of(self._study, f"family {row.family}{path}"), step, codable=False)
                level.append(found)
            level = found.below
        level.append(Code(guid(row.id), name, row.definition))
        top = [row.family] if row.family != _TOP else []
        for called in (" > ".join([*top, *_above(row), name]), row.key, row.label, name, name.lstrip("#")):
            self._tags.setdefault(called, guid(row.id))

    def _schemes(self) -> Iterator[Code]:
        versions: dict[Any, list[Any]] = {}
        for row in self._rows("variable_version", "variable_id version scale levels basis"):
            versions.setdefault(row.variable_id, []).append(row)
        self._levels: dict[tuple[str, str], str] = {}
        made = []
        for row in sorted(
            self._rows("variable", "key label question position"),
            key=lambda row: (row.position, natural(row.key)),
        ):
            code = Code(guid(row.id), row.key, "\n\n".join(filter(None, (row.label, row.question))), codable=False)  # fmt: skip
            for version in sorted(versions.get(row.id, ()), key=lambda one: guid(one.id)):
                code.below += self._values(row.key, version)
            made.append(code)
        yield from _group("Variables", made)

    def _values(self, variable: str, version: Any) -> Iterator[Code]:
        """Yield the levels of a version that no version before had, or had with another meaning."""
        for level in version.levels or ():
            value, label = str(level["value"]), level.get("label") or ""
            examples = "".join(f"\nExample: {one}" for one in level.get("examples") or ())
            described = f"{level.get('definition') or label}{examples}"
            own = guid_of(version.id, f"level {value}")
            if (variable, value) in self._levels:
                label = f"{label} (version {version.version})"
            self._levels[variable, value] = own
            yield Code(own, f"{variable} {value}: {label}".removesuffix(": "), described)

    def _hypotheses(self) -> Iterator[Code]:
        rows = self._rows("hypothesis", "key statement mechanism")
        said = {row.id: row for row in rows}
        tests: dict[Any, list[Code]] = {}
        found = self._rows("test", "key hypothesis_id rival_id kind prediction if_false note")
        for row in sorted(found, key=lambda row: natural(row.key)):
            tests.setdefault(row.hypothesis_id, []).append(self._test(row, said))
        made = []
        for row in sorted(rows, key=lambda row: natural(row.key)):
            meaning = "\n\n".join(filter(None, (row.statement, row.mechanism)))
            made.append(Code(guid(row.id), row.key, meaning, codable=False, below=tests.get(row.id, [])))
        yield from _group("Hypotheses", made)

    def _test(self, row: Any, said: dict[Any, Any]) -> Code:
        rival = said[row.rival_id].statement if row.rival_id in said else ""
        kind = row.kind.replace("_", " ")
        meaning = f"A {kind} test against: {rival}\n\nIf true: {row.prediction}\n\nIf false: {row.if_false}"
        code = Code(guid(row.id), row.key, meaning, codable=False, note=row.note)
        for sign, way in _WAYS:
            inner = Code(guid_of(row.id, sign), f"{row.key}{sign}", f"{way} what test {row.key} is of.")
            self._tags[inner.name] = inner.guid
            code.below.append(inner)
        return code


def _above(row: Any) -> list[str]:
    """Return the codes between a concept's family and itself: as an import noted them, else as its label has them."""
    told = _PART.fullmatch(row.role or "")
    family, *above = told[1].split(" > ") if told else [""]
    return above if family == row.family else row.label.split(" > ")[:-1]


def _group(name: str, codes: list[Code]) -> Iterator[Code]:
    if codes:
        yield Code(GROUPS[name], name, codable=False, below=codes)
