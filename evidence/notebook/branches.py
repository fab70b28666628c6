"""What a tree of why is made of: branches, from a code down to the archive, whatever shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from evidence.audit.opening import near, opening
from evidence.audit.views import Brought, Code, Observed, Quoted, Searched, Tested, Why
from evidence.inference.telling import decibels

__all__ = ["Branch", "trunk"]


@dataclass(frozen=True, slots=True)
class Branch:
    """One thing in the tree, and what it rests on.

    Attributes:
        kind: what it is: case, code, test, observation, search, quote, or a heading of the tree's own.
        head: what it says in a line.
        aside: what is said beside that, in fewer words: who, when, how it came out.
        said: what else there is to say, each with its label; an empty label says it plainly.
        below: what it rests on.
        unfolded: whether it is shown unfolded at first, where it can be folded.
    """

    kind: str
    head: str
    aside: str = ""
    said: tuple[tuple[str, str], ...] = ()
    below: tuple[Branch, ...] = ()
    unfolded: bool = False


def trunk(answer: Why) -> Branch:
    """Return the tree of a case, or of one of its codes, from what ``evidence why`` found."""
    of = _Tree(answer.case)
    codes = tuple(of.code(code, unfolded=len(answer.shown) == 1) for code in answer.shown)
    rest = (
        of.heading("Tests that no code relies on", map(of.test, answer.other_tests)),
        of.heading(
            "Observations brought to no test", (of.observation(one) for one in answer.other_observations)
        ),
        of.heading("Searches that nothing names", (of.search(one) for one in answer.other_searches)),
    )
    lasted = " to ".join(dict.fromkeys(filter(None, (answer.start, answer.end))))
    said = _filled(
        ("", "" if codes else "It has no code."),
        ("screening", answer.screening),
        ("open tests", ", ".join(near(key, answer.case) for key in answer.open_tests)),
        *(
            (
                "challenge",
                f"{one.reason} {f'({one.verdict}: {one.answer})' if one.verdict else '(not answered yet)'}",
            )
            for one in answer.challenges
        ),
    )
    aside = "; ".join(filter(None, (answer.case, lasted, answer.stage)))
    return Branch("case", answer.title, aside, said, (*codes, *filter(None, rest)), unfolded=True)


class _Tree:
    """Makes branches of one case's views; what was shown once is named from then on."""

    def __init__(self, case: str) -> None:
        self._case = case
        self._known: set[str] = set()

    def _first(self, key: str) -> bool:
        new = key not in self._known
        self._known.add(key)
        return new

    def heading(self, head: str, below: Iterable[Branch]) -> Branch | None:
        found = tuple(below)
        return Branch("heading", head, str(len(found)), (), found) if found else None

    def code(self, code: Code, *, unfolded: bool) -> Branch:
        value = "not codable" if code.value is None else code.value
        who = f"{code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}"
        sure = f"confidence {code.confidence}" if code.confidence else ""
        rule = "" if code.rule_value in (None, code.value) else f"the rule gives {code.rule_value}"
        below = (
            *map(self.test, code.tests),
            self.heading("Against it", (self.observation(one) for one in code.against)),
            self.heading("Searches", (self.search(one) for one in code.searches)),
            self.heading("Earlier codes", map(_other, code.history)),
            self.heading("Codes of others", map(_other, code.others)),
        )
        said = _filled(
            ("because", opening(code.rationale, self._case)[0]),
            ("override", code.override_reason),
            ("against", code.counter_evidence),
            ("settles", "; ".join(code.settles)),
            (f"not {code.alternative}" if code.alternative is not None else "", code.alternative_reason),
            ("would change", opening(code.would_change, self._case)[0]),
            ("state", "; ".join(code.state)),
        )
        head = f"{code.variable} {value}: {code.level}"
        aside = "; ".join(filter(None, (who, sure, rule)))
        return Branch("code", head, aside, said, tuple(filter(None, below)), unfolded)

    def test(self, test: Tested) -> Branch:
        head = f"{near(test.key, self._case)} {test.kind} test: {test.result}"
        weight = "" if test.weight is None else decibels(test.weight)
        aside = "; ".join(filter(None, (test.timing, weight)))
        if not self._first(test.key):
            return Branch("test", head, "as above")
        said = _filled(
            ("claim", test.statement),
            ("rival", test.rival_statement),
            ("predicts", test.prediction),
            ("note", test.note),
        )
        return Branch("test", head, aside, said, tuple(self._brought(test.brought)))

    def _brought(self, brought: Iterable[Brought]) -> Iterator[Branch]:
        for one in brought:
            if one.observation:
                yield self.observation(one.observation, one)
            if one.search:
                yield self.search(one.search, one)

    def observation(self, seen: Observed, brought: Brought | None = None) -> Branch:
        head = f"{near(seen.key, self._case)} {seen.proposition}"
        direction = brought.direction if brought else ""
        if not self._first(seen.key):
            return Branch("observation", head, "; ".join(filter(None, (direction, "as above"))))
        said = _filled(("because", brought.note if brought else ""), ("inferred", seen.inference))
        aside = "; ".join(filter(None, (direction, seen.occurred)))
        return Branch("observation", head, aside, said, tuple(map(_quote, seen.quotes)))

    def search(self, search: Searched, brought: Brought | None = None) -> Branch:
        head = f"{near(search.key, self._case)} {search.question}"
        hits = "not made" if search.status != "done" else _hits(search.hits)
        aside = "; ".join(filter(None, (brought.direction if brought else "", hits)))
        if not self._first(search.key):
            return Branch("search", head, f"{aside}; as above")
        said = _filled(
            ("because", brought.note if brought else ""),
            ("in", search.corpus),
            ("gaps", search.gaps),
            ("found", search.found),
        )
        return Branch("search", head, aside, said)


def _hits(hits: int | None) -> str:
    return "made" if hits is None else f"{hits} hit{'' if hits == 1 else 's'}"


def _other(code: Code) -> Branch:
    value = "not codable" if code.value is None else code.value
    who = f"{code.coder}, {code.decided_at:%Y-%m-%d}, {code.round}"
    return Branch("code", f"{code.variable} {value}: {code.level}", who, _filled(("", code.rationale)))


def _quote(quote: Quoted) -> Branch:
    place = ", ".join(f"{kind} {value}" for kind, value in quote.locator.items())
    return Branch(
        "quote",
        f"“{quote.words}”",
        "; ".join(filter(None, (place, quote.state))),
        _filled(
            ("translated", quote.translation),
            ("withheld", ", ".join(quote.redactions)),
            ("in", "; ".join(filter(None, (quote.title, quote.archive, quote.url)))),
        ),
    )


def _filled(*said: Any) -> tuple[tuple[str, str], ...]:
    return tuple((label, words) for label, words in said if words)
