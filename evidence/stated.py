"""Likelihoods as columns hold them: the one type that both ways of reading a ledger share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Dialect, types

__all__ = ["Stated"]


class Stated(types.TypeDecorator[Any]):
    """A likelihood in JSON: a number, two of them, or words."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Give 0.0 and 1.0 back as such: SQLite takes JSON for a number where it can, and keeps them as 0 and 1."""
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
