"""The rules as a table for the manual: what each is, why, and who asks for it."""

from __future__ import annotations

from collections.abc import Iterator

from evidence.audit.checks import FAMILIES, RULES

__all__ = ["markdown"]


def markdown() -> str:
    """Return the rules as tables in Markdown, one for each family."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for number, (begins, family) in enumerate(FAMILIES.items()):
        if number:
            yield ""
        yield f"### {begins}: {family}"
        yield ""
        yield "| rule | name | why | asked for by |"
        yield "|---|---|---|---|"
        for rule in RULES:
            if rule.family == family:
                yield f"| {rule.id} | `{rule.slug}` | {rule.reason} | {rule.source} |"
