"""What is said of agreement, side by side: marginals, coefficients with their intervals, and the confusion of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from evidence.errors import MethodError
from evidence.inference.agreement import (
    Agreement,
    alpha,
    cohen_kappa,
    fleiss_kappa,
    scott_pi,
    together,
)
from evidence.inference.tally import Interval, gwet_ac2, intervals

__all__ = ["CUT_OFFS", "Figure", "Measured", "measured"]

#: What the literature calls enough, each of its own coefficient: what to say, and where it is said.
CUT_OFFS = (
    (
        "Krippendorff's alpha",
        "rely on .800 and above; .667 to .800 for tentative conclusions",
        "Krippendorff, Content Analysis",
    ),
    (
        "kappa",
        "to .20 slight, .40 fair, .60 moderate, .80 substantial, above that almost perfect: bands that they call arbitrary",
        "Landis and Koch 1977",
    ),
)
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient as it is shown, with its interval where there is one.

    Args:
        name: the coefficient, with its metric or weights.
        value: nothing where it is undefined.
        shown: the value in three decimals, or ``undefined: no variation``.
        low: the lower end of the interval; nothing if there is none.
        high: its upper end.
        undefined: the share of replicates without a value, in [0,1].
    """

    name: str
    value: float | None
    shown: str
    low: float | None = None
    high: float | None = None
    undefined: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """How far coders agree on some cases.

    Args:
        units: how many cases two or more of them gave a level.
        single: how many cases one of them alone gave a level; they leave alpha.
        none: how many cases nobody gave a level.
        figures: percent agreement, alpha nominal and ordinal, AC1 and AC2, each with its interval.
        further: the other coefficients that these codes allow, without intervals.
        marginals: for each coder how often each level of the scale was given.
        confusion: for two coders, a row for each level of the first and a column for each of the second; else empty.
    """

    units: int
    single: int
    none: int
    figures: tuple[Figure, ...]
    further: tuple[Figure, ...]
    marginals: tuple[tuple[int, ...], ...]
    confusion: tuple[tuple[int, ...], ...]


def measured(
    units: Sequence[Sequence[str | None]],
    levels: Sequence[str],
    coders: int,
    *,
    ordered: bool = True,
    seed: int = 1,
    replicates: int = 1000,
) -> Measured:
    """Return everything that is said of the agreement of some coders on some cases.

    Args:
        units: a row for each case, with a level or nothing for each coder.
        levels: the scale in its order.
        coders: how many there are.
        ordered: whether the scale's order is to be used beside its names.
        seed: of the resampling.
        replicates: how often units are drawn anew.

    Raises:
        ValueRefused: a code is not on the scale, or the number of replicates is wrong.
    """
    shown = [*together(units, levels, ordered=ordered)]
    if ordered:
        shown.append(gwet_ac2(units, "quadratic", levels))
    drawn = {
        one.name: one for one in intervals(units, levels, ordered=ordered, seed=seed, replicates=replicates)
    }
    return Measured(
        units=shown[0].units,
        single=shown[0].single,
        none=sum(all(value is None for value in unit) for unit in units),
        figures=tuple(_figure(one, drawn[one.name]) for one in shown),
        further=tuple(_figure(one) for one in _further(units, levels, coders, ordered=ordered)),
        marginals=tuple(
            tuple(sum(unit[coder] == level for unit in units) for level in levels) for coder in range(coders)
        ),
        confusion=_confusion(units, levels) if coders == _PAIR else (),
    )


def _figure(one: Agreement, drawn: Interval | None = None) -> Figure:
    if drawn is None:
        return Figure(one.name, one.value, str(one))
    return Figure(one.name, one.value, str(one), drawn.low, drawn.high, drawn.undefined)


def _further(
    units: Sequence[Sequence[str | None]], levels: Sequence[str], coders: int, *, ordered: bool
) -> list[Agreement]:
    found = []
    if coders == _PAIR:
        weights = ("none", "linear", "quadratic") if ordered else ("none",)
        found += [cohen_kappa(units, weight, levels) for weight in weights]
        found.append(scott_pi(units, levels))
    else:
        with suppress(MethodError):  # not as many codes on each case
            found.append(fleiss_kappa(units, levels))
    if ordered:
        found.append(gwet_ac2(units, "linear", levels))
    numbers = _numbers(units, levels)
    if numbers is not None and ordered:
        found += [alpha(numbers, metric) for metric in ("interval", "ratio")]
    return found


def _numbers(units: Sequence[Sequence[str | None]], levels: Sequence[str]) -> list[list[int | None]] | None:
    """Return codes as the numbers that they are; nothing if a level is no whole number."""
    if not all(level.isdecimal() and level.isascii() for level in levels):
        return None
    return [[None if value is None else int(value) for value in unit] for unit in units]


def _confusion(units: Sequence[Sequence[Any]], levels: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    met = Counter((unit[0], unit[1]) for unit in units)
    return tuple(tuple(met[row, column] for column in levels) for row in levels)
