"""MID files of our own making, with the traps of the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evidence.cases import loading, mid
from evidence.cases.report import Report
from tests.kit import Ledger

DISPUTE = {
    "dispnum": 1, "stday": 11, "stmon": 5, "styear": 1955, "endday": 11, "endmon": 5, "endyear": 1955,
    "outcome": 5, "settle": 3, "fatality": 0, "fatalpre": 0, "maxdur": 1, "mindur": 1, "hiact": 17, "hostlev": 4,
    "recip": 1, "numa": 1, "numb": 1,
}  # fmt: skip
PART = {
    "dispnum": 1, "stabb": "USA", "ccode": 2, "stday": 11, "stmon": 5, "styear": 1955, "endday": 11, "endmon": 5,
    "endyear": 1955, "sidea": 1, "revstate": 0, "revtype1": 0, "revtype2": -9, "fatality": 0, "fatalpre": 0,
    "hiact": 17, "hostlev": 4, "orig": 1,
}  # fmt: skip
CHINA: dict[str, Any] = {"stabb": "CHN", "ccode": 710, "sidea": 0}


def csv_of(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV, the header from the first of them."""
    return "".join(
        f"{','.join(str(cell) for cell in line)}\n" for line in (rows[0], *(row.values() for row in rows))
    )


@dataclass
class Files:
    """A pair of files, and how they are read."""

    folder: Path

    @property
    def disputes(self) -> Path:
        return self.folder / "MIDA.csv"

    @property
    def participants(self) -> Path:
        return self.folder / "MIDB.csv"

    def write(
        self, disputes: list[dict[str, Any]] | None = None, parts: list[dict[str, Any]] | None = None
    ) -> Files:
        """Write them, each row as what differs from a plain one."""
        self.disputes.write_text(csv_of([{**DISPUTE, **one} for one in disputes or [{}]]), "utf-8")
        self.participants.write_text(csv_of([{**PART, **one} for one in parts or [{}, CHINA]]), "utf-8")
        return self

    def read(self, version: str = "4.01", **options: Any) -> mid.MidPlan:
        """Read them."""
        return mid.read_mid(self.disputes, self.participants, version, **options)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A plain pair of files: one dispute, the United States against China."""
    return Files(tmp_path).write()


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A ledger with an empty study, on either engine; nobody goes behind its back."""
    found = Ledger(ledger_url)
    found.found()
    yield found
    assert found.findings() == []


def carry_out(ledger: Ledger, plan: mid.MidPlan, merged: dict[int, int] | None = None) -> Report:
    """Carry a plan out as one unit of work."""
    with ledger.write("import mid") as session:
        return loading.apply(session, plan, merged)
