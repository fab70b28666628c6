"""Bayes' rule: posteriors of one hypothesis or of several, from numbers or ranges, with refusals in sentences."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evidence.errors import MethodError
from evidence.inference.likelihoods import Bounds
from evidence.inference.odds import check_probability, probability

__all__ = [
    "Posterior",
    "check_likelihoods",
    "check_priors",
    "equal",
    "interval_posteriors",
    "posterior",
    "posteriors",
    "sceptical",
]

_SUM = 1e-9  # how far from 1 priors may sum: rounding, not judgement


# --- One hypothesis and its rival


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is to be believed of a hypothesis against its rival, once it is known what was found."""

    p: float  # in [0,1]
    status: str = ""  # "eliminated (a=1 claimed)" where the probability is exactly 0 or 1, and by which claim
    irreversible: tuple[str, ...] = ()  # claims that had a say, such as "b=0 irreversible"


def posterior(prior: float, a: float, b: float, *, found: bool) -> Posterior:
    """Return the posterior of a hypothesis against its rival: ap/(ap+b(1-p)) if found, and mirrored if not.

    Args:
        prior: P(H) = p, in [0,1]; the rival has the rest.
        a: P(evidence | H), in [0,1].
        b: P(evidence | rival), in [0,1].
        found: whether the evidence was found; not found means searched for and not there, whence
            (1-a)p/((1-a)p+(1-b)(1-p)).

    Returns:
        The posterior; where a claim makes it exactly 0 or 1, ``status`` names the claim. Source: Humphreys &
        Jacobs 2023, ch. 5 (METHOD 2.1).

    Raises:
        MethodError: a number outside [0,1], or what came about is claimed to be impossible.
    """
    for name, stated in (("prior", prior), ("P(evidence | hypothesis)", a), ("P(evidence | rival)", b)):
        check_probability(stated, f"the {name}" if name == "prior" else name)
    impossible = 0.0 if found else 1.0  # the probability by which what came about could not
    claims = {"a": a, "b": b, "p": prior}
    irreversible = tuple(
        f"{name}={p:g} irreversible"
        for name, p in claims.items()
        if p == impossible or (name == "p" and p in (0, 1))
    )
    ours, theirs = (a, b) if found else (1 - a, 1 - b)
    out, certain = not (ours and prior), not (theirs and 1 - prior)
    if out and certain:
        seen = "what was found" if found else "that nothing was found"
        raise MethodError(
            f"By the claims made ({', '.join(irreversible)}), {seen} cannot have come about; "
            "change a probability of 0 or 1."
        )
    if out:
        return Posterior(0.0, f"eliminated ({'p=0' if ours else f'a={impossible:g}'} claimed)", irreversible)
    if certain:
        return Posterior(1.0, f"confirmed ({'p=1' if theirs else f'b={impossible:g}'} claimed)", irreversible)
    weighed = ours * prior, theirs * (1 - prior)
    if min(weighed) < sys.float_info.min:  # too small for a float to hold in full, though nobody claimed 0
        return Posterior(
            _shares({"": _log(ours) + _log(prior), "rival": _log(theirs) + _log(1 - prior)})[""],
            "",
            irreversible,
        )
    return Posterior(weighed[0] / (weighed[0] + weighed[1]), "", irreversible)


# --- Priors


def equal(hypotheses: Iterable[str]) -> dict[str, float]:
    """Return equal priors over hypotheses: the default, where nobody states any (METHOD 2.5)."""
    names = list(hypotheses)
    return {name: 1 / len(names) for name in names}


def sceptical(hypotheses: Iterable[str], doubted: str, db: float = -20.0) -> dict[str, float]:
    """Return priors that doubt one hypothesis, and divide the rest equally (METHOD 6, sensitivity 3).

    Args:
        hypotheses: all of them, two at least.
        doubted: the one of them that is doubted.
        db: its prior odds against all others together, in dB.

    Raises:
        MethodError: there is no such hypothesis, or no other.
    """
    names = list(hypotheses)
    others = [name for name in names if name != doubted]
    if doubted not in names or not others:
        raise MethodError(
            f"{doubted!r} cannot be doubted in favour of others; name it and one other at least."
        )
    return {doubted: probability(db)} | {name: probability(-db) / len(others) for name in others}


# --- Several hypotheses


def posteriors(
    priors: Mapping[str, float],
    items: Iterable[Mapping[str, float]],
    names: Sequence[str] = (),
) -> dict[str, float]:
    """Return the posteriors of exclusive hypotheses: P(H_i) times the product of P(e | H_i), made to sum to 1.

    The sum of logarithms is exact before it is rounded once (``math.fsum``), so that the order of the
    evidence makes no difference, not even in the last digit; however small the products are, none is lost.

    Args:
        priors: for each hypothesis its prior in [0,1]; together 1.
        items: for each piece of evidence P(it | hypothesis) in [0,1] for each hypothesis; each given the ones
            before it where they depend on each other. Only ratios between hypotheses count, so likelihoods
            from ``relative`` do as well. Hypotheses without a prior are passed over.
        names: what each piece of evidence is called in refusals, such as the key of its test.

    Returns:
        For each hypothesis its posterior in [0,1]. Source: Humphreys & Jacobs 2023, ch. 5 (METHOD 2.1).

    Raises:
        MethodError: priors that do not sum to 1, a number outside [0,1], a likelihood that is missing, or
            evidence that is claimed to be impossible under every hypothesis that has a prior.
    """
    rows = [dict(row) for row in items]
    check_priors({name: (p, p) for name, p in priors.items()})
    check_likelihoods(priors, [{name: (p, p) for name, p in row.items()} for row in rows], names)
    possible = {name for name, p in priors.items() if p > 0}
    _check_possible(possible, rows, names)
    logs = {name: math.fsum([_log(priors[name]), *(_log(row[name]) for row in rows)]) for name in priors}
    return _shares(logs)


def _log(p: float) -> float:
    return math.log(p) if p else -math.inf


def _shares(logs: Mapping[str, float]) -> dict[str, float]:
    """Return what share of the whole each has, from logarithms of any size, -inf included."""
    most = max(logs.values())
    sizes = {name: math.exp(log - most) for name, log in logs.items()}
    whole = math.fsum(sizes.values())
    return {name: size / whole for name, size in sizes.items()}


def interval_posteriors(
    priors: Mapping[str, Bounds],
    items: Iterable[Mapping[str, Bounds]],
    names: Sequence[str] = (),
) -> dict[str, Bounds]:
    """Return the exact range of each hypothesis's posterior, as its prior and likelihoods range.

    A posterior is highest where the likelihoods of its hypothesis are at their upper ends and all others at
    their lower ends, its prior is as high as the rest allows, and the rest of the priors goes first to the
    hypotheses that the evidence favours least; and lowest the other way round. That no prior between does
    better follows from the posterior's being monotone in each of them, the sum held at 1.

    Args:
        priors: for each hypothesis the lowest and highest prior in [0,1]; any that sum to 1 are meant.
        items: for each piece of evidence the lowest and highest P(it | hypothesis) for each hypothesis; ranges
            are taken to move freely of each other.
        names: what each piece of evidence is called in refusals.

    Returns:
        For each hypothesis its lowest and highest posterior, both attained (METHOD 6, sensitivity 4).

    Raises:
        MethodError: as for ``posteriors``; or priors of which no choice sums to 1.
    """
    rows = [dict(row) for row in items]
    check_priors(priors)
    check_likelihoods(priors, rows, names)
    possible = {name for name, ends in priors.items() if ends[1] > 0}
    _check_possible(possible, [{name: row[name][1] for name in priors} for row in rows], names)
    low, high = ({name: math.fsum(_log(row[name][end]) for row in rows) for name in priors} for end in (0, 1))
    return {
        name: _ends(
            _extreme(name, priors, high, low[name], most=False),
            _extreme(name, priors, low, high[name], most=True),
        )
        for name in priors
    }


def _ends(low: float, high: float) -> Bounds:
    return min(low, high), max(low, high)  # rounding may turn round two that are the same


def _extreme(
    name: str, priors: Mapping[str, Bounds], others: Mapping[str, float], own: float, *, most: bool
) -> float:
    """Return a posterior at its highest or lowest, from logarithms of likelihoods."""
    rest = {other: ends for other, ends in priors.items() if other != name}
    floor, ceiling = (math.fsum(ends[end] for ends in rest.values()) for end in (0, 1))
    low, high = priors[name]
    prior = min(max(1 - (floor if most else ceiling), low), high)  # a stated number stays what it is
    chosen = {other: ends[0] for other, ends in rest.items()}
    left = 1 - prior - floor
    for other in sorted(rest, key=lambda one: others[one], reverse=not most):
        more = min(max(left, 0.0), rest[other][1] - rest[other][0])
        chosen[other] += more
        left -= more
    logs = {other: _log(p) + others[other] for other, p in chosen.items()} | {name: _log(prior) + own}
    if max(logs.values()) == -math.inf:
        return 0.0 if most else 1.0  # its own weight is always 0; or that of all others is
    return _shares(logs)[name]


# --- What cannot be reckoned with


def check_priors(priors: Mapping[str, Bounds]) -> None:
    """Refuse priors that cannot be those of exclusive hypotheses.

    Args:
        priors: for each hypothesis the lowest and highest prior, the same twice for a number.

    Raises:
        MethodError: none at all, one outside [0,1], or priors of which no choice sums to 1 (within 1e-9).
    """
    if not priors:
        raise MethodError("There is no hypothesis to have a posterior; name two at least.")
    for name, ends in priors.items():
        for end in ends:
            check_probability(end, f"the prior of {name!r}")
        if ends[0] > ends[1]:
            raise MethodError(
                f"The range of the prior of {name!r} is upside down; write the lower end first."
            )
    lowest, highest = (math.fsum(ends[end] for ends in priors.values()) for end in (0, 1))
    if lowest > 1 + _SUM:
        least = "" if lowest == highest else "at least "
        raise MethodError(
            f"The priors sum to {least}{lowest:.10g}, not to 1: either a number is wrong, or the hypotheses do not "
            "exclude each other and belong in exclusive combinations (exclusify)."
        )
    if highest < 1 - _SUM:
        most = "" if lowest == highest else "at most "
        raise MethodError(
            f"The priors sum to {most}{highest:.10g}, not to 1; change them, or add a residual hypothesis."
        )


def check_likelihoods(
    priors: Mapping[str, Bounds] | Mapping[str, float],
    rows: Sequence[Mapping[str, Bounds]],
    names: Sequence[str],
) -> None:
    """Refuse evidence that does not state a likelihood under each hypothesis.

    Args:
        priors: the hypotheses.
        rows: for each piece of evidence the lowest and highest P(it | hypothesis).
        names: what each piece of evidence is called; those without a name are counted.

    Raises:
        MethodError: a likelihood that is missing or outside [0,1], or a range upside down.
    """
    for number, row in enumerate(rows):
        missing = [repr(name) for name in priors if name not in row]
        if missing:
            raise MethodError(
                f"No likelihood is stated for {_called(number, names)} under {' and '.join(missing)}; state "
                "it, or leave the evidence out."
            )
        for name in priors:
            for end in row[name]:
                check_probability(end, f"the likelihood of {_called(number, names)} under {name!r}")
            if row[name][0] > row[name][1]:
                raise MethodError(
                    f"The range of the likelihood of {_called(number, names)} under {name!r} is upside down; "
                    "write the lower end first."
                )


def _check_possible(possible: set[str], rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> None:
    standing, struck = set(possible), []
    for number, row in enumerate(rows):
        if not any(row[name] for name in possible):
            raise MethodError(
                f"The likelihood of {_called(number, names)} is 0 under every hypothesis that has a prior, and yet it "
                "came about; change one of them, or add the hypothesis that explains it."
            )
        out = {name for name in standing if not row[name]}
        if out:
            struck.append(_called(number, names))
            standing -= out
    if not standing:
        raise MethodError(
            f"Every hypothesis that has a prior is ruled out by a likelihood of 0 ({', '.join(struck)}); "
            "change one of them, or add the hypothesis that explains it all."
        )


def _called(number: int, names: Sequence[str]) -> str:
    return repr(names[number]) if number < len(names) else f"evidence no. {number + 1}"
