"""Provenance: what leaves as PROV-JSON is read by the PyPI package prov, and leads from each code to its documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prov.model import ProvDocument

from evidence.exchange.prov import provenance
from evidence.ledger import records
from evidence.ledger.backups import copy
from tests.kit import Ledger, Run
from tests.publish.strait import reasoned


def read(ledger: Ledger) -> Any:
    with ledger.read() as (connection, study):
        return ProvDocument.deserialize(content=provenance(connection, study)[0].decode(), format="json")


def followed(document: Any) -> dict[str, set[str]]:
    """Return what each entity follows from, by the labels' first two words."""
    label = {
        str(one.identifier): next(iter(one.get_attribute("prov:label")))
        for one in document.get_records()
        if one.identifier
    }
    short = {name: " ".join(said.split(":")[0].split()[:3]) for name, said in label.items()}
    found: dict[str, set[str]] = {}
    for one in document.get_records():
        if one.get_type().localpart == "Derivation":
            later, earlier = (short[str(value)] for name, value in one.formal_attributes[:2])
            found.setdefault(later, set()).add(earlier)
    return found


def test_every_code_leads_back_to_its_documents(ledger_url: str, tmp_path: Path) -> None:
    ledger = reasoned(ledger_url)
    document = read(ledger)
    above = followed(document)
    reached, open_ = set(), {"decision mid-50.ALLY.5"}
    while open_:
        reached |= open_
        open_ = {one for name in open_ for one in above.get(name, ())} - reached
    assert {"test mid-50.t1", "quote mid-50.q2"} <= reached
    assert any(name.startswith("source ") for name in reached)
    assert any("quote" in " ".join(above[name]) for name in above if name.startswith("narrative"))
    kinds = {one.get_type().localpart for one in document.get_records()}
    assert {"Entity", "Activity", "Agent", "Derivation", "Attribution", "Generation", "Association"} <= kinds
    assert copy(ledger_url, f"sqlite:///{tmp_path / 'copy.db'}")
    with (
        ledger.read() as (connection, study),
        Ledger(f"sqlite:///{tmp_path / 'copy.db'}", ledger.study).read() as (other, same),
    ):
        assert provenance(connection, study) == provenance(other, same)


def test_no_quoted_words_are_in_it_and_nothing_is_overwritten(
    sqlite_url: str, run: Run, tmp_path: Path
) -> None:
    ledger = reasoned(sqlite_url)
    assert run("export", "prov", "p.json").stderr.endswith("and what they come from are in p.json.\n")
    text = (tmp_path / "p.json").read_text("utf-8")
    with ledger.read() as (connection, _):
        said = connection.exec_driver_sql("SELECT words FROM quote").scalars().all()
    assert said
    assert not [one for one in said if one in text]
    assert run("export", "prov", "p.json").code == 1
    assert run("export", "prov", "p.json", "--force").code == 0


def test_a_narrative_that_cannot_be_read_cites_nothing(sqlite_url: str) -> None:
    ledger = reasoned(sqlite_url)
    with ledger.write() as session:
        records.find(session, "case", "mid-50").narrative = "It ended [@ as it began."
    assert "narrative of case" not in followed(read(ledger))


@pytest.mark.parametrize("hostile", ["a\u202eb", '"]}', "<script>"])
def test_hostile_words_are_words(sqlite_url: str, hostile: str) -> None:
    ledger = reasoned(sqlite_url)
    with ledger.write(author=hostile) as session:
        records.edit(
            session,
            "observation",
            records.find(session, "observation", "mid-50.o1"),
            {"proposition": hostile},
        )
    labels = {label for one in read(ledger).get_records() for label in one.get_attribute("prov:label")}
    assert {hostile, f"observation mid-50.o1: {hostile}"} <= labels
