"""One of several writers: a process of its own that logs cases, one unit of work each, until it is done or killed.

``python -m tests.ledger.writer URL NAME COUNT`` prints a line for each unit that the ledger has kept.
"""

from __future__ import annotations

import sys

from evidence.ledger import records
from evidence.ledger.revisions import attempt, writing


def log(url: str, name: str, number: int) -> None:
    """Log one case with its number, in one unit."""
    with writing(url, None, author=name, message=f"{name} {number}") as session:
        records.add(session, "case", {"key": f"{name}-{number}", "title": f"Case {number} of {name}"})


def main() -> None:
    """Write as often as the command line says."""
    url, name, count = sys.argv[1:]
    for number in range(int(count)):
        attempt(lambda number=number: log(url, name, number))  # type: ignore[misc]
        print(number, flush=True)  # noqa: T201 - whoever started it waits for this


if __name__ == "__main__":
    main()
