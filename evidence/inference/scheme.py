"""The scheme's rule: from sub-judgements and results of tests to a code, by a decision table that is data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.errors import ValueRefused, nearest
from evidence.vocabulary import TestKind, TestResult

__all__ = [
    "Demand", "Ruling", "Tested", "Wanting", "demand", "is_demand", "named", "possible", "renamed", "rule",
    "undecided", "unmet",
]  # fmt: skip

_RESULTS = (TestResult.PASSED.value, TestResult.FAILED.value)
_KINDS = tuple(kind.value for kind in TestKind)
_SHAPE = "write passed or failed, then the kind if one is meant, then against and the key of the hypothesis"


@dataclass(frozen=True, slots=True)
class Tested:
    """A test that a decision relies on, as a rule sees it: how it came out, and what it told apart."""

    __test__ = False  # pytest: a process-tracing test, not one of ours

    kind: str
    result: str
    hypothesis: str = ""
    rival: str = ""
    supports: frozenset[str] = frozenset()  # the levels of the variable that the hypothesis supports
    rival_supports: frozenset[str] = frozenset()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a row, or a level, asks of a test: a result, any of some kinds, against any of some hypotheses."""

    result: str
    kinds: tuple[str, ...] = ()  # none: any
    against: tuple[str, ...] = ()  # keys of hypotheses; none: any

    def __str__(self) -> str:
        """``a passed smoking gun against h-same-level``."""
        against = f" against {' or '.join(self.against)}" if self.against else ""
        return f"a {self.result} {' or '.join(self.kinds) or 'test'}{against}"

    def met_by(self, test: Tested, code: str | None) -> bool:
        """Tell whether a test is what is asked for, for a code (any if none).

        A passed test speaks for its hypothesis against its rival, a failed one for the rival against the
        hypothesis; it counts for a code only if the side that it speaks for supports that code.
        """
        passed = test.result == TestResult.PASSED
        supported, other = (test.supports, test.rival) if passed else (test.rival_supports, test.hypothesis)
        return (
            test.result == self.result
            and (not self.kinds or test.kind in self.kinds)
            and (not self.against or other in self.against)
            and (code is None or code in supported)
        )


@dataclass(frozen=True, slots=True)
class Wanting:
    """A row whose judgements are met, but not all that it asks of tests."""

    row: int
    code: str | None
    tests: tuple[str, ...]  # the demands that no test meets, as the scheme has them


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the decision table says: a code or none, the row that said so, and what the code needs.

    ``wanting`` are the rows before that one which tests alone kept from being met.
    """

    code: str | None
    row: int | None
    needs: tuple[str, ...] = ()
    note: str = ""
    wanting: tuple[Wanting, ...] = ()


def rule(
    table: Sequence[Mapping[str, Any]], judgements: Mapping[str, Any], tested: Iterable[Tested] = ()
) -> Ruling:
    """Return the ruling of the first row of ``table`` that the judgements and the tests meet.

    Args:
        table: rows of ``when`` (a value or a list of values for each sub-judgement named; none named is met
            always), ``tests`` (demands, each to be met by a test; see ``demand``), ``code`` (a level, or nothing
            where the coder must choose), ``needs`` and ``note``.
        judgements: the coder's sub-judgements, by key.
        tested: the tests that the code relies on.

    Returns:
        The ruling; without a row if no row is met.
    """
    known = tuple(tested)
    wanting: list[Wanting] = []
    for number, row in enumerate(table):
        if not all(judgements.get(key) in values for key, values in _wanted(row)):
            continue
        code = row.get("code")
        if missing := unmet(row.get("tests") or (), code, known):
            wanting.append(Wanting(number, code, missing))
            continue
        return Ruling(code, number, tuple(row.get("needs") or ()), row.get("note") or "", tuple(wanting))
    return Ruling(None, None, wanting=tuple(wanting))


def possible(table: Sequence[Mapping[str, Any]], judgements: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the rows that the judgements leave open, whatever the tests show; the last of them asks for no test."""
    found = []
    for number, row in enumerate(table):
        if all(judgements.get(key) in values for key, values in _wanted(row)):
            found.append(number)
            if not row.get("tests"):
                break
    return tuple(found)


def unmet(demands: Iterable[str], code: str | None, tested: Iterable[Tested]) -> tuple[str, ...]:
    """Return those of some demands that no test meets, for a code; what is no demand of a test is passed over."""
    known = tuple(tested)
    return tuple(
        text
        for text in demands
        if is_demand(text) and not any(demand(text).met_by(test, code) for test in known)
    )


def undecided(table: Sequence[Mapping[str, Any]], judgements: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the sub-judgements that could still give a code but were not made, in the order of the table.

    A row counts that gives a code and that none of the judgements made contradicts.
    """
    found: dict[str, None] = {}
    for row in table:
        wanted = list(_wanted(row))
        if row.get("code") is None or any(
            key in judgements and judgements[key] not in values for key, values in wanted
        ):
            continue
        found.update(dict.fromkeys(key for key, _ in wanted if key not in judgements))
    return tuple(found)


def named(table: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the keys of the hypotheses that rows, or levels, name in what they ask of tests."""
    asked = (text for row in table for text in (*(row.get("tests") or ()), *(row.get("needs") or ())))
    return frozenset(key for text in asked if is_demand(text) for key in demand(text).against)


def renamed(table: Iterable[Mapping[str, Any]], keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return rows, or levels, with the present keys of hypotheses that were called otherwise when they were written."""

    def said(text: str) -> str:
        head, against, tail = text.partition(" against ")
        return f"{head}{against}{' '.join(keys.get(word, word) for word in tail.split())}"

    return [
        {
            name: [said(text) if is_demand(text) else text for text in value]
            if name in ("tests", "needs")
            else value
            for name, value in row.items()
        }
        for row in table
    ]


def is_demand(text: str) -> bool:
    """Tell whether words ask for a test, and not for something else that a code may need."""
    return text.split(None, 1)[:1] in ([result] for result in _RESULTS)


def demand(text: str) -> Demand:
    """Return what is asked of a test in words.

    The words are: ``passed`` or ``failed``; then, if one is meant, a kind of test, or several parted by ``or``,
    and ``test`` for the ear; then ``against`` and the key of the hypothesis that the test speaks against, or
    several parted by ``or``. Examples: ``passed``, ``passed test``, ``failed hoop``, ``passed smoking gun or
    doubly decisive against h-same-level``.

    Raises:
        ValueRefused: the words ask for nothing that a test can be; the sentence names the nearest word.
    """
    result, *rest = text.split() or [""]
    if result not in _RESULTS:
        raise ValueRefused(f"{text!r} asks for no result of a test;{_meant(result, _RESULTS)} {_SHAPE}.")
    at = rest.index("against") if "against" in rest else len(rest)
    kinds, keys = rest[:at], rest[at + 1 :]
    if kinds and kinds[-1] in ("test", "tests"):
        kinds.pop()
    against = _parted(keys)
    if at < len(rest) and (not against or any(len(key.split()) != 1 for key in against)):
        raise ValueRefused(f"{text!r} does not say against which hypothesis; {_SHAPE}.")
    return Demand(result, tuple(_kind(text, kind) for kind in _parted(kinds)), against)


def _parted(words: Iterable[str]) -> tuple[str, ...]:
    """Return the parts between the words ``or``."""
    joined = " ".join(words)
    return tuple(part.strip() for part in f" {joined} ".split(" or ")) if joined else ()


def _kind(text: str, kind: str) -> str:
    spoken = kind.replace("-", " ").replace("_", " ").casefold()
    if spoken not in _KINDS:
        known = f"the kinds are {', '.join(_KINDS)}"
        raise ValueRefused(
            f"{text!r} names no kind of test with {kind!r};{_meant(spoken, (*_KINDS, 'against'))} {known}."
        )
    return spoken


def _meant(word: str, words: Iterable[str]) -> str:
    near = nearest(word, words, 1)
    return f" did you mean {near[0]!r}?" if near else ""


def _wanted(row: Mapping[str, Any]) -> Iterable[tuple[str, list[Any]]]:
    """Yield the sub-judgements that a row asks for, each with the values that meet it."""
    for key, values in (row.get("when") or {}).items():
        yield key, values if isinstance(values, list) else [values]
