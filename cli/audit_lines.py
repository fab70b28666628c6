"""The audit of a study in lines: what its codes rest on alone, what is thin, and how tough it was on rivals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from .output import counted, paragraph

if TYPE_CHECKING:
    from evidence.audit.overview import Overview, Put, Share, Toughness

__all__ = ["lines"]

#: Of longer lists so many are named, and the others counted.
_FEW = 6


def lines(found: Overview) -> Iterator[str]:
    """Yield the numbers of a study-level audit, each with the keys of what it is made of."""
    yield _head("Cases")
    yield _line(f"{counted(found.cases, 'case')}: {_tally(found.stages)}")
    yield "\n" + _head("What codes rest on")
    yield _line(
        f"{counted(found.codes, 'code')} of the study's own, {found.supported} with a test that came out for them."
    )
    for one in found.alone:
        if one.codes.part:
            names = _some(f"{key} ({name})" for key, name in one.names)
            yield _line(f"{_share(one.codes)} rest on one {one.what} alone: {names}")
    yield from _shares("overridden: the coder departs from the rule", found.overrides)
    yield from _shares("contested: another coder or publication differs", found.contested)
    yield "\n" + _head("Documents under a code")
    for name, counts in (
        ("Archives", found.archives),
        ("Authors", found.authors),
        ("Languages", found.languages),
        ("Kinds", found.tiers),
    ):
        if counts:
            yield _line(f"{name}: {_tally(counts, found_in='not named')}")
    yield _line(f"Quotes: {_tally(found.quotes)}")
    yield "\n" + _head("Tests")
    yield _line(f"{_share(found.a_priori)} of those attempted were declared before their evidence was seen.")
    yield _line(f"{_share(found.numbers)} state numbers for hypothesis and rival.")
    for tally in found.tests:
        if tally.total:
            yield _line(f"{tally.kind}: {_tally(tally.results)}")
    yield "\n" + _head("Searches")
    yield _line(
        f"{_share(found.searches)} of those made name gaps; {found.without_hits} found nothing; "
        f"{found.unmade} were not made."
    )
    if found.thin:
        yield "\n" + _head("Thin cases")
        yield _line(
            _some(f"{t.case} ({counted(t.tests, 'test')}, {counted(t.pieces, 'piece')})" for t in found.thin)
        )
    if found.toughness:
        yield "\n" + _head("Equally tough on rivals?")
        yield from map(_line, dict.fromkeys(map(_tough, found.toughness)))


def _tough(tough: Toughness) -> str:
    rivals = "; ".join(map(_put, tough.rivals))
    return f"{tough.case} {tough.variable} {tough.value}: {_put(tough.favourite)}, against {rivals}"


def _head(words: str) -> str:
    return click.style(words, bold=True)


def _line(text: str) -> str:
    return paragraph(text, "      ", "  ")


def _put(put: Put) -> str:
    return f"{put.hypothesis} {counted(put.tests, 'test')}, {counted(put.searches, 'search')}"


def _share(share: Share) -> str:
    if share.fraction is None:
        return "0 of 0"
    return f"{share.part} of {share.whole} ({share.fraction:.0%})"


def _shares(words: str, share: Share) -> Iterator[str]:
    if share.part:
        yield _line(f"{_share(share)} {words}: {_some(share.keys)}")


def _some(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    return ", ".join(found[:_FEW]) + more


def _tally(counts: Iterable[tuple[str, int]], found_in: str = "") -> str:
    return _some(f"{name.rstrip('.') or found_in} {number}" for name, number in counts if number)
