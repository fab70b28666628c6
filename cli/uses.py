"""uses: what rests on a source, a quote or a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import counted, paragraph
from .session import reads

if TYPE_CHECKING:
    from evidence.audit.use_views import CodeOn, ObservationOn, QuoteOn, SignedOn, TestOn, Uses

__all__ = ["code_line", "command", "derived_lines"]

#: How wide the labels in the margin are.
_LABEL = 10
#: Of more derived sources than these, only those that are quoted are listed.
_MANY = 10


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return uses


@click.command()
@click.argument("key")
@json_option
@reads
def uses(connection: Any, study: Any, key: str, as_json: bool) -> None:
    """Show what rests on a source, a quote or a text: the way back from the archive to the codes.

    KEY is a source's or a quote's, or how the SHA-256 of a text begins. 'evidence why' goes the other way.

    \b
    Example:
      evidence uses frus1955-57v02-d134
    """
    from evidence.audit.uses import uses as ask

    answer = ask(connection, study, key)
    if as_json:
        print_json({**asdict(answer), "nothing": answer.nothing})
    else:
        click.echo("\n".join(_answer(answer)))


def _answer(answer: Uses) -> Iterator[str]:
    named = f"text {answer.key[:12]}" if answer.noun == "text" else answer.key
    yield click.style(f"{named}  {answer.title}", bold=True)
    if answer.noun != "source":
        yield f"  of source {answer.source}"
    yield paragraph(_counts(answer), "  ", "  ")
    for quote in answer.quotes:
        yield ""
        yield from _quote(quote)
    if answer.narratives:
        yield ""
        yield paragraph(f"Cited as a whole in the narrative of {', '.join(answer.narratives)}", "    ", "  ")
    published = map(code_line, answer.published)
    for head, lines in (
        ("Codes published in it", published),
        ("Signed by", map(_signed, answer.reviews)),
        ("Derived from it", derived_lines(answer)),
    ):
        for number, line in enumerate(lines):
            if number == 0:
                yield f"\n  {head}"
            yield paragraph(line, "      ", "    ")
    if answer.texts and answer.noun != "quote":
        yield "\n  Texts"
        for text in answer.texts:
            where = "" if text.held else ", not held here"
            named = text.edition or text.origin or "no edition named"
            checked = counted(text.verified, "quote")
            yield paragraph(
                f"{text.sha256[:12]}  {named}{where}; {checked} verified against it", "      ", "    "
            )


def _signed(review: SignedOn) -> str:
    noun = "code" if review.noun == "decision" else review.noun
    return f"{review.coder}, {review.reviewed_at:%Y-%m-%d}: {noun} {review.key} {review.verdict}"


def derived_lines(answer: Uses) -> Iterator[str]:
    """Yield the sources derived from one: a volume has hundreds, so where there are many, only those quoted.

    The others are counted.
    """
    shown = answer.derived
    if len(shown) > _MANY:
        shown = tuple(one for one in shown if one.quotes)
    for one in shown:
        yield f"{one.key}  {one.title} ({counted(one.quotes, 'quote')})"
    rest = counted(len(answer.derived) - len(shown), "more source" if shown else "source")
    if len(shown) < len(answer.derived):
        yield f"{rest} without quotes"


def _counts(answer: Uses) -> str:
    """Return what rests on it in one line; or that nothing does."""
    seen = {o.key for quote in answer.quotes for o in quote.observations}
    tests = {t.key for quote in answer.quotes for o in quote.observations for t in o.tests}
    cited = {case for quote in answer.quotes for case in quote.narratives} | {*answer.narratives}
    said = [
        counted(number, noun)
        for number, noun in (
            (len(answer.quotes) if answer.noun != "quote" else 0, "quote"),
            (len(seen), "observation"),
            (len(tests), "test"),
            (len(answer.codes), "code"),
            (len(cited), "narrative"),
            (len(answer.derived), "derived source"),
        )
        if number
    ]
    if answer.nothing:
        return "; ".join(["Nothing rests on it", *(f"{one} logged and not used" for one in said)]) + "."
    return ", ".join(said)


def _quote(quote: QuoteOn) -> Iterator[str]:
    place = "".join(f", {kind} {value}" for kind, value in quote.locator.items())
    checked = f" in {quote.verified_edition}" if quote.verified_edition else ""
    yield paragraph(f"{click.style(quote.key, bold=True)}{place}; {quote.state}{checked}", "    ", "  ")
    yield paragraph(f"“{quote.words}”", "     ", "    ")
    for seen in quote.observations:
        yield from _observation(seen)
    for case in quote.narratives:
        yield from _labelled("cited", f"in the narrative of {case}", "    ")
    if not quote.observations and not quote.narratives:
        yield "    nothing rests on it"


def _observation(seen: ObservationOn) -> Iterator[str]:
    where = f" ({seen.case})" if seen.case and not seen.key.startswith(f"{seen.case}.") else ""
    yield from _labelled("shows", f"{seen.key}{where}  {seen.proposition}", "    ")
    for test in seen.tests:
        yield from _test(test)
    yield from _codes("weighed", seen.against, "      ")
    if not seen.tests and not seen.against:
        yield "      brought to no test, weighed in no code"


def _test(test: TestOn) -> Iterator[str]:
    yield from _labelled(test.direction, f"{test.key}  {test.kind}: {test.result}", "      ")
    yield from _codes("code", test.codes, "        ")
    if not test.codes:
        yield "        no code relies on it"


def _codes(label: str, codes: Sequence[CodeOn], indent: str) -> Iterator[str]:
    for code in codes:
        yield from _labelled(label, code_line(code), indent)


def code_line(code: CodeOn) -> str:
    """Return a code in a line: case, variable, value, who and when."""
    from evidence.inference.body import silent

    value = code.value if code.value is not None else "not coded" if silent(code) else "not codable"
    earlier = ", superseded" if code.superseded else ""
    place = "".join(f", {kind} {one}" for kind, one in code.locator.items())
    who = f"{code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}{place}{earlier}"
    return f"{code.case} {code.variable} {value}  {who} ({code.key})"


def _labelled(label: str, text: str, indent: str) -> Iterator[str]:
    yield paragraph(text, indent + " " * _LABEL, f"{indent}{label}".ljust(len(indent) + _LABEL))
