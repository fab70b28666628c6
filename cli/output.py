"""How we speak: data on stdout, as lines for people or JSON for programs; talk on stderr."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

__all__ = ["as_json", "counted", "facts", "paragraph", "table", "width"]

_GAP = 2
_ENDS = 2


def width() -> int:
    """Return how many columns to write: the terminal's, but no more than reads well."""
    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def counted(number: int, noun: str) -> str:
    """Return how many there are: ``1 case``, ``2 hypotheses``."""
    words = noun.replace("_", " ")
    if number != 1:
        words = {
            "hypothesis": "hypotheses",
            "search": "searches",
            "alias": "aliases",
            "entity": "entities",
        }.get(noun, f"{words}s")
    return f"{number:,} {words}"


def as_json(value: Any) -> None:
    """Print a value for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def paragraph(text: str, indent: str = "", first: str | None = None) -> str:
    """Return text wrapped to the terminal; ``first`` begins the first line."""
    lines = [
        textwrap.fill(
            line,
            max(width(), len(indent) + 24),
            initial_indent=(indent if first is None else first) if number == 0 else indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, line in enumerate(text.strip().split("\n"))
    ]
    return "\n".join(lines)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows under heads, the last column wrapped to the terminal."""
    cells = [[str(cell) if cell is not None else "" for cell in row] for row in rows]
    if not cells:
        return
    widths = [max(len(row[i]) for row in [list(heads), *cells]) for i in range(len(heads))]
    fixed = sum(widths[:-1]) + _GAP * (len(heads) - 1)
    last = max(width() - fixed, 24)
    for number, row in enumerate([list(heads), *cells]):
        wrapped = textwrap.wrap(row[-1], last) or [""]
        start = "".join(cell.ljust(size + _GAP) for cell, size in zip(row[:-1], widths[:-1], strict=True))
        line = (start + wrapped[0]).rstrip()
        click.echo(click.style(line, bold=True) if number == 0 else line)
        for more in wrapped[1:]:
            click.echo(" " * fixed + more)


def facts(record: dict[str, Any], indent: str = "") -> None:
    """Print a record's fields, one a line, lists and records inside it below it."""
    for line in _lines(record, indent):
        click.echo(line)


def _lines(record: dict[str, Any], indent: str) -> Iterator[str]:
    size = max((len(name) for name, value in record.items() if not _nested(value)), default=0) + 2
    for name, value in record.items():
        label = name.replace("_", " ")
        if not _nested(value):
            shown = "..".join(map(str, value)) if isinstance(value, list) else str(value)
            yield paragraph(shown, indent + " " * size, indent + label.ljust(size))
            continue
        yield f"{indent}{label}"
        if isinstance(value, dict):
            yield from _lines(value, indent + "  ")
            continue
        for item in value:
            if isinstance(item, dict):
                first, *rest = _lines(item, indent + "    ")
                yield f"{indent}  - {first.lstrip()}"
                yield from rest
            else:
                yield paragraph(str(item), indent + "    ", indent + "  - ")


def _nested(value: Any) -> bool:
    """Tell whether a value needs lines of its own; a range, which is two numbers, does not."""
    if isinstance(value, list):
        return not (len(value) == _ENDS and all(isinstance(end, int | float) for end in value))
    return isinstance(value, dict)
