"""The environment of the Markdown templates: it escapes by default, and knows a document's own links and notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.publish.documents.markdown import Written, anchor, blocks, code, inline, put, tongue
from evidence.publish.documents.rich import parse
from evidence.publish.environment import Templates
from evidence.publish.environment import templates as kind_of_templates

__all__ = ["Notes", "markdown_templates"]


@dataclass(slots=True)
class Notes:
    """How notes are numbered: through the whole document, or anew with each case, as an EPUB does."""

    before: dict[str, int] = field(default_factory=dict)  # how many stand before a case's own, by its key
    anew: bool = False
    _count: int = 0

    def add(self, case: str, count: int) -> None:
        """Count the notes of the next case."""
        self.before[case] = self._count
        self._count += count

    def number(self, case: str, note: int) -> int:
        """Return what number a note of a case has in the document."""
        return note if self.anew else note + self.before.get(case, 0)


def markdown_templates(own: Path | None, notes: Notes, figures: Mapping[tuple[str, str], str]) -> Templates:
    """Return the Markdown templates, with a user's own before ours.

    Args:
        own: a user's folder, as for the site.
        notes: how notes are numbered; it is asked when a template asks.
        figures: where a figure's file is, by its case and its name; it is asked then, too.

    Raises:
        EvidenceError: as ``environment.templates``.
    """
    return kind_of_templates(
        "document", own, change=lambda environment: _prepare(environment, notes, figures)
    )


def _prepare(environment: Any, notes: Notes, figures: Mapping[tuple[str, str], str]) -> None:
    environment.autoescape = False
    # What Jinja begins its comments with begins an id in Markdown.
    environment.comment_start_string, environment.comment_end_string = "<#", "#>"
    environment.finalize = put
    environment.filters |= {
        "em": lambda text: _round(text, "*"),
        "strong": lambda text: _round(text, "**"),
        "code": code,
        "fact": fact,
        "rich": rich,
        "capital": lambda text: text[:1].upper() + text[1:],
        "item": lambda words: Written(put(words).strip() or "\\ "),
    }
    environment.globals |= {
        "tongue": tongue,
        "place": lambda *names: Written("#" + anchor(*names)),
        "id": lambda *names: Written("{#" + anchor(*names) + "}"),
        "at": at,
        "ats": lambda case, numbers: Written(", ".join(at(case, number) for number in numbers)),
        "to_case": to_case,
        "to_source": lambda key, text: _link(text, "source", key),
        "to_quote": lambda key, text: _link(text, "quote", key),
        "note_mark": lambda case, number: Written(f"[^{anchor(case)}.{number}]"),
        "note_numbers": lambda use: Written(
            ", ".join(str(notes.number(use.case.key, number)) for number in use.notes)
        ),
        "figure": lambda case, name: Written(figures[case, name]),
        "told": told,
        "narrative": narrative,
    }


def _round(text: Any, mark: str) -> Written:
    said = put(text).strip()
    return Written(f"{mark}{said}{mark}" if said else "")


def _link(text: Any, *names: str) -> Written:
    return Written(f"[{put(text)}](#{anchor(*names)})")


def at(case: str, number: str) -> Written:
    """Return a numbered record of a case, T1 or E2, as a link to it."""
    return _link(number, "in", case, number)


def to_case(case: Any) -> Written:
    """Return a case's title as a link to it."""
    return _link(case.title, "case", case.key)


def fact(words: Any, label: Any) -> Written:
    """Return a line of a list of terms; nothing where there are no words."""
    said = put(words).strip() if words or words == 0 else ""
    return Written(f"{put(label)}\n:   {said}\n\n" if said else "")


def rich(html: Any, level: int = 4) -> Written:
    """Return rich text as blocks."""
    return Written(blocks(parse(html), lambda number: "", level=level))  # noqa: ARG005


def narrative(case: Any) -> Written:
    """Return a case's narrative, with the marks of its notes."""
    known = {note.number for note in case.narrative.notes}

    def mark(number: int) -> str:
        return f"[^{anchor(case.key)}.{number}]" if number in known else ""

    return Written(blocks(parse(case.narrative.html), mark))


def told(words: Iterable[Any], case: str) -> Written:
    """Return a sentence in Words, with what it names as links."""
    said = []
    for one in words:
        text = inline([one.words])
        if one.number:
            said.append(_link(Written(text.strip()), "in", case, one.number))
        elif one.source:
            said.append(_link(Written(text.strip()), "source", one.source.key))
        else:
            said.append(Written(text))
    return Written("".join(said))
