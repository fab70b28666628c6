"""How far coders agree: Krippendorff's alpha, kappas, Scott's pi, Gwet's AC1; undefined where nobody varied.

What is compared are units (cases) that several coders coded. A unit is a row: one value for each coder, always
in the same order of coders, and nothing (``None``) where a coder gave none or found it not codable; a code
that is missing is never 0. No coefficient says anything by itself where one code is much more frequent than
the others (METHOD 4, trap 3), so each comes with the marginals, and ``together`` gives those that belong side
by side. Pure Python: a study has hundreds of cases and a handful of coders.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from evidence.errors import MethodError, ValueRefused

__all__ = [
    "METRICS",
    "NOTHING",
    "NO_VARIATION",
    "WEIGHTS",
    "Agreement",
    "Units",
    "alpha",
    "cohen_kappa",
    "fleiss_kappa",
    "gwet_ac1",
    "percent",
    "scott_pi",
    "together",
]

Value: TypeAlias = Hashable
#: Rows of values, one for each coder; nothing where there is none.
Units: TypeAlias = Sequence[Sequence[Value | None]]
_Distance: TypeAlias = Callable[[Any, Any], float]

#: How far apart two values are, for alpha.
METRICS = ("nominal", "ordinal", "interval", "ratio")
#: How disagreements count, for Cohen's kappa.
WEIGHTS = ("none", "linear", "quadratic")
NO_VARIATION = "no variation"
NOTHING = "nothing to compare"
_PAIR = 2
_NO_NUMBER = "Distances and ratios are those of numbers, and here is {}; use nominal or ordinal."
_NO_SCALE = "Without a scale values must be numbers, and here is {}; give the levels, the lowest first."


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient of agreement, with what it was computed from.

    Args:
        name: the coefficient's name, and its metric or weights.
        value: at most 1 (full agreement); 0 is what chance would give, below 0 is less. Of percent agreement a
            share in [0,1]. Nothing where it is undefined.
        undefined: why there is no value: ``no variation`` (whoever codes all cases alike shows nothing of how
            reliable the scheme is: 0/0, not 1), or ``nothing to compare``. Empty where there is a value.
        observed: percent agreement of the units compared, in [0,1], to stand beside the coefficient.
        units: how many units were compared.
        single: how many units have one value alone.
        marginals: for each coder how often each value was given, in the order of coders.
    """

    name: str
    value: float | None
    undefined: str
    observed: float | None
    units: int
    single: int
    marginals: tuple[Mapping[Any, int], ...]

    @property
    def counts(self) -> dict[Any, int]:
        """How often each value was given, by all coders."""
        total: Counter[Any] = Counter()
        for of_one in self.marginals:
            total.update(of_one)
        return dict(total)

    def __str__(self) -> str:
        """``0.743``, or ``undefined: no variation``; what is less than 1 is never shown as 1."""
        if self.value is None:
            return f"undefined: {self.undefined}"
        shown = f"{self.value:.3f}"
        return "0.999…" if shown == "1.000" and self.value < 1 else shown


def alpha(units: Units, metric: str = "nominal", levels: Sequence[Value] | None = None) -> Agreement:
    """Return Krippendorff's alpha, for any number of coders and with values missing.

    alpha = 1 - Do/De = 1 - (n-1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck, over the matrix of coincidences o, in which each
    unit's pairs count 1/(m_u - 1). δ² is 0 or 1 (nominal); (Σ_{g=c..k} n_g - (n_c + n_k)/2)² (ordinal, which is
    Krippendorff's and not Gwet's "ordinal weights"); (c - k)² (interval); ((c - k)/(c + k))² (ratio). Units with
    one value are dropped; levels that nobody used change nothing. Source: Krippendorff, Content Analysis, on
    alpha; METHOD 4.

    Args:
        units: a row for each unit (see the module).
        metric: one of ``METRICS``; interval and ratio ask for numbers.
        levels: the scale in its order, the lowest level first; without it values must be numbers to be ordered.

    Raises:
        MethodError: the metric is unknown or does not fit the values.
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    if metric not in METRICS:
        raise MethodError(f"{metric!r} is no metric of alpha; choose {', '.join(METRICS)}.")
    found = _Read(units, levels)
    pairable = Counter(chain.from_iterable(found.compared))
    distance = _distances(metric, pairable, levels)
    apart = math.fsum(
        counts[one] * counts[other] / (counts.total() - 1) * distance(one, other)
        for counts in map(Counter, found.compared)
        for one in counts
        for other in counts
    )
    chance = math.fsum(
        pairable[one] * pairable[other] * distance(one, other) for one in pairable for other in pairable
    )
    value = 1 - (pairable.total() - 1) * apart / chance if chance else None
    return found.said(f"Krippendorff's alpha, {metric}", value)


def percent(units: Units, levels: Sequence[Value] | None = None) -> Agreement:
    """Return percent agreement Po in [0,1]: the share of pairs of coders that agree, averaged over units.

    Units count alike, however many coders they have (as in Fleiss 1971); units with one value count nothing.
    It is never undefined for want of variation, and says little where there is none.

    Raises:
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    found = _Read(units, levels)
    return found.said("percent agreement", found.agreeing())


def cohen_kappa(units: Units, weights: str = "none", levels: Sequence[Value] | None = None) -> Agreement:
    """Return Cohen's kappa of two coders, plain or weighted.

    kappa = (Po - Pe)/(1 - Pe), Pe = Σ p_i. p_.i; weighted: 1 - Σ w O / Σ w E, where a disagreement counts |i - j|
    (linear) or (i - j)² (quadratic). On a scale i and j are the places of two levels, used or not; without one
    they are the numbers themselves. Units that one of the two did not code are left out. Sources: Cohen 1960,
    1968; METHOD 4.

    Args:
        units: a row of two for each unit (see the module).
        weights: one of ``WEIGHTS``.
        levels: the scale in its order; a weighted kappa needs it unless values are numbers.

    Raises:
        MethodError: there are not two coders; the weights are unknown or do not fit the values.
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    if weights not in WEIGHTS:
        raise MethodError(f"{weights!r} are no weights of kappa; choose {', '.join(WEIGHTS)}.")
    found = _two("Cohen's kappa", units, levels)
    distance = _weighing(weights, found.compared, levels)
    table = Counter((one, other) for one, other in found.compared)
    rows, columns = (Counter(values[coder] for values in found.compared) for coder in range(_PAIR))
    apart = math.fsum(count * distance(*pair) for pair, count in table.items())
    chance = math.fsum(rows[i] * columns[j] * distance(i, j) for i in rows for j in columns)
    name = "Cohen's kappa" if weights == "none" else f"Cohen's kappa, {weights} weights"
    return found.said(name, 1 - len(found.compared) * apart / chance if chance else None)


def scott_pi(units: Units, levels: Sequence[Value] | None = None) -> Agreement:
    """Return Scott's pi of two coders: (Po - Pe)/(1 - Pe), Pe = Σ ((p_i. + p_.i)/2)².

    Unlike kappa's, its chance does not reward coders who use the scale differently. Source: Scott 1955; METHOD 4.

    Raises:
        MethodError: there are not two coders.
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    found = _two("Scott's pi", units, levels)
    pooled = Counter(chain.from_iterable(found.compared))
    return found.corrected("Scott's pi", _same_twice(pooled))


def fleiss_kappa(units: Units, levels: Sequence[Value] | None = None) -> Agreement:
    """Return Fleiss' kappa for as many codes on each unit: (Po - Pe)/(1 - Pe), Pe = Σ p_c².

    It does not ask who gave a code, so the coders may be others for each unit. Source: Fleiss 1971; METHOD 4.

    Raises:
        MethodError: units have different numbers of codes.
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    found = _Read(units, levels)
    sizes = sorted({len(values) for values in found.given})
    if len(sizes) > 1:
        raise MethodError(
            f"Fleiss' kappa needs as many codes on each unit, and here are {sizes[0]} to {sizes[-1]}; "
            "use Krippendorff's alpha, which allows for codes that are missing."
        )
    return found.corrected("Fleiss' kappa", _same_twice(Counter(chain.from_iterable(found.compared))))


def gwet_ac1(units: Units, levels: Sequence[Value] | None = None) -> Agreement:
    """Return Gwet's AC1 for any number of coders: (Po - Pe)/(1 - Pe), Pe = Σ π_c (1 - π_c)/(q - 1).

    π_c is the mean over units of the share of codes c, units coded once among them; q is the number of levels, so
    that levels that nobody used count, if the scale is given. Where all codes that are compared are the same the
    formula gives 1 whoever coded; it is said to be undefined, as the others are. Sources: Gwet 2008, 2014; METHOD 4.

    Raises:
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    found = _Read(units, levels)
    shares: dict[Any, list[float]] = {}
    for values in found.given:
        for value, count in Counter(values).items():
            shares.setdefault(value, []).append(count / len(values))
    used = [math.fsum(some) / len(found.given) for some in shares.values()]
    number = len(levels) if levels is not None else len(used)
    spread = math.fsum(share * (1 - share) for share in used)
    varied = len(set(chain.from_iterable(found.compared))) > 1
    return found.corrected("Gwet's AC1", spread / (number - 1) if varied else 1.0)


def together(
    units: Units, levels: Sequence[Value] | None = None, *, ordered: bool = True
) -> tuple[Agreement, ...]:
    """Return what is to be shown side by side: percent agreement, alpha (nominal, ordinal) and AC1.

    Where most codes are the same they differ widely, and none of them alone tells what happened (METHOD 4, trap 3).

    Args:
        units: a row for each unit (see the module).
        levels: the scale in its order.
        ordered: whether the scale has an order; without one there is no ordinal alpha.

    Raises:
        MethodError: the scale is said to have an order, is not given, and values are no numbers.
        ValueRefused: a row is too long or too short, or a value is not on the scale.
    """
    metrics = ("nominal", "ordinal") if ordered else ("nominal",)
    alphas = [alpha(units, metric, levels) for metric in metrics]
    return (percent(units, levels), *alphas, gwet_ac1(units, levels))


class _Read:
    """The units as they were given: values that are there, those of units with two or more, marginals."""

    def __init__(self, units: Units, levels: Sequence[Value] | None) -> None:
        width = len(units[0]) if units else 0
        for number, unit in enumerate(units, start=1):
            _accept(number, unit, width, levels)
        self.width = width
        self.given = [values for unit in units if (values := [v for v in unit if v is not None])]
        self.compared = [values for values in self.given if len(values) >= _PAIR]
        self.marginals = tuple(
            dict(Counter(unit[coder] for unit in units if unit[coder] is not None)) for coder in range(width)
        )

    def agreeing(self) -> float | None:
        """Return the mean over units of the share of pairs that agree."""
        if not self.compared:
            return None
        shares = [
            sum(count * (count - 1) for count in Counter(values).values()) / (len(values) * (len(values) - 1))
            for values in self.compared
        ]
        return math.fsum(shares) / len(shares)

    def corrected(self, name: str, chance: float) -> Agreement:
        """Return a coefficient that corrects Po for chance agreement."""
        seen = self.agreeing()
        return self.said(name, None if seen is None or chance == 1 else (seen - chance) / (1 - chance))

    def said(self, name: str, value: float | None) -> Agreement:
        """Return a coefficient, or why there is none."""
        why = "" if value is not None else NO_VARIATION if self.compared else NOTHING
        single = len(self.given) - len(self.compared)
        return Agreement(name, value, why, self.agreeing(), len(self.compared), single, self.marginals)


def _accept(number: int, unit: Sequence[Value | None], width: int, levels: Sequence[Value] | None) -> None:
    if len(unit) != width:
        raise ValueRefused(
            f"Unit {number} has {len(unit)} values where the first has {width}; give one for each coder, "
            "and nothing where there is none."
        )
    for value in unit:
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueRefused(f"Unit {number} has the value {value}; give nothing where a code is missing.")
        if value is not None and levels is not None and value not in levels:
            known = ", ".join(map(str, levels))
            raise ValueRefused(
                f"Unit {number} has the value {value!r}, which is not on the scale ({known}); "
                "add the level, or give nothing if the unit is not codable."
            )


def _two(name: str, units: Units, levels: Sequence[Value] | None) -> _Read:
    found = _Read(units, levels)
    if units and found.width != _PAIR:
        raise MethodError(
            f"{name} compares two coders, and here are {found.width}; take two of them, or use "
            "Krippendorff's alpha."
        )
    return found


def _same_twice(counts: Counter[Any]) -> float:
    """Return how likely two codes drawn from all are the same: Σ p²; exactly 1 only where all are."""
    if len(counts) == 1:
        return 1.0
    return math.fsum((count / counts.total()) ** 2 for count in counts.values())


def _distances(metric: str, counts: Counter[Any], levels: Sequence[Value] | None) -> _Distance:
    """Return δ² of alpha, by which two values are apart."""
    if metric == "nominal":
        return lambda one, other: float(one != other)
    if metric == "ordinal":
        place = _places(counts, levels)
        before, below = 0.0, {}
        for value in sorted(counts, key=place.__getitem__):
            below[value] = before + counts[value] / 2  # the mean rank of its values, less a half
            before += counts[value]
        return lambda one, other: (below[one] - below[other]) ** 2
    for value in counts:
        _require_number(value, _NO_NUMBER)
        if metric == "ratio" and value < 0:
            raise MethodError(f"A ratio scale has no value below 0, and here is {value}; use interval.")
    if metric == "interval":
        return lambda one, other: float(one - other) ** 2
    return lambda one, other: ((one - other) / (one + other)) ** 2 if one != other else 0.0


def _weighing(weights: str, compared: list[list[Any]], levels: Sequence[Value] | None) -> _Distance:
    """Return how much a disagreement of two values counts in a kappa."""
    if weights == "none":
        return lambda one, other: float(one != other)
    place = _places(Counter(chain.from_iterable(compared)), levels)
    power = 1 if weights == "linear" else 2
    return lambda one, other: float(abs(place[one] - place[other]) ** power)


def _places(counts: Counter[Any], levels: Sequence[Value] | None) -> dict[Any, Any]:
    """Return where values stand: their places on the scale, or the numbers that they are."""
    if levels is not None:
        return {level: place for place, level in enumerate(levels)}
    for value in counts:
        _require_number(value, _NO_SCALE)
    return {value: value for value in counts}


def _require_number(value: Any, sentence: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MethodError(sentence.format(repr(value)))
