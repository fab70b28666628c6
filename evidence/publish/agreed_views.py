"""What templates receive of agreement: how far the coders of each frozen round agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.inference.measured import CUT_OFFS, Figure
from evidence.publish import wording
from evidence.publish.views import CaseRef

if TYPE_CHECKING:
    from evidence.audit.agreeing import Agreed, CodedCase

__all__ = ["AgreementView", "DifferingView", "FigureView", "MarginalView", "agreement_views"]


@dataclass(frozen=True, slots=True)
class MarginalView:
    """What one coder gave: how often each level."""

    coder: str
    numbers: tuple[int, ...]  # in the order of levels
    not_codable: int  # cases that the coder found not codable: these are missing, and no level


@dataclass(frozen=True, slots=True)
class FigureView:
    """A coefficient of agreement, in words."""

    name: str  # with its metric or weights
    value: str  # three decimals, or why it is undefined
    interval: str  # "0.512 to 0.903", with the share of replicates that are undefined, if any; else nothing


@dataclass(frozen=True, slots=True)
class DifferingView:
    """A case that coders coded otherwise."""

    case: CaseRef
    shown: bool  # whether it has a page
    said: str  # "Ada 2, Ben 0"


@dataclass(frozen=True, slots=True)
class AgreementView:
    """How far the coders of a frozen round agree on a variable."""

    variable: str
    label: str
    round: str
    blind: bool
    frozen: str  # the day
    version: str  # of the scheme
    units: int  # cases coded by two or more
    single: int  # cases coded by one alone
    left: int  # codes that were left when it was frozen
    levels: tuple[str, ...]
    marginals: tuple[MarginalView, ...]
    figures: tuple[FigureView, ...]
    differing: tuple[DifferingView, ...]  # cases that they coded otherwise
    nominal: bool  # whether the scheme calls the scale nominal
    method: str  # of the intervals, with the seed
    cut_offs: str  # that the literature names, each with its source


def agreement_views(
    found: Iterable[Agreed], cases: Mapping[str, CaseRef], shown: Collection[str], label: Mapping[str, str]
) -> Iterator[AgreementView]:
    """Yield what is shown of the agreement in each round.

    Args:
        found: what ``audit.agreeing`` returned.
        cases: every case by its key.
        shown: the keys of the cases that have a page.
        label: the variables' labels as the study's prose has them.
    """
    for one in found:
        whole, measured = one.whole, one.whole.measured
        yield AgreementView(
            variable=one.variable,
            label=label.get(one.variable, one.label),
            round=one.round,
            blind=one.blind,
            frozen=wording.date(one.frozen),
            version=one.version,
            units=measured.units,
            single=measured.single,
            left=one.left,
            levels=one.levels,
            marginals=tuple(
                MarginalView(one.names.get(coder, coder), numbers, missing)
                for coder, numbers, missing in zip(
                    whole.coders, measured.marginals, whole.not_codable, strict=True
                )
            ),
            figures=tuple(map(_figure, measured.figures)),
            differing=tuple(
                DifferingView(cases[unit.case], unit.case in shown, _said(unit, one.names))
                for unit in whole.differing
                if unit.case in cases
            ),
            nominal=not one.ordinal,
            method=f"{one.replicates:,} resamplings of cases, seed {one.seed}, percentiles 2.5 and 97.5",
            cut_offs=_set("; ".join(f"for {name}, {words} ({source})" for name, words, source in CUT_OFFS)),
        )


def _figure(one: Figure) -> FigureView:
    if one.low is None or one.high is None:
        return FigureView(_set(one.name), _set(one.shown), "")
    lost = f"; {one.undefined:.1%} of replicates undefined" if one.undefined else ""
    return FigureView(_set(one.name), _set(one.shown), _set(f"{one.low:.3f} to {one.high:.3f}{lost}"))


def _said(unit: CodedCase, names: Mapping[str, str]) -> str:
    return ", ".join(f"{names.get(one.coder, one.coder)} {one.said}" for one in unit.given if one is not None)


def _set(words: str) -> str:
    """Return words and numbers as they are printed."""
    return words.replace("'", "’").replace("-", "−")
