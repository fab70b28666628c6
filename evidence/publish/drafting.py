"""Lay out a case's narrative from what the ledger has, for its author to write over. Nothing in it is invented."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from evidence.audit.narrated import DRAFT
from evidence.publish.one_case import case_view
from evidence.publish.views import (
    CaseView,
    CodeView,
    CodingView,
    ObservationView,
    QuoteView,
    SearchView,
    TestView,
)
from evidence.publish.wording import listed

__all__ = ["as_text", "draft"]

_ENDED = re.compile(r"[.!?…。！？]['\"”’»」』)\]]*\Z")
_MARKUP = re.compile(r"[\\`*<]|(?<![^\W_])_|_(?![^\W_])|\[(?=@)|\[(?![^\[\]@]*\](?![(\[:]))|&(?=#?\w+;)")
#: What begins a line as Markdown's own: a heading, a list, a quotation, a rule, a line under a heading.
_BEGINS = re.compile(r"(?:#{1,6}(?=\s|\Z)|>|[-+=~](?=\s|[-=~\s]*\Z)|~~~)")
_COUNTED = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_SETTLED = {"passed": 0, "failed": 0, "inconclusive": 1, "not attempted": 2}
_KINDS = {"doubly decisive": 0, "smoking gun": 1, "hoop": 2, "straw in the wind": 3}


def draft(connection: Connection, study_id: Any, key: str) -> str:
    """Return a case's narrative laid out in Markdown: a first line that says what it is, then only the ledger's words.

    In it follow each other what the data say, each code with its reasons, the tests in the order in which they matter,
    the evidence in the order of events with its quotes, what speaks against the codes, and searches without a result.

    Args:
        connection: an open read on the ledger.
        study_id: the study's id as the driver has it.
        key: the case's key.

    Raises:
        UnknownKey: there is no such case.
    """
    case, sources = case_view(connection, study_id, key, "")
    parts = [DRAFT, *_facts(case, sources), *_codes(case), *_claims(case), *_tests(case)]
    return "\n\n".join([*parts, *_evidence(case), *_against(case), *_searches(case)]) + "\n"


def as_text(words: str) -> str:
    """Return words on one line, so that Markdown shows them as they are."""
    line = _MARKUP.sub(lambda mark: f"\\{mark[0]}", " ".join(words.split()))
    if counted := _COUNTED.match(line):
        return f"{counted[1]}\\{line[counted.end(1) :]}"
    return f"\\{line}" if _BEGINS.match(line) else line


def _said(words: str, before: str = "") -> str:
    """Return words as a sentence, with what leads to it; nothing if there are none."""
    if not words.strip():
        return ""
    text = as_text(f"{before}{words}")
    return text if _ENDED.search(text) else f"{text}."


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _note(quotes: Sequence[QuoteView]) -> str:
    return f" [{'; '.join(f'@{quote.key}' for quote in quotes)}]" if quotes else ""


def _facts(case: CaseView, sources: Sequence[Any]) -> Iterator[str]:
    yield "## The dispute"
    told = _said(Markup(case.narrative.plain).striptags())  # noqa: S704 - put together from data, escaped
    yield told.rstrip(".") + _data_set(case, sources) + "."
    if screening := _said(case.screening):
        yield screening
    for place in case.episodes:
        tier = f" ({place.tier})" if place.tier else ""
        yield _joined(_said(f"{place.title}{tier}", "Episode: "), _said(place.note))


def _data_set(case: CaseView, sources: Sequence[Any]) -> str:
    """Return the citation of the data set that the facts come from, if the study has it as a source in that version."""
    version = case.data.rpartition(" ")[2]
    own = [
        row.key
        for row in sources
        if row.type == "dataset" and version and str((row.csl or {}).get("version") or "") == version
    ]
    if len(own) != 1:
        return f" ({as_text(case.data)})" if case.data else ""
    return f" [@{own[0]}{f', dispute {case.number}' if case.number.isdecimal() else ''}]"


def _codes(case: CaseView) -> Iterator[str]:
    for coding in case.codings:
        if coding.code is not None:
            yield f"## {as_text(coding.label)} ({as_text(coding.variable)}): {_value(coding.code)}"
            yield from filter(None, _reasons(coding.code))
        if coding.code is not None or coding.others:
            yield from filter(None, _others(coding))
    if uncoded := [coding.variable for coding in case.codings if coding.code is None]:
        yield f"No code is given on {as_text(listed(uncoded))}."


def _value(code: CodeView) -> str:
    return as_text(f"{code.value}, {code.label}" if code.label else code.value)


def _reasons(code: CodeView) -> Iterator[str]:
    yield _joined(_said(code.rationale), _said(code.confidence, "Confidence: "))
    yield _joined(*(_said(_judged(one.label, one.value)) for one in code.judgements))
    if code.override_reason:
        yield _joined(_said(code.rule_value, "The rule gives "), _said(code.override_reason))
    yield _said(code.counterfactual)
    if code.alternative:
        yield _said(code.alternative_reason, f"Not {code.alternative}: ")


def _judged(label: str, value: str) -> str:
    mark = "" if label.rstrip().endswith(("?", ".", ":")) else ":"
    return f"{label}{mark} {value[:1].upper()}{value[1:]}"


def _others(coding: CodingView) -> Iterator[str]:
    for other in coding.others:
        yield _joined(_said(f"{other.value}, {other.label}", f"{other.coder}: "), _said(other.rationale))


def _claims(case: CaseView) -> Iterator[str]:
    if case.hypotheses:
        yield "## The claims"
    for one in case.hypotheses:
        yield _said(one.statement, f"{one.number}: ")


def _tests(case: CaseView) -> Iterator[str]:
    if not case.tests:
        return
    yield "## The tests"
    people = {piece.number: piece for piece in case.evidence}
    looked = {search.number: search for search in case.searches}
    for test in sorted(case.tests, key=_matters(case)):
        yield f"### {as_text(test.kind).capitalize()} for {test.hypothesis} against {test.rival}: {as_text(test.result)}"
        yield _joined(_said(test.prediction, "Expected: "), _said(test.if_false, "Otherwise: "))
        yield from filter(None, [_said(test.note), *_brought(test, people, looked)])


def _matters(case: CaseView) -> Any:
    """Return what sorts tests: those that came out and that codes rely on first, by weight, else by their kind."""
    relied = {number for coding in case.codings if coding.code for number in coding.code.tests}
    weights: dict[str, float] = {}
    for figure in case.bars:
        for bar in figure.bars:
            weights[bar.number] = max(weights.get(bar.number, 0.0), abs(bar.at))

    def order(test: TestView) -> tuple[int, bool, float, int, int]:
        weight = weights.get(test.number, 0.0)
        place = _KINDS.get(test.kind, len(_KINDS))
        return (
            _SETTLED.get(test.result, 1),
            test.number not in relied,
            -weight,
            place,
            int(test.number[1:]),
        )

    return order


def _brought(
    test: TestView, people: dict[str, ObservationView], looked: dict[str, SearchView]
) -> Iterator[str]:
    for direction, label in (("for", "For it"), ("against", "Against it")):
        said = []
        for bearing in test.bearings:
            if bearing.direction == direction:
                piece, search = people.get(bearing.number), looked.get(bearing.number)
                if piece is not None:
                    said.append(f"{_whose(piece)}{_note(piece.quotes)}")
                elif search is not None:
                    said.append(f"{as_text(_plain(search.question))} ({as_text(_plain(search.corpus))})")
        if said:
            yield f"{label}: {'; '.join(said)}."


def _whose(piece: ObservationView) -> str:
    """Return whose words a piece of evidence is and of when, or what it shows if nobody's."""
    named = ", ".join(filter(None, (piece.speaker, piece.occurred)))
    return as_text(_plain(named if piece.speaker else piece.proposition))


def _plain(words: str) -> str:
    return words.strip().rstrip(".")


def _evidence(case: CaseView) -> Iterator[str]:
    if case.evidence:
        yield "## The evidence, in the order of events"
    for piece in case.evidence:
        when = f"{piece.occurred}: " if piece.occurred else ""
        yield _joined(
            _said(piece.proposition, when), "" if piece.quotes else _said(piece.speaker, "Speaker: ")
        )
        for quote in piece.quotes:
            yield _quotation(quote)
        if piece.inference:
            yield _said(piece.inference)


def _quotation(quote: QuoteView) -> str:
    words = [as_text(quote.words), as_text(quote.translation)]
    paragraphs = [f"> {one}" for one in words if one]
    return "\n>\n".join(paragraphs) + f" [@{quote.key}]"


def _against(case: CaseView) -> Iterator[str]:
    weighed = [c.code for c in case.codings if c.code is not None and c.code.counter_evidence.strip()]
    pieces = [piece for piece in case.evidence if piece.against]
    if weighed or pieces:
        yield "## What speaks against"
    for code in weighed:
        yield _said(code.counter_evidence, f"{code.variable} {code.value}: ")
    for piece in pieces:
        yield _plain(_said(piece.proposition)) + _note(piece.quotes) + "."


def _searches(case: CaseView) -> Iterator[str]:
    empty = [one for one in case.searches if one.empty or (one.done and _misses(one))]
    unmade = [one for one in case.searches if not one.done]
    if empty:
        yield "## Searched without result"
        yield from map(_search, empty)
    if unmade:
        yield "## Not searched"
        yield from map(_search, unmade)


def _misses(search: SearchView) -> bool:
    return any(bearing.direction == "against" for bearing in search.bearings)


def _search(search: SearchView) -> str:
    where = ", ".join(filter(None, (_plain(search.corpus), search.period)))
    return _joined(
        _said(search.question),
        _said(where, "Where: "),
        _said(listed(search.terms), "Words: ") if search.terms else "",
        _said(search.found),
        _said(search.gaps, "Not covered: "),
    )
