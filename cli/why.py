"""why: the tree from the decision to the archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import paragraph
from .session import reads, say

if TYPE_CHECKING:
    from evidence.audit.views import Brought, Code, Observed, Quoted, Searched, Tested, Why

#: How wide the labels in the margin are.
_LABEL = 10


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return why


@click.command()
@click.argument("case")
@click.argument("variable", required=False)
@json_option
@reads
def why(connection: Any, study: Any, case: str, variable: str | None, as_json: bool) -> None:
    """Show why a CASE has its code: the decision, its tests, their evidence, and the documents.

    What speaks against the code stands beside what speaks for it; so do searches that found nothing,
    earlier codes, and other coders'. CASE is a key, or a number in a data set.

    \b
    Example:
      evidence why mid-50 ALLY
    """
    from evidence.audit.subject import merger
    from evidence.audit.why import why as ask

    answer = ask(connection, study, case, variable)
    if answer.case != case and (merged := merger(connection, study, case)):
        say(merged)
    if as_json:
        print_json(asdict(answer))
    else:
        click.echo("\n".join(_answer(answer)))


def _answer(answer: Why) -> Iterator[str]:
    from evidence.dates import readable

    dates = " – ".join(readable(date) for date in (answer.start, answer.end) if date)
    status = answer.stage
    yield click.style(f"{answer.case}  {answer.title}", bold=True)
    yield paragraph(f"{dates}; {status}" if dates else status, "  ", "  ")
    if not answer.codes:
        yield "\n  It has no code yet."
    for code in answer.codes:
        yield ""
        yield from _code(code, answer)
    if answer.other_tests:
        yield "\n" + click.style("Tests that no code relies on", bold=True)
        for test in answer.other_tests:
            yield from _test(test, "  ")
    if answer.other_searches:
        yield "\n" + click.style("Searches that no code or test names", bold=True)
        for search in answer.other_searches:
            yield from _search(search, "  ")


def _code(code: Code, answer: Why) -> Iterator[str]:
    value = code.value if code.value is not None else "–"
    sure = f"   confidence {code.confidence}" if code.confidence else ""
    yield click.style(f"{code.variable} {value}  {code.level}", bold=True) + sure
    yield paragraph(
        f"{code.key}: {code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}, scheme version {code.version}; {_ruled(code)}",
        "  ",
        "  ",
    )
    if code.sub_judgements:
        yield from _labelled("judged", " · ".join(f"{k} {v}" for k, v in code.sub_judgements.items()), "  ")
    yield from _labelled("because", code.rationale, "  ")
    yield from _labelled("override", code.override_reason, "  ")
    yield from _labelled("without", code.counterfactual, "  ")
    if code.alternative is not None:
        yield from _labelled(f"not {code.alternative}", code.alternative_reason or "no reason given", "  ")
    yield f"\n  Rests on (kinds implied at T = {answer.threshold:g}, profile {answer.profile})"
    for test in code.tests:
        yield from _test(test, "    ")
    if not code.tests:
        yield "    no test"
    yield "\n  Against it"
    yield paragraph(code.counter_evidence, "    ", "    ")
    for observation in code.against:
        yield from _observation(observation, "    ", "")
    yield "\n  Searches"
    for search in code.searches:
        yield from _search(search, "    ")
    if not code.searches:
        yield "    none named"
    for remark in code.remarks:
        yield paragraph(f"Look at this: {remark}", "    ", "    ")
    yield "\n  History"
    yield from _codes(code.history, "this is the first code")
    yield "\n  Other coders"
    yield from _codes(code.others, "none")


def _ruled(code: Code) -> str:
    if code.rule_value is None:
        return "the rule gives no code here"
    return f"the rule gives {code.rule_value}" + ("" if code.rule_value == code.value else ", overridden")


def _codes(codes: Sequence[Code], none: str) -> Iterator[str]:
    for code in codes:
        value = code.value if code.value is not None else "not codable"
        yield paragraph(
            f"{code.variable} {value}  {code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}: {code.rationale}",
            "        ",
            "    ",
        )
    if not codes:
        yield f"    {none}"


def _labelled(label: str, text: str, indent: str) -> Iterator[str]:
    if text:
        yield paragraph(text, indent + " " * _LABEL, f"{indent}{label}".ljust(len(indent) + _LABEL))


def _test(test: Tested, indent: str) -> Iterator[str]:
    timing = f", {test.timing}" if test.timing else ""
    yield f"{indent}{click.style(test.key, bold=True)}  {test.kind}: {test.result}{timing}{_strength(test)}"
    inner = indent + "  "
    yield from _labelled("claim", f"{test.hypothesis}: {test.statement}", inner)
    yield from _labelled("rival", f"{test.rival}: {test.rival_statement}", inner)
    yield from _labelled("predicts", test.prediction, inner)
    yield from _labelled("if false", test.if_false, inner)
    yield from _labelled("note", test.note, inner)
    for brought in test.brought:
        yield from _brought(brought, inner)


def _strength(test: Tested) -> str:
    said = []
    if test.p_hypothesis is not None or test.p_rival is not None:
        said.append(f"P {_likelihood(test.p_hypothesis)} against {_likelihood(test.p_rival)}")
    if test.implied_kind and test.implied_kind != test.kind:
        said.append(f"implies {test.implied_kind}")
    if test.weight:
        said.append(f"{test.weight:+.1f} dB")
    if 0.0 in (test.p_hypothesis, test.p_rival) or 1.0 in (test.p_hypothesis, test.p_rival):
        said.append("an irreversible claim (P of 0 or 1)")
    return f"   ({'; '.join(said)})" if said else ""


def _likelihood(value: Any) -> str:
    if value is None:
        return "unstated"
    return f"{value[0]:g}..{value[1]:g}" if isinstance(value, list) else str(value)


def _brought(brought: Brought, indent: str) -> Iterator[str]:
    if brought.observation:
        yield from _observation(brought.observation, indent, brought.direction)
    if brought.search:
        yield from _search(brought.search, indent, brought.direction)
    yield from _labelled("because", brought.note, indent)


def _headed(text: str, indent: str, label: str) -> tuple[str, str]:
    """Return a labelled paragraph, and the indent of what stands below it."""
    below = indent + (" " * _LABEL if label else "  ")
    return paragraph(text, below, f"{indent}{label}".ljust(len(below)) if label else indent), below


def _observation(observation: Observed, indent: str, label: str) -> Iterator[str]:
    when = f" ({observation.occurred})" if observation.occurred else ""
    head, below = _headed(f"{observation.key}  {observation.proposition}{when}", indent, label)
    yield head
    for quote in observation.quotes:
        yield from _quote(quote, below)
    if not observation.quotes:
        yield f"{below}no quote"


def _quote(quote: Quoted, indent: str) -> Iterator[str]:
    yield paragraph(f"“{quote.words}”", indent + " ", indent)
    if quote.translation:
        yield paragraph(f"[{quote.translation}]", indent + " ", indent)
    place = "".join(f", {kind} {value}" for kind, value in quote.locator.items())
    checked = f" in {quote.verified_edition}" if quote.verified_edition else ""
    shelf = "; ".join(part for part in (quote.title, quote.archive, quote.classification) if part)
    yield paragraph(f"{quote.key}{place}; {quote.state}{checked}. {shelf}", indent, indent)


def _search(search: Searched, indent: str, label: str = "") -> Iterator[str]:
    hits = (
        "not made"
        if search.status != "done"
        else "made"
        if search.hits is None
        else "1 hit"
        if search.hits == 1
        else f"{search.hits} hits"
    )
    head, below = _headed(f"{search.key}  {search.question} ({hits})", indent, label)
    yield head
    yield from _labelled("in", search.corpus, below)
    yield from _labelled("terms", ", ".join(search.terms), below)
    yield from _labelled("covers", search.coverage, below)
    yield from _labelled("gaps", search.gaps, below)
    if search.sensitivity is not None:
        yield from _labelled("P(found)", f"{_likelihood(search.sensitivity)}, if it is there", below)
    yield from _labelled("found", search.found, below)
