"""What other pages say of a case, from its own page: small enough to keep for every case of a large study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from evidence.publish.searching import found_in_case
from evidence.publish.source_views import CodeUse, NoteUse, SourceUse, TestUse
from evidence.publish.views import CaseLine, CaseRef, CaseView, CodingView, TestLine, TestView

__all__ = ["line"]


@dataclass(slots=True)
class _Use:
    """What is found on a case's page of one source or quote; the order of what is found is kept."""

    numbers: dict[str, None] = field(default_factory=dict)
    notes: dict[int, None] = field(default_factory=dict)


def line(case: CaseView) -> CaseLine:
    """Return what other pages say of a case."""
    ref = CaseRef(case.key, case.page, case.title, case.years)
    sources, quotes = _uses(case)
    return CaseLine(
        key=case.key,
        former=case.former,
        page=case.page,
        title=case.title,
        number=case.number,
        dates=case.dates,
        years=case.years,
        decade=f"{case.years[:3]}0s" if case.years[:4].isdecimal() else "",
        stage=case.stage,
        episodes=case.episodes,
        participants=case.participants,
        opponents=case.opponents,
        codings=tuple(map(_coding, case.codings)),
        plain=case.narrative.plain,
        factual=case.narrative.factual,
        hypotheses=case.hypotheses,
        tests=tuple(map(_test, case.tests)),
        pieces=len(case.evidence),
        searches=len(case.searches),
        notes=len(case.narrative.notes),
        sources=tuple((key, _source_use(use, ref, case)) for key, use in sources.items()),
        quotes=tuple(
            (key, NoteUse(ref, tuple(use.numbers), tuple(use.notes))) for key, use in quotes.items()
        ),
        found=found_in_case(case),
    )


def _coding(coding: CodingView) -> CodingView:
    """Return a case's codes without what came before and what changed beneath them: only its own page tells that."""
    code = replace(coding.code, changed=()) if coding.code else None
    others = tuple(replace(other, changed=()) for other in coding.others)
    return replace(coding, code=code, others=others, history=())


def _test(test: TestView) -> TestLine:
    return TestLine(
        key=test.key,
        number=test.number,
        kind=test.kind,
        implied=test.implied,
        timing=test.timing,
        result=test.result,
        prediction=test.prediction,
        hypothesis=test.hypothesis_key,
        rival=test.rival_key,
        weight=test.weight,
    )


def _uses(case: CaseView) -> tuple[dict[str, _Use], dict[str, _Use]]:
    """Return where each source and each quote is used."""
    sources: dict[str, _Use] = {}
    quotes: dict[str, _Use] = {}
    for piece in case.evidence:
        for quote in piece.quotes:
            for uses, key in ((sources, quote.source.key), (quotes, quote.key)):
                uses.setdefault(key, _Use()).numbers[piece.number] = None
    for note in case.narrative.notes:
        for uses, key in ((sources, note.source.key), (quotes, note.quote)):
            if key:
                uses.setdefault(key, _Use()).notes[note.number] = None
    return sources, quotes


def _source_use(use: _Use, ref: CaseRef, case: CaseView) -> SourceUse:
    """Return what rests on a source in a case: the tests to which its evidence was brought, and their codes."""
    brought = {b.number for piece in case.evidence if piece.number in use.numbers for b in piece.bearings}
    return SourceUse(
        case=ref,
        numbers=tuple(use.numbers),
        notes=tuple(use.notes),
        tests=tuple(
            TestUse(test.number, test.kind, test.result) for test in case.tests if test.number in brought
        ),
        codes=tuple(_codes(case, brought, use.numbers)),
    )


def _codes(case: CaseView, tests: set[str], evidence: Mapping[str, None]) -> Iterable[CodeUse]:
    for coding in case.codings:
        code = coding.code
        if code is None:
            continue
        through = tuple(number for number in code.tests if number in tests)
        against = tuple(number for number in code.observations if number in evidence)
        if through or against:
            yield CodeUse(code.key, coding.variable, code.value, code.label, code.place, through, against)
