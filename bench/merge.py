"""Merging: the same difference between copies of a small ledger and of a large one; its cost is the difference's."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.timing import Row, compare
from evidence.ledger import records, schema
from evidence.ledger.merging import merge
from evidence.ledger.revisions import founding, writing
from evidence.models import Quote, Study

__all__ = ["rows"]

_GOAL = 1.5
_STEPS = 20


def _ledger(file: Path, quotes: int) -> Path:
    """Make a ledger of so many quotes, ten of a source."""
    url = f"sqlite:///{file}"
    schema.create(url)
    with founding(url, Study(key="s", title="S"), author="bench", message="bench"):
        pass
    with writing(url, "s", author="bench", message="bench", bulk=True) as session:
        sources = [
            ({"key": f"s{n}", "title": f"Memorandum {n}", "tier": "primary"}, None)
            for n in range(quotes // 10)
        ]
        records.add_all(session, "source", sources)
        records.add_all(
            session,
            "quote",
            [
                (
                    {
                        "key": f"s{n // 10}.q{n}",
                        "source": f"s{n // 10}",
                        "words": f"Made up words, number {n}.",
                    },
                    None,
                )
                for n in range(quotes)
            ],
        )
    return file


def _work(file: Path, who: str) -> None:
    """Do what somebody does on a laptop: quotes added and noted, each a revision."""
    for n in range(_STEPS):
        with writing(f"sqlite:///{file}", "s", author=who, message=f"{who} {n}") as session:
            quote: Quote = records.find(session, "quote", f"s{n}.q{n * 10 + len(who)}")
            records.edit(session, "quote", quote, {"note": f"{who} read it."})
            records.add(
                session, "quote", {"key": f"s{n}.{who}", "source": f"s{n}", "words": f"{who} found {n}."}
            )


class _Pair:
    """Two copies that grew apart, and a fresh one of the first for each merge."""

    def __init__(self, scratch: Path, quotes: int) -> None:
        start = _ledger(scratch / f"merge-{quotes}.db", quotes)
        self.one, self.other = (scratch / f"merge-{quotes}-{who}.db" for who in ("ada", "benjamin"))
        for file, who in ((self.one, "ada"), (self.other, "benjamin")):
            shutil.copyfile(start, file)
            _work(file, who)
        self.now = scratch / f"merge-{quotes}-now.db"

    def fresh(self) -> None:
        """Bring the first copy back as it was."""
        shutil.copyfile(self.one, self.now)

    def merge(self) -> None:
        """Merge the other into it."""
        with writing(f"sqlite:///{self.now}", "s", author="bench", message="merge") as session:
            found = merge(session, f"sqlite:///{self.other}")
        if len(found.came) != _STEPS or found.conflicts:
            sys.exit(f"bench: {len(found.came)} revisions came, with {len(found.conflicts)} conflicts")


def rows(scratch: Path, rounds: int, *, quick: bool) -> Iterator[Row]:
    """Compare merging the same difference in a large ledger with merging it in a small one.

    Args:
        scratch: a folder for the ledgers.
        rounds: how many pairs of measurements.
        quick: a large ledger of 20,000 quotes and not of 200,000.
    """
    small, large = 2_000, 20_000 if quick else 200_000
    few, many = _Pair(scratch, small), _Pair(scratch, large)

    def fresh() -> None:
        few.fresh()
        many.fresh()

    fresh()
    yield compare(
        f"merge of {_STEPS} revisions on each side: {large:,} quotes / {small:,}",
        many.merge,
        few.merge,
        _GOAL,
        rounds=rounds,
        between=fresh,
    )


def main() -> None:
    """Print the line."""
    with tempfile.TemporaryDirectory(prefix="bench") as scratch:
        for row in rows(Path(scratch), 5, quick="--quick" in sys.argv[1:]):
            sys.stdout.write(
                f"{row.what}: {row.ours * 1000:.0f} ms / {row.floor * 1000:.0f} ms = {row.ratio:.2f} (goal {row.goal})\n"
            )


if __name__ == "__main__":
    main()
