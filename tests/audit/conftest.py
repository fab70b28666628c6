"""Ledgers on both engines: one with a study, and one with a case worked in it."""

from __future__ import annotations

from tests.ledger.conftest import ledger, worked

__all__ = ["ledger", "worked"]
