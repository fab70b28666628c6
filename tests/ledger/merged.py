"""Two copies of a study that grow apart: random work on each, and what is looked at when they are one again."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from evidence.errors import EvidenceError
from evidence.ledger import canonical, indexed, records
from evidence.ledger.merging import Merged, merge
from evidence.ledger.nouns import NOUNS
from evidence.ledger.revisions import DryRun, Unit
from evidence.models import Base, Case, Change
from tests.kit import Ledger

__all__ = ["STEPS", "Copy", "copied", "merged", "rows", "work"]

#: What a step may be, and on which of the records that are there.
STEPS = (
    "quote", "retitle", "describe", "narrate", "alias", "part", "rename", "retire", "restore", "actor", "show", "box",
    "code", "cite", "span",
)  # fmt: skip
_OWN = {"revision", "change"}


@dataclass(frozen=True)
class Copy:
    """A ledger in a file."""

    file: Path

    @property
    def ledger(self) -> Ledger:
        """Its doors."""
        return Ledger(f"sqlite:///{self.file}")


def copied(one: Copy, name: str) -> Copy:
    """Copy a ledger's file, whoever else reads it."""
    other = Copy(one.file.with_name(name))
    for left in ("", "-wal", "-shm"):
        other.file.with_name(name + left).unlink(missing_ok=True)
    with closing(sqlite3.connect(one.file)) as here, closing(sqlite3.connect(other.file)) as there:
        here.backup(there)
    return other


def merged(into: Copy, other: Copy, *, dry_run: bool = False) -> Merged:
    """Merge one copy into another."""
    try:
        with into.ledger.write("merge", author="Merger") as session:
            found = merge(session, other.ledger.url)
            if dry_run:
                raise DryRun  # noqa: TRY301 - as the command does
    except DryRun:
        pass
    return found


def rows(copy: Copy) -> dict[str, dict[str, dict[str, Any]]]:
    """Return every row of a study as changes would note it, by table and id."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    with copy.ledger.read() as (connection, _):
        for table in Base.metadata.sorted_tables:
            if table.name not in _OWN:
                found[table.name] = {
                    str(row["id"]): {name: canonical.noted(name, value) for name, value in row.items()}
                    for row in connection.execute(select(table)).mappings()
                }
    return found


def values_of(copy: Copy) -> list[tuple[str, str, str]]:
    """Return every value that any revision left: its row, its field, and the value as JSON."""
    with copy.ledger.read() as (connection, _):
        said = connection.execute(select(Change.row_id, Change.after)).all()
    return [
        (str(row_id), name, canonical.as_bytes(value).decode())
        for row_id, after in said
        for name, value in canonical.from_json(after).items()
    ]


def work(copy: Copy, author: str, steps: list[tuple[str, int, str]]) -> None:
    """Do some steps, each a unit of work; what the laws refuse is not done."""
    for step, which, word in steps:
        try:
            with copy.ledger.write(f"{step} {word}", author=author) as session:
                _STEPS[step](session, which, word)
        except EvidenceError:
            continue


def _one(session: Unit, noun: str, which: int) -> Any:
    model = NOUNS[noun].model
    found = session.scalars(select(model).where(model.retired_at.is_(None)).order_by(model.id)).all()
    if not found:
        raise EvidenceError("there is none")
    return found[which % len(found)]


def _edit(session: Unit, noun: str, which: int, **fields: Any) -> None:
    records.edit(session, noun, _one(session, noun, which), fields)


def _add_quote(session: Unit, which: int, word: str) -> None:
    source = _one(session, "source", which).key
    key = records.next_key(session, "quote", f"{source}.")
    records.add(session, "quote", {"key": key, "source": source, "words": f"They said {word}."})


def _add_alias(session: Unit, which: int, word: str) -> None:
    case = _one(session, "case", which)
    entry = {"data_set": "COW-MID", "version": word, "number": str(which % 3), "note": word * (which % 2)}
    records.edit(session, "case", case, {"aliases": [entry]})


def _add_part(session: Unit, which: int, word: str) -> None:
    entry = {"actor": _one(session, "actor", which).key, "side": "A", "hostility": 1 + len(word) % 5}
    records.edit(session, "case", _one(session, "case", which), {"participants": [entry]})


def _rename(session: Unit, which: int, word: str) -> None:
    noun = ("source", "quote", "observation", "case")[which % 4]
    records.rename(session, noun, _one(session, noun, which // 4), f"{word}-{which % 3}")


def _retire(session: Unit, which: int, word: str) -> None:  # noqa: ARG001
    noun = ("quote", "observation", "concept", "actor")[which % 4]
    records.retire(session, _one(session, noun, which // 4))


def _restore(session: Unit, which: int, word: str) -> None:  # noqa: ARG001
    model = NOUNS[("quote", "observation")[which % 2]].model
    for row in session.scalars(select(model).where(model.retired_at.is_not(None)).order_by(model.id)).all()[
        :1
    ]:
        row.retired_at = None


def _add_actor(session: Unit, which: int, word: str) -> None:
    records.add(session, "actor", {"key": word, "ccode": 700 + which % 4, "name": word.title()})


def _show(session: Unit, which: int, word: str) -> None:
    quotes = [_one(session, "quote", which + step).key for step in range(1 + which % 2)]
    records.edit(
        session,
        "observation",
        _one(session, "observation", which),
        {"quotes": list(dict.fromkeys(quotes)), "note": word},
    )


def _code(session: Unit, which: int, word: str) -> None:
    case = _one(session, "case", which)
    key = records.next_key(session, "decision", f"{case.key}.SALIENCE.")
    values = {
        "key": key, "case": case.key, "variable": "SALIENCE", "value": str(which % 2), "coder": "ada",
        "rationale": f"Because {word}.", "counter_evidence": "None was found.",
    }  # fmt: skip
    records.add(session, "decision", values)


def _cite(session: Unit, which: int, word: str) -> None:
    case: Case = _one(session, "case", which)
    case.narrative = f"As {word} [@{_one(session, 'quote', which).key}], so it was."


def _span(session: Unit, which: int, word: str) -> None:
    name = "start" if which % 2 else "end"
    _edit(
        session,
        "case",
        which // 2,
        **{name: f"195{3 + len(word) % 3}" if name == "start" else f"195{6 + len(word) % 3}"},
    )


_STEPS = {
    "quote": _add_quote,
    "retitle": lambda session, which, word: _edit(session, "case", which, title=word),
    "describe": lambda session, which, word: _edit(session, "source", which, note=word),
    "box": lambda session, which, word: _edit(session, "source", which, box=str(which), folder=word),
    "narrate": lambda session, which, word: _edit(session, "case", which, narrative=f"{word} happened."),
    "alias": _add_alias, "part": _add_part, "rename": _rename, "retire": _retire, "restore": _restore,
    "actor": _add_actor, "show": _show, "code": _code, "cite": _cite, "span": _span,
}  # fmt: skip


def sound(copy: Copy) -> list[str]:
    """Return what is wrong with a ledger's links, digests and index; its schema no merge touches."""
    links = plain(copy, "PRAGMA foreign_key_check")
    with copy.ledger.read() as (connection, _):
        index = [*indexed.check(connection)]
    return [*map(str, links), *map(str, copy.ledger.findings()), *map(str, index)]


def plain(copy: Copy, query: str) -> Any:
    """Return a query's rows."""
    with copy.ledger.read() as (connection, _):
        return [tuple(row) for row in connection.execute(text(query))]


def dashed(value: Any) -> str:
    """Return an id as changes spell it."""
    return str(uuid.UUID(str(value)))
