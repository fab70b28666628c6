"""why: the tree from the decision to the archive."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import json_option
from .output import as_json as print_json
from .output import paragraph
from .session import reads, say, settings_of

if TYPE_CHECKING:
    from evidence.audit.views import Code, Why


def command(name: str) -> click.Command:  # noqa: ARG001
    """Return the command."""
    return why


@click.command()
@click.argument("case")
@click.argument("variable", required=False)
@click.option("--brief", is_flag=True, help="The summary alone.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it as one page of HTML, to print or to hand on.",
)
@json_option
@reads
def why(
    connection: Any,
    study: Any,
    case: str,
    variable: str | None,
    brief: bool,
    page: Path | None,
    as_json: bool,
) -> None:
    """Show why a CASE has its code: the decision, its tests, their evidence, and the documents.

    A summary comes first: the code and its reasons, what it rests on, what speaks against it, what would change
    it, and whether anything changed since it was signed. Then the chain, down to the archive; searches that found
    nothing, open tests, earlier codes, and those of other coders and publications. CASE is a key, or a number in a
    data set. 'evidence audit CASE' puts all of it, with every quote in its context, into a document for a referee.

    \b
    Example:
      evidence why mid-50 ALLY
      evidence why mid-50 --brief
      evidence why mid-50 --html mid-50.html
    """
    from evidence.audit.subject import merger
    from evidence.audit.why import why as ask

    if page is not None:
        from evidence.publish.audit_page import write_why

        own = settings_of(click.get_current_context()).templates
        write_why(connection, study, case, page, variable, own)
        say(f"Why {case} has its code is in {page}.")
        return
    answer = ask(connection, study, case, variable)
    if answer.case != case and (merged := merger(connection, study, case)):
        say(merged)
    if as_json:
        print_json(plain(asdict(answer)))
    else:
        click.echo("\n".join(_answer(answer, brief=brief)))


def plain(value: Any) -> Any:
    """Return a value as JSON has it: ``inf`` and ``-inf`` as words, and null where there is no number."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _answer(answer: Why, *, brief: bool) -> Iterator[str]:
    from evidence.dates import readable

    from .why_lines import chain

    dates = " – ".join(readable(date) for date in dict.fromkeys((answer.start, answer.end)) if date)
    yield click.style(f"{answer.case}  {answer.title}", bold=True)
    yield paragraph(f"{dates}; {answer.stage}" if dates else answer.stage, "  ", "  ")
    if not answer.codes:
        yield "\n  It has no code yet."
    for code in answer.shown:
        yield ""
        yield from _summary(code, answer)
    yield ""
    yield from _state(answer)
    if not brief:
        yield from chain(answer)


def _summary(code: Code, answer: Why) -> Iterator[str]:
    """Yield what is to be known of a code on one screen."""
    from evidence.audit.opening import near, opening

    from .why_lines import headed, labelled

    yield from headed(code)
    yield from labelled("because", code.rationale, "  ")
    yield from labelled("rests on", "\n".join(_results(code, answer)) or "no test", "  ")
    weighed = ", ".join(near(one.key, answer.case) for one in code.against)
    against = (code.counter_evidence, f"Weighed against it: {weighed}." if weighed else "")
    yield from labelled("against", "\n".join(filter(None, against)) or "nothing is said", "  ")
    change, more = opening(code.would_change, answer.case)
    below = " More below: what would have made it different." if more else ""
    yield from labelled("change", f"{change}{below}", "  ")
    yield from labelled("state", "; ".join(code.state), "  ")


def _results(code: Code, answer: Why) -> Iterator[str]:
    """Yield the tests that a code relies on, by their results: ``passed  t1 hoop +3.0 dB``."""
    from evidence.audit.opening import near

    from .why_lines import strength

    for result in dict.fromkeys(test.result for test in code.tests):
        tests = [
            f"{near(test.key, answer.case)} {test.kind}{strength(test).replace(',', '', 1)}"
            for test in code.tests
            if test.result == result
        ]
        yield f"{result}: {', '.join(tests)}"


def _state(answer: Why) -> Iterator[str]:
    from evidence.audit.opening import near

    if answer.open_tests:
        yield paragraph(
            f"Open tests: {', '.join(near(key, answer.case) for key in answer.open_tests)}.", "  ", "  "
        )
    yield paragraph(f"evidence check --case {answer.case}  lists what a referee would object to.", "  ", "  ")
