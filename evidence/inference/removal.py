"""What falls with what: a body of evidence without one of its tests, documents, archives or coders."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from evidence.errors import MethodError, nearest
from evidence.inference.body import Body, Code, Evidence, Origin, Test, contested
from evidence.keys import natural
from evidence.vocabulary import Direction, QuoteState, Round, SourceTier, TestResult

__all__ = [
    "DROPS",
    "KINDS",
    "Unit",
    "carrying",
    "dropped",
    "dropping",
    "roots",
    "study_code",
    "units",
    "without",
]

#: What may be taken away, one by one.
KINDS = ("test", "observation", "search", "quote", "source", "lineage", "archive", "coder")
#: What may be dropped by what it is (METHOD 6, sensitivity 6); ``coder:KEY`` besides.
DROPS = ("contested", "post-hoc", "secondary", "redacted", "unverified")
#: What a test's result falls to when nothing is left that carries it.
_FALLS = {TestResult.PASSED: TestResult.NOT_ATTEMPTED, TestResult.FAILED: TestResult.INCONCLUSIVE}
_FOUND = (QuoteState.EXACT, QuoteState.TYPOGRAPHIC, QuoteState.ELIDED)


class Unit(NamedTuple):
    """Something that a body of evidence may lose: a kind of ``KINDS``, and a name of that kind."""

    kind: str
    name: str

    def __str__(self) -> str:
        """``mid-50.o3``, ``archive National Archives``, ``coder ada``; what has a key of its own is that key."""
        told = {"lineage": "lineage ", "archive": "archive ", "coder": "coder "}
        return f"{told.get(self.kind, '')}{self.name}"


def units(body: Body, kind: str) -> tuple[str, ...]:
    """Return the names of all units of a kind that are in a body, in the order in which people count.

    A lineage is named by the analyst, or it is the source at the root of a quote's source. Coders are those who
    searched, coded or stated a prior; publications count among them.

    Raises:
        MethodError: there is no such kind.
    """
    if kind not in _NAMES:
        near = nearest(kind, KINDS)
        meant = f"; did you mean {near[0]}" if near else ""
        raise MethodError(f"{kind!r} cannot be taken away{meant}? Choose {', '.join(KINDS)}.")
    return tuple(sorted({name for name in _NAMES[kind](body) if name}, key=natural))


def _brought(body: Body) -> Iterable[Evidence]:
    return (brought for test in body.tests for brought in test.evidence)


def _origins(body: Body) -> Iterable[Origin]:
    return (origin for brought in _brought(body) for origin in brought.origins)


def _lineages(body: Body) -> Iterable[str]:
    for brought in _brought(body):
        yield brought.lineage
        yield from roots(brought)


def _coders(body: Body) -> Iterable[str]:
    yield from (code.coder for code in body.codes)
    yield from (brought.coder for brought in _brought(body) if brought.search)
    yield from (coder for hypothesis in body.hypotheses.values() for coder in hypothesis.priors)


def _searches(body: Body) -> Iterable[str]:
    yield from (brought.key for brought in _brought(body) if brought.search)
    yield from (search for code in body.codes for search in code.searches)


_NAMES: Mapping[str, Callable[[Body], Iterable[str]]] = {
    "test": lambda body: (test.key for test in body.tests),
    "observation": lambda body: (brought.key for brought in _brought(body) if not brought.search),
    "search": _searches,
    "quote": lambda body: (origin.quote for origin in _origins(body)),
    "source": lambda body: (origin.source for origin in _origins(body)),
    "lineage": _lineages,
    "archive": lambda body: (origin.archive for origin in _origins(body)),
    "coder": _coders,
}


def roots(brought: Evidence) -> tuple[str, ...]:
    """Return the sources at the beginning of the lineages of an observation's quotes, each once."""
    return tuple(dict.fromkeys(origin.root or origin.source for origin in brought.origins))


def without(body: Body, removed: Collection[tuple[str, str]]) -> Body:
    """Return a body as it would be without some of its units; the body itself, and what was entered, stay.

    - A quote falls with its source, with the root of its lineage and with its archive.
    - An observation falls with its named lineage, and when all its quotes have fallen.
    - A passed test falls to "not attempted" when all the evidence for it has fallen; a failed one to
      "inconclusive" when no made search against it is left. A test that had no such evidence stays as it is.
    - A coder takes along the searches, the codes and the priors that are that coder's. The study's code is
      then the next coder's.

    Args:
        body: the body of evidence.
        removed: pairs of a kind of ``KINDS`` and a name of that kind. A name that is not there takes nothing away.

    Raises:
        MethodError: there is no such kind.
    """
    gone: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, name in removed:
        if kind not in gone:
            units(body, kind)  # says which kinds there are
        if name:
            gone[kind].add(name)
    if not removed:
        return body
    lost = _lost_searches(body, gone)
    codes = tuple(
        replace(
            code,
            against=tuple(key for key in code.against if key not in gone["observation"]),
            searches=tuple(key for key in code.searches if key not in lost),
        )
        for code in body.codes
        if code.coder not in gone["coder"]
    )
    return replace(
        body,
        hypotheses={
            key: replace(
                one, priors={coder: p for coder, p in one.priors.items() if coder not in gone["coder"]}
            )
            for key, one in body.hypotheses.items()
        },
        tests=tuple(_test(test, gone) for test in body.tests if test.key not in gone["test"]),
        codes=tuple(replace(code, contested=_contested(code, codes)) for code in codes)
        if len(codes) < len(body.codes)
        else codes,
    )


def _lost_searches(body: Body, gone: Mapping[str, set[str]]) -> set[str]:
    of_coders = {
        brought.key for brought in _brought(body) if brought.search and brought.coder in gone["coder"]
    }
    return gone["search"] | of_coders


def _contested(code: Code, codes: Iterable[Code]) -> bool:
    return contested(other for other in codes if other.variable == code.variable)


def _test(test: Test, gone: Mapping[str, set[str]]) -> Test:
    left = tuple(one for one in (_left(brought, gone) for brought in test.evidence) if one)
    reduced = replace(test, evidence=left)
    if carrying(test) and not carrying(reduced):
        return replace(reduced, result=_FALLS[TestResult(test.result)].value)
    return reduced


def carrying(test: Test) -> tuple[Evidence, ...]:
    """Return what carries a test's result: the evidence for it if it passed, what misses it if it failed."""
    chosen = {TestResult.PASSED: _for, TestResult.FAILED: _missed}.get(TestResult(test.result))
    return tuple(filter(chosen, test.evidence)) if chosen else ()


def _for(brought: Evidence) -> bool:
    return brought.direction == Direction.FOR and brought.done


def _missed(brought: Evidence) -> bool:
    return brought.search and brought.done and brought.direction == Direction.AGAINST


def _left(brought: Evidence, gone: Mapping[str, set[str]]) -> Evidence | None:
    """Return what is left of something brought to a test; nothing if it falls."""
    if brought.search:
        return None if brought.key in gone["search"] or brought.coder in gone["coder"] else brought
    if brought.key in gone["observation"] or brought.lineage in gone["lineage"]:
        return None
    left = tuple(origin for origin in brought.origins if not _fallen(origin, gone))
    if brought.origins and not left:
        return None
    return brought if len(left) == len(brought.origins) else replace(brought, origins=left)


def _fallen(origin: Origin, gone: Mapping[str, set[str]]) -> bool:
    return (
        origin.quote in gone["quote"]
        or origin.source in gone["source"]
        or (origin.root or origin.source) in gone["lineage"]
        or (origin.archive in gone["archive"])
    )


def dropped(body: Body, what: str) -> tuple[Unit, ...]:
    """Return the units that fall when evidence of one sort is left out (METHOD 6, sensitivity 6).

    Args:
        body: the body of evidence.
        what: ``contested``: quotes that were looked for in the text of their source and not found there (that
            coders disagree on a code makes its evidence no weaker, and drops nothing); ``post-hoc``: tests declared
            after their evidence was seen; ``secondary``: quotes from secondary sources; ``redacted``: quotes from
            sources that were released in part; ``unverified``: quotes that were not found word for word, or of
            whose source no text is held; ``coder:KEY``: one coder.

    Raises:
        MethodError: there is nothing of that name to leave out.
    """
    if what.startswith("coder:"):
        coder = what.removeprefix("coder:")
        if coder not in units(body, "coder"):
            known = ", ".join(units(body, "coder")) or "none"
            raise MethodError(
                f"No coder {coder!r} searched, coded or stated a prior here; there are: {known}."
            )
        return (Unit("coder", coder),)
    if what == "post-hoc":
        return tuple(Unit("test", test.key) for test in body.tests if test.timing == "post hoc")
    if what not in _QUOTES:
        choices = ", ".join((*DROPS, "coder:KEY"))
        raise MethodError(f"{what!r} is no sort of evidence that can be left out; choose {choices}.")
    chosen = {origin.quote for origin in _origins(body) if _QUOTES[what](origin)}
    return tuple(Unit("quote", quote) for quote in sorted(chosen, key=natural))


_QUOTES: Mapping[str, Callable[[Origin], bool]] = {
    "contested": lambda origin: origin.state == QuoteState.NOT_FOUND,
    "secondary": lambda origin: origin.tier == SourceTier.SECONDARY,
    "redacted": lambda origin: origin.redacted,
    "unverified": lambda origin: origin.state not in _FOUND,
}


def dropping(body: Body, what: str) -> Body:
    """Return a body without the evidence of one sort; see ``dropped``."""
    return without(body, dropped(body, what))


def study_code(body: Body, variable: str) -> Code | None:
    """Return the code that stands for the study on a variable; a publication's never does.

    The codes of a body are in the order of their rounds: adjudicated, open, blind.
    """
    return next(
        (code for code in body.codes if code.variable == variable and code.round != Round.PUBLISHED), None
    )
