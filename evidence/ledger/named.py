"""What the rows of a state are called: a record by its key, a record inside another by that other's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from evidence.ledger.nouns import NOUNS

__all__ = ["PAST", "State", "carry_out", "joined", "name_of", "names_of"]

#: A state: for each table, its rows by id, as canonical JSON knows them.
State: TypeAlias = dict[str, dict[str, dict[str, Any]]]
#: Marks a copy of a ledger's past, which lacks what other copies of the ledger had done beside it.
PAST = "evidence.past"


def joined(after: Mapping[str, Any], *, new: bool) -> str:
    """Return which row a change makes its own row one with; nothing for any other change.

    Two copies of a ledger may add the same inner record, each under an id of its own. The merge of the two keeps one
    of them, and says of the other that its id is now that one's.
    """
    return "" if new else str(after.get("id") or "")


def carry_out(rows: State, gone: set[str], table: str, row_id: str, after: Mapping[str, Any]) -> None:
    """Carry a change out on a state.

    Args:
        rows: the state.
        gone: the rows that have become one with others so far; whatever else is said of them changes nothing.
        table: the changed row's table.
        row_id: its id.
        after: what the change leaves.
    """
    found = rows.setdefault(table, {})
    if row_id in gone:
        return
    if joined(after, new=row_id not in found):
        gone.add(row_id)
        del found[row_id]
        return
    found.setdefault(row_id, {}).update(after)


def names_of(rows: State) -> dict[str, str]:
    """Return what each row is called: ``case mid-50``, ``participation usa A 1 of case mid-50``."""
    keys = {
        row_id: str(row["key"]) for found in rows.values() for row_id, row in found.items() if "key" in row
    }
    names = {}
    # Twice, since a record inside another may be called after one that is inside another itself.
    for _ in range(2):
        for table, found in rows.items():
            for row_id, row in found.items():
                names[row_id] = name_of(table, row, keys)
        keys |= {
            row_id: keys.get(row_id) or f"version {row['version']}"
            for row_id, row in rows.get("variable_version", {}).items()
        }
    return names


def name_of(table: str, row: dict[str, Any], keys: dict[str, str] | None = None) -> str:
    """Return what a row is called; ``keys`` are those of rows that it may link to, by their ids."""
    noun, known = NOUNS.get(table), keys or {}
    spoken = table.replace("_", " ")
    if "key" in row:
        return f"{spoken} {row['key']}"
    if noun is None:
        return f"{spoken} {row.get('id', '')}"
    values = (row.get(noun.fields[name].column) for name in noun.known_by)
    said = " ".join(known.get(str(value), str(value)) for value in values if value is not None)
    if not noun.parent:
        return f"{spoken} {said}"
    owner = noun.fields[noun.parent]
    return f"{spoken} {said} of {owner.target} {known.get(str(row.get(owner.column)), row.get(owner.column))}"
