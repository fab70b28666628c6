"""How values of an audit are said on its page: numbers of dB, odds, likelihoods, moments, what is taken away."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidence.audit.opening import near, opening
from evidence.inference.odds import shown
from evidence.publish import wording

__all__ = ["Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """What the audit's template says values by."""

    prose: Callable[[str], str]  # how the study's own sentences are set; quotes never are

    @classmethod
    def of(cls, language: str) -> Words:
        """Return the words for a study in a language (BCP 47)."""
        english = (language or "en").startswith("en")
        return cls(wording.curled if english else wording.as_it_stands)

    def moment(self, at: datetime | None) -> str:
        """Return a moment: ``22 November 2026, 19:13 UTC``."""
        return wording.moment(at)

    def day(self, at: datetime | None) -> str:
        """Return the day of a moment: ``22 November 2026``."""
        return wording.moment(at).partition(",")[0]

    def date(self, edtf: str | None) -> str:
        """Return an EDTF date in words."""
        return wording.date(edtf)

    def span(self, start: str | None, end: str | None) -> str:
        """Return two EDTF dates in words."""
        return wording.span(start, end)

    def stated(self, likelihood: Any) -> str:
        """Return a likelihood as it was stated; that it was not, if it was not."""
        return wording.stated(likelihood) or "unstated"

    def listed(self, names: Iterable[str]) -> str:
        """Return ``a, b and c``."""
        return wording.listed(names)

    def db(self, weight: float | None) -> str:
        """Return a weight of evidence: ``+9.0 dB``."""
        if weight is None or math.isnan(weight):
            return "no number: claims of certainty contradict each other"
        if math.isinf(weight):
            return "+∞ dB" if weight > 0 else "−∞ dB"
        return f"{weight:+.1f} dB".replace("-", "−")

    def between(self, low: float, high: float) -> str:
        """Return a range of weights: ``+6.6 to +8.1 dB``; nothing where both are the same."""
        if low == high:
            return ""
        return f"{self.db(low).removesuffix(' dB')} to {self.db(high)}"

    def p(self, p: float | None) -> str:
        """Return a probability; never as 0 or 1; none where claims of certainty contradict each other."""
        if p is None or math.isnan(p):
            return "none"
        return shown(p)

    def unit(self, unit: Any) -> str:
        """Return what is taken away with its kind: ``test mid-50.t1``."""
        return f"{unit.kind} {unit.name}"

    def units(self, units: Iterable[Any]) -> str:
        """Return a set of them."""
        return wording.listed(self.unit(one) for one in units)

    def place(self, locator: Mapping[str, str]) -> str:
        """Return a locator: ``page 12, table 3``."""
        return ", ".join(f"{kind} {value}" for kind, value in locator.items())

    def near(self, key: str, case: str) -> str:
        """Return a key without the case's own before it."""
        return near(key, case)

    def opening(self, text: str, case: str) -> str:
        """Return the first sentences of a long text, with the case's own keys shortened."""
        return opening(text, case)[0]
