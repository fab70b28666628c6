"""The cases of a REFI-QDA project: their codes as variables, what speaks to them, and why they were coded so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from evidence.exchange.qdpx_codes import Book
from evidence.exchange.qdpx_xml import MOMENT, element, guid, guid_of, note, text_element
from evidence.exchange.tables_codes import Codes
from evidence.keys import natural
from evidence.ledger.among import among
from evidence.ledger.rows import words

__all__ = ["Cases", "variable_value"]

_FACTS = ("start", "end", "status")
_REASONS = (
    ("rationale", ""), ("override_reason", "Not by the rule: "), ("counter_evidence", "Counter-evidence: "),
    ("counterfactual", "Otherwise: "), ("alternative_reason", "Not the next best level: "),
)  # fmt: skip
_SEARCHED = (
    ("question", "Looked for"), ("corpus", "Looked in"), ("period", "Dates"), ("coverage", "Read"), ("gaps", "Not read"),
    ("hits", "Hits"), ("found", "Found"), ("status", "Status"),
)  # fmt: skip


def variable_value(study: Any, name: str, value: Any) -> str:
    """Return what a case or a source has for a variable."""
    target = element("VariableRef", {"targetGUID": guid_of(study, f"variable {name}")})
    return element("VariableValue", {}, target, text_element("TextValue", str(value)))


class Cases:
    """The cases of a study, and the variables of all that a project has."""

    def __init__(self, connection: Connection, study: Any, book: Book) -> None:
        """Read cases and their codes.

        Args:
            connection: an open read.
            study: the study's id.
            book: the code book, in which cases to which something speaks get a code.
        """
        self._connection, self._study, self._book = connection, study, book
        table = words("case", "id study_id key title start end status narrative retired_at")
        wanted = select(table).where(table.c.study_id == study, table.c.retired_at.is_(None))
        rows = sorted(connection.execute(wanted), key=lambda row: natural(row.key))
        self._rows = {row.key: row for row in rows}
        self._codes = Codes(connection, study, {})
        self._spoken: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
        self._used: dict[str, str] = {}
        self._links: list[str] = []

    def speaks(self, case: str, source: str, selection: str) -> str:
        """Note that a passage of a source speaks to a case; return the GUID of the case's code."""
        sources, selections = self._spoken.setdefault(case, ({}, {}))
        sources[source] = selections[selection] = None
        return self._book.case(self._rows[case])

    def use(self, name: str, meaning: str) -> None:
        """Say what a variable of sources means."""
        self._used[name] = meaning

    def variables(self) -> str:
        """Return all variables, with what they mean."""
        said = {scheme.key: scheme.question or scheme.label for scheme in self._codes.schemes.values()}
        said |= {
            "start": "When it began (EDTF).",
            "end": "When it ended (EDTF).",
            "status": "How far it was taken.",
        }
        made = [
            element(
                "Variable",
                {"guid": guid_of(self._study, f"variable {name}"), "name": name, "typeOfVariable": "Text"},
                text_element("Description", meaning),
            )
            for name, meaning in {**said, **self._used, **said}.items()  # a code of the study goes before
        ]
        return element("Variables", {}, *made)

    def xml(self) -> str:
        """Return the cases; nothing if there are none."""
        return element("Cases", {}, *map(self._case, self._rows)) if self._rows else ""

    def _case(self, key: str) -> str:
        row = self._rows[key]
        sources, selections = self._spoken.get(key, ({}, {}))
        codes = [self._book.case(row)] if key in self._spoken else []
        values = [(name, getattr(row, name)) for name in _FACTS if getattr(row, name)]
        for variable in self._codes.schemes:
            code = self._codes.final(key, variable)
            if code is not None and code.value is not None:
                values.append((variable, code.value))
                codes.append(self._book.level(variable, str(code.value)))
        return element(
            "Case",
            {"guid": guid(row.id), "name": key},
            text_element("Description", row.title),
            *(element("CodeRef", {"targetGUID": one}) for one in codes if one),
            *(variable_value(self._study, name, value) for name, value in values),
            *(element("SourceRef", {"targetGUID": one}) for one in sources),
            *(element("SelectionRef", {"targetGUID": one}) for one in selections),
        )

    def notes(self, user: Callable[[str], str]) -> Iterator[str]:
        """Yield narratives, searches, and the reasons of the codes that stand, as notes; each is linked to its case.

        Args:
            user: gives the GUID of a coder by key.
        """
        for key, row in self._rows.items():
            if row.narrative:
                yield self._note(guid_of(row.id, "narrative"), f"Narrative of {key}", row.narrative, row, {})
        for case, search in self._searches():
            told = "\n".join(
                f"{label}: {said}"
                for name, label in _SEARCHED
                if (said := getattr(search, name)) not in (None, "")
            )
            yield self._note(guid(search.id), f"Search {search.key}", told, self._rows[case], {})
        for code, reasons in self._reasons():
            name = f"{code.variable} of {code.case}: {'not codable' if code.value is None else code.value}"
            told = "\n\n".join(
                f"{label}{said}" for column, label in _REASONS if (said := getattr(reasons, column))
            )
            by = {"creatingUser": user(code.coder), "creationDateTime": code.decided_at.strftime(MOMENT)}
            yield self._note(guid(code.id), name, told, self._rows[code.case], by)

    def _note(self, own: str, name: str, told: str, row: Any, by: dict[str, str]) -> str:
        self._links.append(
            element(
                "Link",
                {
                    "guid": guid_of(own, "link"), "name": name, "direction": "OneWay", "originGUID": own, "targetGUID": guid(row.id),
                },
            )
        )  # fmt: skip
        return note(own, told, by, name)

    def _reasons(self) -> Iterator[tuple[Any, Any]]:
        standing = [
            code for some in self._codes.standing.values() for code in some if code.case in self._rows
        ]
        columns = " ".join(column for column, _ in _REASONS)
        table = words("decision", f"id {columns}")
        wanted = select(table).where(among(self._connection, table.c.id, [code.id for code in standing]))
        found = {row.id: row for row in self._connection.execute(wanted)}
        for code in sorted(standing, key=lambda one: natural(one.key)):
            yield code, found[code.id]

    def _searches(self) -> Iterator[tuple[str, Any]]:
        """Yield what was looked for in the cases, each with its case's key."""
        cases = {row.id: key for key, row in self._rows.items()}
        columns = " ".join(column for column, _ in _SEARCHED)
        table = words("search", f"id study_id key case_id retired_at {columns}")
        wanted = select(table).where(table.c.study_id == self._study, table.c.retired_at.is_(None))
        for row in sorted(self._connection.execute(wanted), key=lambda row: natural(row.key)):
            if row.case_id in cases:
                yield cases[row.case_id], row

    def links(self) -> str:
        """Return what leads from notes to cases."""
        return element("Links", {}, *self._links) if self._links else ""
