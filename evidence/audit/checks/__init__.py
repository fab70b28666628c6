"""What a referee would object to: rules with ids for good, each a function over the whole study."""

from __future__ import annotations

from evidence.audit.checks import (
    balance,
    chain,
    codes,
    dates,
    documents,
    likelihoods,
    narratives,
    reviews,
    unused,
)
from evidence.audit.checks.rules import FAMILIES, Found, Rule, chosen

__all__ = ["FAMILIES", "RULES", "Found", "Rule", "chosen"]

#: Every rule, by id.
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            value
            for module in (chain, documents, codes, balance, dates, unused, reviews, likelihoods, narratives)
            for value in vars(module).values()
            if isinstance(value, Rule)
        ),
        key=lambda rule: rule.id,
    )
)
