"""The chain of a case in indented lines: tests, what was brought to them, searches, and the codes of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from .output import paragraph

if TYPE_CHECKING:
    from evidence.audit.challenged import Challenged
    from evidence.audit.views import Brought, Claimed, Code, Observed, Quoted, Searched, Signed, Tested, Why

__all__ = ["chain", "headed", "labelled", "strength"]

#: How wide the labels in the margin are.
_LABEL = 10


def headed(code: Code) -> Iterator[str]:
    """Yield a code with who gave it, when, and what the rule gives."""
    value = code.value if code.value is not None else "–"
    sure = f"   confidence {code.confidence}" if code.confidence else ""
    yield click.style(f"{code.variable} {value}  {code.level}", bold=True) + sure
    who = f"{code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}{_place(code.locator)}"
    yield paragraph(f"{code.key}: {who}, scheme version {code.version}; {_ruled(code)}", "  ", "  ")


def chain(answer: Why) -> Iterator[str]:
    """Yield everything beneath the codes of a case; what was shown once is named from then on."""
    known: set[str] = set()
    for code in answer.shown:
        yield ""
        yield from _code(code, answer, known)
    parts: Sequence[tuple[str, Iterator[str]]] = (
        ("Tests that no code relies on", _each(answer.other_tests, lambda one: _test(one, "  ", known))),
        (
            "Observations brought to no test and weighed against no code",
            _each(answer.other_observations, lambda one: _observation(one, "  ", "", known)),
        ),
        (
            "Searches that no code or test names",
            _each(answer.other_searches, lambda one: _search(one, "  ", "", known)),
        ),
        ("Hypotheses", _each(answer.hypotheses, _hypothesis)),
        ("Challenges", _each(answer.challenges, _challenge)),
        ("Reviews", _each(answer.reviews, _review)),
    )
    for head, lines in parts:
        for number, line in enumerate(lines):
            if number == 0:
                yield "\n" + click.style(head, bold=True)
            yield line


def _each(found: Iterable[Any], lines: Callable[[Any], Iterator[str]]) -> Iterator[str]:
    for one in found:
        yield from lines(one)


def _code(code: Code, answer: Why, known: set[str]) -> Iterator[str]:
    value = code.value if code.value is not None else "–"
    yield click.style(f"{code.variable} {value} in full", bold=True)
    yield from _judged(code)
    for head, sentences in (("What would have made it different", code.told), ("Suspect", (code.suspect,))):
        if any(sentences):
            yield f"\n  {head}"
            yield from (paragraph(sentence, "      ", "    ") for sentence in sentences)
    yield f"\n  Rests on (kinds implied at T = {answer.threshold:g}, profile {answer.profile})"
    yield from _some(_each(code.tests, lambda one: _test(one, "    ", known)), "no test")
    yield "\n  Against it"
    yield paragraph(code.counter_evidence or "nothing is said", "    ", "    ")
    yield from _each(code.against, lambda one: _observation(one, "    ", "", known))
    yield "\n  Searches"
    yield from _some(_each(code.searches, lambda one: _search(one, "    ", "", known)), "none named")
    yield from (paragraph(f"Look at this: {remark}", "    ", "    ") for remark in code.remarks)
    yield "\n  History"
    yield from _some(_codes(code.history), "this is the first code")
    yield "\n  Other coders"
    yield from _some(_codes(code.others), "none")


def _judged(code: Code) -> Iterator[str]:
    """Yield the judgements behind a code: the coder's, the rule's, and what it was weighed against."""
    yield from labelled("judged", " · ".join(f"{k} {v}" for k, v in code.sub_judgements.items()), "  ")
    for row in code.rule:
        if row.applied:
            yield from labelled("rule", f"row {row.number}: {_row(row)}", "  ")
    yield from labelled("settles", "; ".join(code.settles), "  ")
    yield from labelled("override", code.override_reason, "  ")
    yield from labelled("without", code.counterfactual, "  ")
    if code.alternative is not None:
        yield from labelled(f"not {code.alternative}", code.alternative_reason or "no reason given", "  ")


def _some(lines: Iterable[str], none: str) -> Iterator[str]:
    """Yield lines, or that there is none."""
    found = list(lines)
    yield from found or [f"    {none}"]


def _row(row: Any) -> str:
    when = ", ".join(f"{key} {values}" for key, values in row.when) or "in any case"
    asks = f"; asks for {', '.join((*row.tests, *row.needs))}" if row.tests or row.needs else ""
    return f"{when} → {row.code if row.code is not None else 'the coder must choose'}{asks}"


def _ruled(code: Code) -> str:
    if code.round == "published elsewhere":
        return "not by a rule of this study"
    if code.rule_value is None:
        return "the rule gives no code here"
    return f"the rule gives {code.rule_value}" + ("" if code.rule_value == code.value else ", overridden")


def _place(locator: dict[str, str]) -> str:
    return "".join(f", {kind} {value}" for kind, value in locator.items())


def _codes(codes: Sequence[Code]) -> Iterator[str]:
    from evidence.inference.body import silent

    for code in codes:
        value = code.value if code.value is not None else "not coded" if silent(code) else "not codable"
        who = f"{code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}{_place(code.locator)}"
        yield paragraph(f"{code.variable} {value}  {who}: {code.rationale}", "        ", "    ")


def labelled(label: str, text: str, indent: str) -> Iterator[str]:
    """Yield a paragraph with its label in the margin; nothing for no text."""
    if text:
        yield paragraph(text, indent + " " * _LABEL, f"{indent}{label}".ljust(len(indent) + _LABEL))


# --- Tests


def _test(test: Tested, indent: str, known: set[str]) -> Iterator[str]:
    timing = f", {test.timing}" if test.timing else ""
    yield f"{indent}{click.style(test.key, bold=True)}  {test.kind}: {test.result}{timing}{_stated(test)}"
    inner = indent + "  "
    if test.key in known:
        yield f"{inner}as above"
        return
    known.add(test.key)
    yield from labelled("claim", _named(test.hypothesis, test.statement, known), inner)
    yield from labelled("rival", _named(test.rival, test.rival_statement, known), inner)
    yield from labelled("predicts", test.prediction, inner)
    yield from labelled("if false", test.if_false, inner)
    yield from labelled("note", test.note, inner)
    yield from labelled("means", _meaning(test), inner)
    if test.result == "failed":
        yield from labelled("", test.duality, inner)
    for brought in test.brought:
        yield from _brought(brought, inner, known)


def _named(key: str, statement: str, known: set[str]) -> str:
    """Return a hypothesis with its statement the first time, and by its key after that."""
    if key in known:
        return key
    known.add(key)
    return f"{key}: {statement}"


def _meaning(test: Tested) -> str:
    if test.result in ("passed", "failed"):
        return f"{test.hypothesis} {test.meaning.hypothesis}; {test.rival} {test.meaning.rival}"
    passed, failed = test.meaning.passed, test.meaning.failed
    return (
        f"nothing yet; passed: {test.hypothesis} {passed[0]}, {test.rival} {passed[1]}; "
        f"failed: {test.hypothesis} {failed[0]}, {test.rival} {failed[1]}"
    )


def _stated(test: Tested) -> str:
    said = []
    if test.p_hypothesis is not None or test.p_rival is not None:
        said.append(f"P {_likelihood(test.p_hypothesis)} against {_likelihood(test.p_rival)}")
    said += [f"{_likelihood(p)} given {key}" for key, p in test.further]
    if test.disagreement:
        said.append(test.disagreement)
    if weight := strength(test):
        said.append(weight.removeprefix(", "))
    if test.irreversible:
        said.append("an irreversible claim (P of 0 or 1)")
    return f"   ({'; '.join(said)})" if said else ""


def strength(test: Tested) -> str:
    """Return what a test weighs for its hypothesis, with the range that was stated: ``, +3.0 dB (1.2 to 4.8)``."""
    if test.weight is None:
        return ""
    said = f", {_db(test.weight)} dB"
    if len(test.weights) == 1 and test.weights[0].low < test.weights[0].high:
        said += f" ({_db(test.weights[0].low)} to {_db(test.weights[0].high)})"
    return said


def _db(weight: float) -> str:
    from evidence.inference.telling import decibels

    return decibels(weight).removesuffix(" dB")


def _likelihood(value: Any) -> str:
    if value is None:
        return "unstated"
    return f"{value[0]:g}..{value[1]:g}" if isinstance(value, list) else str(value)


def _brought(brought: Brought, indent: str, known: set[str]) -> Iterator[str]:
    if brought.observation:
        yield from _observation(brought.observation, indent, brought.direction, known)
    if brought.search:
        yield from _search(brought.search, indent, brought.direction, known)
    stated = ""
    if brought.p_hypothesis is not None or brought.p_rival is not None:
        stated = f"P {_likelihood(brought.p_hypothesis)} against {_likelihood(brought.p_rival)}"
    yield from labelled("because", "; ".join(filter(None, (brought.note, stated))), indent)


# --- What was brought to them


def _first(text: str, indent: str, label: str) -> tuple[str, str]:
    """Return a labelled paragraph, and the indent of what stands below it."""
    below = indent + (" " * _LABEL if label else "  ")
    return paragraph(text, below, f"{indent}{label}".ljust(len(below)) if label else indent), below


def _observation(observation: Observed, indent: str, label: str, known: set[str]) -> Iterator[str]:
    if observation.key in known:
        yield _first(f"{observation.key}, as above", indent, label)[0]
        return
    known.add(observation.key)
    when = f" ({observation.occurred})" if observation.occurred else ""
    head, below = _first(f"{observation.key}  {observation.proposition}{when}", indent, label)
    yield head
    if observation.inference:
        yield paragraph(f"Inferred: {observation.inference}", below + "  ", below)
    for quote in observation.quotes:
        yield from _quote(quote, below, known)
    if observation.lineage:
        yield paragraph(f"lineage {observation.lineage}", below, below)
    if not observation.quotes:
        yield f"{below}no quote"


def _quote(quote: Quoted, indent: str, known: set[str]) -> Iterator[str]:
    yield paragraph(f"“{quote.words}”", indent + " ", indent)
    if quote.translation:
        by = f" (translated by {quote.translator})" if quote.translator else ""
        yield paragraph(f"[{quote.translation}]{by}", indent + " ", indent)
    elif quote.foreign:
        yield f"{indent}in {quote.language}, not translated"
    place = "".join(f", {kind} {value}" for kind, value in quote.locator.items())
    checked = f" in {quote.verified_edition}" if quote.verified_edition else ""
    marks = f"withheld within it: {', '.join(quote.redactions)}" if quote.redactions else ""
    redacted = "words of the document are withheld" if quote.redacted and not marks else ""
    shelf = "; ".join(filter(None, (quote.title, quote.archive, quote.classification, marks, redacted)))
    yield paragraph(f"{quote.key}{place}; {quote.state}{checked}. {shelf}", indent, indent)
    if quote.criticism and f"criticism {quote.source}" not in known:
        known.add(f"criticism {quote.source}")
        said = "; ".join(f"{name.replace('_', ' ')}: {words}" for name, words in quote.criticism.items())
        yield paragraph(f"Source criticism: {said}", indent + "  ", indent)


def _search(search: Searched, indent: str, label: str, known: set[str]) -> Iterator[str]:
    hits = (
        "not made"
        if search.status != "done"
        else "made"
        if search.hits is None
        else "1 hit"
        if search.hits == 1
        else f"{search.hits} hits"
    )
    if search.key in known:
        yield _first(f"{search.key} ({hits}), as above", indent, label)[0]
        return
    known.add(search.key)
    head, below = _first(f"{search.key}  {search.question} ({hits})", indent, label)
    yield head
    yield from labelled("in", search.corpus, below)
    yield from labelled("terms", ", ".join(search.terms), below)
    yield from labelled("covers", search.coverage, below)
    yield from labelled("gaps", search.gaps, below)
    if search.sensitivity is not None:
        yield from labelled("P(found)", f"{_likelihood(search.sensitivity)}, if it is there", below)
    yield from labelled("found", search.found, below)


# --- Hypotheses and reviews


def _hypothesis(one: Claimed) -> Iterator[str]:
    supports = f" (supports {one.variable} {', '.join(one.supports)})" if one.supports else ""
    yield paragraph(f"{click.style(one.key, bold=True)}  {one.statement}{supports}", "    ", "  ")
    said = [
        f"{relation} of {key}" if relation == "inclusive" else f"{relation} with {key}"
        for key, relation in one.rivals
    ]
    yield from labelled("rivals", "; ".join(said), "    ")
    priors = [f"{_likelihood(one.prior)}" if one.prior is not None else ""]
    priors += [f"{_likelihood(p)} to {coder}" for coder, p in one.priors]
    yield from labelled("prior", "; ".join(filter(None, (*priors, one.prior_basis))), "    ")


def _review(review: Signed) -> Iterator[str]:
    state = {"holds": "holds", "suspect": "suspect", "earlier": "signed again since"}[review.state]
    noun = "code" if review.noun == "decision" else review.noun
    said = f"{review.coder}, {review.reviewed_at:%Y-%m-%d}: {noun} {review.key} {review.verdict}; {state}"
    yield paragraph(f"{said}. {review.note}".rstrip(), "      ", "  ")
    if review.changed:
        yield paragraph(review.changed, "      ", "      ")


def _challenge(challenge: Challenged) -> Iterator[str]:
    noun = "code" if challenge.noun == "decision" else challenge.noun
    who = challenge.by or "a reader"
    said = f"{who}, {challenge.received_at:%Y-%m-%d}: {noun} {challenge.subject} ({challenge.key}). {challenge.reason}"
    yield paragraph(said, "      ", "  ")
    answer = (
        f"{challenge.verdict} by {challenge.answered_by}: {challenge.answer}" if challenge.verdict else "open"
    )
    yield from labelled("answer", answer, "      ")
