"""Any two histories from a common start merge to the same ledger in either order, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.ledger import canonical, laws, records
from evidence.ledger.merging_conflicts import conflicts, resolve
from tests.kit import work_a_case
from tests.ledger.merged import STEPS, Copy, copied, merged, rows, sound, values_of, work

_STEP = st.tuples(st.sampled_from(STEPS), st.integers(0, 11), st.sampled_from(("reed", "oak", "elm", "yew")))
_SIDE = st.lists(_STEP, min_size=1, max_size=6)


@pytest.fixture(scope="module")
def begun(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The common start: a case worked, with a variable to code it on."""
    start = Copy(tmp_path_factory.mktemp("merging") / "start.db")
    shutil.copyfile(_sqlite_template, start.file)
    start.ledger.found()
    with start.ledger.write() as session:
        work_a_case(session)
        levels = [{"value": value, "label": value} for value in "01"]
        records.add(
            session,
            "variable",
            {
                "key": "SALIENCE",
                "label": "Salience",
                "versions": [{"version": "1", "scale": "ordinal", "levels": levels}],
            },
        )
        records.add(session, "concept", {"key": "prestige", "family": "interest", "label": "Prestige"})
    return start


def comparable(copy: Copy) -> dict[str, Any]:
    """Return all rows but conflicts, without the fields in conflict, what follows from them, and redirects that came of them."""
    found = rows(copy)
    open_fields = set()
    for row in found["conflict"].values():
        sources, derived, _ = laws.DERIVED.get(row["table_name"], ((), (), None))
        follow = derived if row["field"] in sources else ()
        open_fields |= {(row["row"], name) for name in (row["field"], *follow)}
    by_key = {row["row"] for row in found["conflict"].values() if row["field"] == "key"}
    kept: dict[str, Any] = {}
    for table, every in found.items():
        if table == "conflict":
            continue
        if table == "redirect":
            kept[table] = sorted(
                (row["noun"], row["key"], row["row_id"])
                for row in every.values()
                if row["row_id"] not in by_key
            )
            continue
        kept[table] = {
            row_id: {name: value for name, value in row.items() if (row_id, name) not in open_fields}
            for row_id, row in every.items()
        }
    return kept


def mirrored(copy: Copy, *, swapped: bool) -> list[tuple[Any, ...]]:
    """Return the conflicts, ours and theirs in the other's places where ``swapped``."""
    found = []
    for row in rows(copy)["conflict"].values():
        ours, theirs = (row["ours"], row["ours_by"]), (row["theirs"], row["theirs_by"])
        if row["field"] == "ccode":  # which has neither place for the later actor
            ours, theirs = sorted((ours, theirs))
        elif swapped:
            ours, theirs = theirs, ours
        found.append((row["table_name"], row["row"], row["field"], row["base"] or "", ours, theirs))
    return sorted(found)


def nothing_lost(of: Copy, side: Copy) -> None:
    """All that one side did is in the history, and what it left is in a row or in a conflict."""
    assert {*values_of(side)} <= {*values_of(of)}
    here, there = rows(of), rows(side)
    told = {(row["row"], row["field"]): {row["ours"], row["theirs"]} for row in here["conflict"].values()}
    for table, every in there.items():
        if table == "redirect":
            continue
        for row_id, row in every.items():
            if row_id not in here[table]:  # one with another row, which has or disputes what it said
                assert table in ("alias", "participation", "observation_quote"), (table, row)
                continue
            assert row.keys() == here[table][row_id].keys()
    values = {
        canonical.as_bytes(value).decode()
        for every in here.values()
        for row in every.values()
        for value in row.values()
    }
    values |= {one for pair in told.values() for one in pair}
    for table in ("case", "source", "quote"):
        for row in there[table].values():
            for name in ("title", "note", "words", "box", "narrative"):
                said = canonical.as_bytes(row.get(name)).decode()
                assert said in values or "@" in said or _superseded(of, row["id"], name), (name, said)


def _superseded(of: Copy, row_id: str, name: str) -> bool:
    """Tell whether the other side changed a field that this one left alone."""
    return sum(one == str(row_id) and field == name for one, field, _ in values_of(of)) > 1


def settled(copy: Copy) -> None:
    """Resolve what is open, ours and theirs in turn, unless a law is against it."""
    with copy.ledger.read() as (connection, study):
        found = conflicts(connection, study)
    for number, one in enumerate(found):
        take = "theirs" if number % 2 == 0 else "ours"
        try:
            with copy.ledger.write(author="Cem") as session:
                resolve(session, one.key, take, "It reads better.")
        except EvidenceError:  # a law is against it, so that it stays open
            continue
        with copy.ledger.read() as (connection, study):
            (now,) = conflicts(connection, study, resolved=True, keys=[one.key])
        assert now.resolution == take
        assert now.now == getattr(now, take)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=_SIDE, other=_SIDE, more=_SIDE)
def test_in_either_order(begun: Copy, one: list[Any], other: list[Any], more: list[Any]) -> None:
    a, b = copied(begun, "a.db"), copied(begun, "b.db")
    work(a, "Ada", one)
    work(b, "Ben", other)
    a0, b0 = copied(a, "a0.db"), copied(b, "b0.db")
    merged(a, b)
    merged(b, a0)
    assert comparable(a) == comparable(b)
    assert mirrored(a, swapped=False) == mirrored(b, swapped=True)
    for copy in (a, b):
        assert sound(copy) == []
        nothing_lost(copy, a0)
        nothing_lost(copy, b0)
    again = copied(a, "again.db")
    for side in (a0, b0):
        assert merged(again, side).came == []
    assert rows(again) == rows(a)
    # A person resolves all; what is decided so stands.
    settled(a)
    assert sound(a) == []
    # A chain: more work on both, and back and forth.
    c = copied(b0, "c.db")
    merged(c, a)
    assert rows(c) == rows(a)
    work(c, "Cem", more)
    work(a, "Ada", other)
    merged(a, c)
    merged(c, a)
    assert rows(c) == rows(a)
    assert sound(a) == sound(c) == []
    # Both merged apart, and are merged with each other.
    merged(b, c)
    assert sound(b) == []
    merged(c, b)
    assert rows(c) == rows(b)
    assert sound(c) == []
