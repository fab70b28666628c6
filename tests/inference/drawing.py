"""Small bodies of evidence: written out in a line, and drawn at random for property tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from evidence.inference.body import Body, Code, Evidence, Hypothesis, Origin, Test

__all__ = ["bodies", "memo", "observed", "searched", "seen", "several"]


def observed(key: str, direction: str = "for", *origins: Origin, **more: Any) -> Evidence:
    """An observation, brought to a test."""
    return Evidence(key=key, search=False, direction=direction, origins=origins, **more)


def searched(key: str, direction: str = "against", **more: Any) -> Evidence:
    """A search, brought to a test."""
    return Evidence(key=key, search=True, direction=direction, **more)


def seen(key: str, likelihoods: Mapping[str, Any], *evidence: Evidence, **more: Any) -> Test:
    """A test that passed, with a likelihood for each hypothesis: the first its own, the second its rival."""
    one, other, *further = likelihoods
    brought = evidence or (observed(f"{key}.o"),)
    fields = {"kind": "hoop", "result": "passed", **more}
    return Test(
        key=key,
        hypothesis=one,
        rival=other,
        p_hypothesis=likelihoods[one],
        p_rival=likelihoods[other],
        further={name: likelihoods[name] for name in further},
        evidence=brought,
        **fields,
    )


def several(names: Sequence[str], *tests: Test, variable: str = "ALLY", **more: Any) -> Body:
    """A body on hypotheses that exclude each other; each supports the level at the end of its name."""
    hypotheses = {
        name: Hypothesis(
            key=name,
            variable=variable,
            supports=frozenset({name[-1]}),
            exclusive=frozenset(set(names) - {name}),
        )
        for name in names
    }
    return Body(case="c", hypotheses=hypotheses, tests=tests, **more)


def memo(number: int, source: str = "s", root: str = "") -> Origin:
    """A quote from a memorandum: its number, its source, and the source at the root."""
    return Origin(f"{source}.{number}", source, root or source, "Archive", tier="primary", state="exact")


P = st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.5, 0.8, 0.9, 0.95])
STATED = st.one_of(P, P, st.tuples(P, P).map(sorted), st.sampled_from(["likely", "hardly"]))
SCALE = {"likely": [0.6, 0.8], "hardly": 0.1}
NAMES = ("h0", "h1", "h2")


@st.composite
def _origin(draw: st.DrawFn) -> Origin:
    source = draw(st.integers(0, 3))
    return Origin(
        quote=f"s{source}.{draw(st.integers(0, 1))}",
        source=f"s{source}",
        root=f"s{source // 2 * 2}",
        archive=draw(st.sampled_from(["", "A", "B"])) if source == 3 else ("A" if source < 2 else "B"),
        state=draw(st.sampled_from(["exact", "not found"])),
    )


@st.composite
def _evidence(draw: st.DrawFn) -> Evidence:
    own = {"p_hypothesis": draw(P), "p_rival": draw(P)} if draw(st.integers(0, 4)) == 0 else {}
    direction = draw(st.sampled_from(["for", "for", "against"]))
    if draw(st.integers(0, 2)) == 0:
        number = draw(st.integers(0, 2))
        d = draw(st.sampled_from([None, 0.5, [0.4, 0.8]]))
        return searched(
            f"q{number}",
            draw(st.sampled_from(["for", "against"])),
            coder=f"k{number % 2}",
            sensitivity=d,
            **own,
        )
    number = draw(st.integers(0, 5))
    return observed(
        f"o{number}",
        direction,
        *draw(st.lists(_origin(), max_size=2, unique_by=lambda origin: origin.quote)),
        lineage=draw(st.sampled_from(["", "", "L"])),
        **own,
    )


@st.composite
def _test(draw: st.DrawFn, number: int) -> Test:
    return seen(
        f"t{number}",
        {name: draw(STATED) for name in NAMES},
        *draw(st.lists(_evidence(), min_size=1, max_size=3, unique_by=lambda one: one.key)),
        kind=draw(st.sampled_from(["hoop", "smoking gun"])),
        result=draw(st.sampled_from(["passed", "passed", "failed", "inconclusive"])),
    )


@st.composite
def bodies(draw: st.DrawFn, most: int = 4) -> Body:
    """Bodies in which documents, lineages and searches are shared; with codes that rest on their tests."""
    tests = tuple(draw(_test(number)) for number in range(draw(st.integers(1, most))))
    keys = [test.key for test in tests]
    codes = tuple(
        Code(
            key=f"c.{coder}",
            variable="ALLY",
            value=draw(st.sampled_from("012")),
            coder=coder,
            round="open",
            tests=tuple(draw(st.lists(st.sampled_from(keys), unique=True))),
            searches=tuple(draw(st.lists(st.sampled_from(["q0", "q1", "q2"]), unique=True))),
            needs=draw(st.sampled_from([(), ("search",), ("passed hoop",), ("counterfactual",)])),
        )
        for coder in ("k0", "k1")
    )
    return several(NAMES, *tests, codes=codes, scale=SCALE)
