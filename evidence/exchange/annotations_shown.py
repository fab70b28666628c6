"""What an observation says, on the lines by which notes say it in field notes, annotations and projects alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["shown"]


def shown(row: Any) -> Iterator[str]:
    """Yield the lines: ``Shows: S stated X``, and what is inferred, whose words they are, when it happened.

    Args:
        row: the observation's row.
    """
    said = (
        ("Shows", row.proposition),
        ("Inference", row.inference),
        ("Speaker", row.speaker),
        ("When", row.occurred),
    )
    for label, value in said:
        if value:
            yield f"{label}: {' '.join(value.split())}"
