"""Small things that tests of several rooms build on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, text

from evidence.errors import Finding
from evidence.ledger import history, proving, records
from evidence.ledger.revisions import Unit, founding, writing
from evidence.ledger.store import open_engine, reading
from evidence.models import Study

__all__ = ["ROOT", "Golden", "Ledger", "Result", "Run", "once", "work_a_case"]

ROOT = Path(__file__).resolve().parents[1]

#: Compares a text with a file under tests/golden, by name.
Golden = Callable[[str, str], None]


@dataclass(frozen=True)
class Result:
    """What the program printed, and how it ended."""

    stdout: str
    stderr: str
    code: int


class Run(Protocol):
    """Runs the program: its line, word by word; where; what it reads; what its environment holds."""

    def __call__(
        self, *line: str, cwd: Path | None = None, stdin: str = "", **environment: str
    ) -> Result: ...


_Making = TypeVar("_Making", bound=Callable[..., Any])
_files: dict[tuple[object, ...], tuple[bytes, Any]] = {}
_used: dict[tuple[object, ...], str] = {}


def once(make: _Making) -> _Making:
    """Have what writes to a ledger do its work once, if that is a file: to a file with the same bytes it is a copy.

    It must write what it is told and nothing else, and return nothing, or the ledger that it wrote to. In one test
    that asks for the same twice, the second is made anew: two studies are not the same one with the same ids.
    """

    @wraps(make)
    def again(where: Any, *given: Any, **said: Any) -> Any:
        url, study = (where, "") if isinstance(where, str) else (where.url, where.study)
        file = Path(url.removeprefix("sqlite:///"))
        if not url.startswith("sqlite") or not _closed(file):
            return make(where, *given, **said)
        before = hashlib.sha256(file.read_bytes()).digest()
        asked = (make.__module__, make.__qualname__, before, study, repr(given), repr(said))
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        if asked in _files and _used.get(asked) != test:
            content, made = _files[asked]
            _used[asked] = test
            file.write_bytes(content)
            return made and replace(made, url=url)
        made = make(where, *given, **said)
        if _closed(file):
            _files[asked] = file.read_bytes(), made
            _used[asked] = test
        return made

    return cast("_Making", again)


def _closed(file: Path) -> bool:
    """Tell whether all of a ledger is in its one file, since nobody has it open."""
    return file.is_file() and not file.with_name(f"{file.name}-wal").exists()


@dataclass(frozen=True)
class Ledger:
    """A ledger with one study, written to and read through the library's own doors."""

    url: str
    study: str = "entangled"

    @once
    def found(self) -> None:
        """Begin the study."""
        study = Study(key=self.study, title="Entangled?", question="Do alliances entangle?")
        with founding(self.url, study, author="Ada", message="init"):
            pass

    @contextmanager
    def write(self, message: str = "a unit of work", author: str = "Ada") -> Iterator[Unit]:
        """Open one unit of work."""
        with writing(self.url, self.study, author=author, message=message) as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[tuple[Connection, Any]]:
        """Open a connection of its own, and give the study's id."""
        with reading(self.url, self.study) as opened:
            yield opened

    def findings(self) -> list[Finding]:
        """Return what verifying finds."""
        with self.read() as (connection, study):
            return list(proving.verify(connection, study))

    def entries(self) -> list[history.Entry]:
        """Return the revisions, the oldest first."""
        with self.read() as (connection, study):
            return history.entries(connection, study)

    def behind_its_back(self, statement: str) -> int:
        """Run SQL as someone with a database tool would; return how many rows it touched."""
        engine = open_engine(self.url, writing=True)
        try:
            with engine.begin() as connection:
                return connection.execute(text(statement)).rowcount
        finally:
            engine.dispose()

    def value(self, query: str) -> Any:
        """Return the first value of a query's first row, through a new connection."""
        engine = open_engine(self.url)
        try:
            with engine.connect() as connection:
                return connection.execute(text(query)).scalar()
        finally:
            engine.dispose()


def work_a_case(session: Unit) -> None:
    """Log one small case from its source to a test that is declared and not yet resolved."""
    records.add(session, "actor", {"key": "usa", "ccode": 2, "name": "United States of America"})
    records.add(session, "actor", {"key": "taiwan", "ccode": 713, "name": "Taiwan"})
    records.add(session, "coder", {"key": "ada", "name": "Ada"})
    participants = [
        {"actor": "usa", "side": "A", "hostility": 3},
        {"actor": "taiwan", "side": "A", "hostility": 4},
    ]
    strait = {"key": "mid-50", "title": "Taiwan Strait", "start": "1953-02-11", "end": "1956-01-XX"}
    records.add(session, "case", {**strait, "participants": participants, "attributes": {"hostility": 4}})
    memo = {
        "key": "memo",
        "title": "Memorandum of discussion",
        "tier": "primary",
        "csl": {"issued": "1954-09-12"},
    }
    records.add(session, "source", memo)
    quote = {
        "key": "memo.1",
        "source": "memo",
        "words": "The Secretary said that “the islands” …",
        "locator": {"page": "613"},
    }
    records.add(session, "quote", quote)
    seen = {
        "key": "o1",
        "case": "mid-50",
        "proposition": "Dulles stated that prestige was at stake",
        "quotes": ["memo.1"],
    }
    records.add(session, "observation", seen)
    for key, statement in (
        ("alliance", "The alliance drew the U.S. in."),
        ("interest", "The U.S. followed its interests."),
    ):
        records.add(session, "hypothesis", {"key": key, "case": "mid-50", "statement": statement})
    records.add(session, "test", declared())
    records.add(
        session,
        "search",
        {"key": "s1", "case": "mid-50", "question": "Pressure by the ally?", "corpus": "FRUS 1952-54"},
    )


def declared(**changed: Any) -> dict[str, Any]:
    """Return the fields of a test that can be declared, some of them changed."""
    return {
        "key": "t1",
        "case": "mid-50",
        "hypothesis": "alliance",
        "rival": "interest",
        "kind": "hoop",
        "prediction": "Dulles cites obligations to Taipei before the decision.",
        "if_false": "The minutes weigh bases and prestige only.",
        **changed,
    }
