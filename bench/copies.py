"""A whole ledger into PostgreSQL: ``evidence db copy`` against COPY of the same rows; ``python -m bench.copies [QUOTES]``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL

from bench.bulk import tables
from bench.timing import Row, compare
from evidence.cases.filling import apply_table
from evidence.cases.table import read_table
from evidence.ledger import passages, schema
from evidence.ledger.copying import into_server
from evidence.ledger.revisions import founding, writing
from evidence.models import Base, Study
from tests.postgres import Server, server

__all__ = ["rows"]

_GOAL = 2.0


def rows(scratch: Path, quotes: int, rounds: int) -> Iterator[Row | str]:
    """Copy a ledger of so many quotes; the floor has each table's rows in a file as COPY wrote them, words of find too."""
    file = _ledger(scratch, quotes)
    with server() as started:
        empty = started.create()
        schema.create(empty.render_as_string(hide_password=False))
        whole = started.create(empty)
        into_server(f"sqlite:///{file}", whole.render_as_string(hide_password=False))
        written = _written(scratch, whole)
        bare = {name: path for name, path in written.items() if name not in _FOUND}
        places = _Places(started, empty)
        yield compare(
            f"db copy of {quotes:,} quotes to a server / COPY of the same rows",
            lambda: into_server(f"sqlite:///{file}", places.new().render_as_string(hide_password=False)),
            lambda: _read(places.new(), written),
            _GOAL,
            rounds=rounds,
            between=places.clear,
        )
        yield compare(
            "  the same / COPY without what find asks, which is worked out anew there",
            lambda: into_server(f"sqlite:///{file}", places.new().render_as_string(hide_password=False)),
            lambda: _read(places.new(), bare),
            _GOAL,
            rounds=rounds,
            between=places.clear,
        )


#: What find asks: a table's copy on the server is worked out there.
_FOUND = (passages.PASSAGE.name, "passage_index")


class _Places:
    """Empty ledgers on a server, one for each copy."""

    def __init__(self, started: Server, empty: URL) -> None:
        self.started, self.empty = started, empty
        self.made: list[URL] = []

    def new(self) -> URL:
        """Return where to copy to."""
        self.made.append(self.started.create(self.empty))
        return self.made[-1]

    def clear(self) -> None:
        """Drop those that were used."""
        while self.made:
            self.started.drop(self.made.pop())


def _ledger(scratch: Path, quotes: int) -> Path:
    file = scratch / "copied.db"
    schema.create(f"sqlite:///{file}")
    with founding(f"sqlite:///{file}", Study(key="s", title="S"), author="bench", message="bench"):
        pass
    one, other = tables(scratch, quotes // 2, quotes)
    with writing(f"sqlite:///{file}", "s", author="bench", message="bulk", bulk=True) as session:
        apply_table(session, read_table(one, "source"))
        apply_table(session, read_table(other, "quote"))
    return file


def _plain(url: URL) -> Any:
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _written(scratch: Path, url: URL) -> dict[str, Path]:
    """Write each table to a file, in an order in which they can be read."""
    found: dict[str, Path] = {}
    with _plain(url) as connection, connection.cursor() as cursor:
        for name in (*(table.name for table in Base.metadata.sorted_tables), *_FOUND):
            found[name] = scratch / f"{name}.copy"
            with found[name].open("wb") as file, cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                for block in copy:
                    file.write(block)
    return found


def _read(url: URL, written: dict[str, Path]) -> None:
    with _plain(url) as connection, connection.cursor() as cursor:
        for name, path in written.items():
            with path.open("rb") as file, cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                while block := file.read(1 << 16):
                    copy.write(block)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for row in rows(Path(folder), count, 3):
            line = (
                row
                if isinstance(row, str)
                else f"{row.what:76} {row.ours:7.1f}s {row.floor:7.1f}s {row.ratio:6.2f}"
            )
            sys.stdout.write(f"{line}\n")
