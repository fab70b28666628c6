"""Of all sources of a study, an import keeps those that it may speak of, by whatever they are known."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.archive.bringing import bring
from evidence.archive.incoming import Incoming, IncomingSource
from evidence.archive.knowing import Wanted, identified, known_sources
from evidence.ledger import records
from tests.kit import Ledger


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    """A study with sixty sources, one of them known in many ways, one renamed."""
    made = Ledger(ledger_url)
    made.found()
    items = [IncomingSource(key=f"s{number}", fields={"title": f"Memo {number}"}) for number in range(58)]
    csl = {"author": [{"family": "Gärtner"}], "issued": "1955-02-28", "DOI": "10.1000/AB"}
    named = {"zotero": "1/ABCD", "citekey": "gartner:1955"}
    items += [
        IncomingSource(key="gartner1955-note-b", fields={"title": "Note", "csl": csl, "identifiers": named}),
        IncomingSource(key="old", fields={"title": "Renamed"}),
    ]
    with made.write("import") as session:
        bring(session, Incoming(items=tuple(items)))
    with made.write("rename") as session:
        records.rename(session, "source", records.find(session, "source", "old"), "new")
        records.retire(session, records.find(session, "source", "s7"))
    return made


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ({"key": "s7"}, "s7"),
        ({"key": "old"}, "new"),
        ({"names": {"zotero": "1/ABCD"}}, "gartner1955-note-b"),
        ({"names": {"doi": "10.1000/ab"}}, "gartner1955-note-b"),
        ({"names": {"citekey": "s12"}}, "s12"),
        ({"stem": "gartner1955-note"}, "gartner1955-note-b"),
    ],
)
def test_few_sources_are_kept_however_they_are_known(
    ledger: Ledger, wanted: dict[str, Any], key: str
) -> None:
    silent = {"key": "", "stem": "", "names": {}, "record": "", "title": "", "author": "", "year": ""}
    with ledger.write("look") as session:
        sources = known_sources(session, [Wanted(**{**silent, **wanted})])
    assert [one.key for one in sources.known] == [key]
    assert len(sources.keys) == 60
    assert sources.keys["s7"] is None
    assert sources.known[0].retired == (key == "s7")


@pytest.mark.parametrize(
    "said",
    [
        {"identifiers": {"url": "http://dx.doi.org/10.1162/isec_a_00197"}},
        {"csl": {"URL": "https://doi.org/10.1162/ISEC_a_00197"}},
        {"csl": {"DOI": "10.1162/isec_a_00197"}},
    ],
)
def test_an_address_that_is_a_doi_is_one(said: dict[str, Any]) -> None:
    known = identified(said.get("identifiers", {}), said.get("csl", {}))
    assert known["doi"] == "10.1162/isec_a_00197"
