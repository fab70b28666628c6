"""A body of evidence read in several worlds: where likelihoods are uncertain, their joint probabilities are mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evidence.errors import MethodError, ValueRefused, nearest
from evidence.inference import bayes
from evidence.inference.body import Body, Test
from evidence.inference.counting import counted
from evidence.inference.likelihoods import likelihood
from evidence.inference.rivals import require_exclusive
from evidence.inference.weighing import clusters, stating, totals
from evidence.inference.worlds import Mixture, mixture, world_of_likelihoods
from evidence.keys import listed

__all__ = ["in_worlds", "with_likelihoods"]


def with_likelihoods(body: Body, changed: Mapping[str, Mapping[str, Any]]) -> Body:
    """Return a body in which some tests state other likelihoods; the body itself stays.

    Args:
        body: the body of evidence.
        changed: for each test's key, for some hypotheses, P(prediction seen) as it may be stated.

    Raises:
        MethodError: a test that is not in the body.
        ValueRefused: something that is no likelihood.
    """
    known = {test.key for test in body.tests}
    for key in changed:
        if key not in known:
            near = nearest(key, known)
            meant = f" Did you mean {listed(near)}?" if near else ""
            raise MethodError(f"There is no test {key!r} in {body.case}.{meant}")
    return replace(body, tests=tuple(_stating(test, changed.get(test.key, {})) for test in body.tests))


def _stating(test: Test, changed: Mapping[str, Any]) -> Test:
    if not isinstance(changed, Mapping):
        raise ValueRefused(
            f"The likelihoods of test {test.key} are not names with numbers; write HYPOTHESIS: P."
        )
    stated = {key: likelihood(p) for key, p in changed.items()}
    further = {key: p for key, p in stated.items() if key not in (test.hypothesis, test.rival)}
    return replace(
        test,
        p_hypothesis=stated.get(test.hypothesis, test.p_hypothesis),
        p_rival=stated.get(test.rival, test.p_rival),
        further={**test.further, **further},
    )


def in_worlds(
    body: Body,
    hypotheses: Sequence[str],
    worlds: Sequence[tuple[str, float, Mapping[str, Mapping[str, Any]]]],
) -> Mixture:
    """Return what the evidence says over several worlds, in which tests state different likelihoods.

    Joint probabilities are mixed; posteriors are not averaged (METHOD 2.5). Priors are equal in each world.
    What counts in numbers for all the hypotheses counts, dependent evidence once.

    Args:
        body: the body of evidence.
        hypotheses: keys of exclusive hypotheses.
        worlds: for each its name, its weight in [0,1], and the likelihoods that are others than stated.

    Raises:
        MethodError: hypotheses that are not there or not exclusive, weights that do not sum to 1, or decibels,
            which do not say how likely the evidence is in a world.
    """
    for key in hypotheses:
        if key not in body.hypotheses:
            near = nearest(key, body.hypotheses)
            meant = f" Did you mean {listed(near)}?" if near else ""
            raise MethodError(f"There is no hypothesis {key!r} in {body.case}.{meant}")
    require_exclusive(body.hypotheses[key] for key in hypotheses)
    found = []
    for name, weight, changed in worlds:
        pieces = stating(counted(with_likelihoods(body, changed)), hypotheses)
        if not pieces:
            raise MethodError(f"In world {name!r} no test counts for all of {listed(hypotheses)}.")
        for piece in pieces:
            if piece.relative:
                raise MethodError(
                    f"Test {piece.key} states decibels, which do not say how likely it is in a world; state probabilities."
                )
        rows = [
            {key: 10 ** (totals(group, [key])[0] / 10) for key in hypotheses} for group in clusters(pieces)
        ]
        found.append(world_of_likelihoods(name, weight, bayes.equal(hypotheses), rows))
    return mixture(found)
