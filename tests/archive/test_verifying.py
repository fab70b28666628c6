"""Quotes of the archive are found at their document and page, and no misquotation gets through."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from evidence.archive.bringing import bring
from evidence.archive.frus.several import checked
from evidence.archive.placing import place_quote
from evidence.archive.verifying import Checked, verify_file, verify_quotes
from evidence.errors import EvidenceError
from evidence.ledger import records
from evidence.ledger.revisions import Unit
from tests.kit import Ledger


def hold(session: Unit, source: str, content: str, **more: Any) -> None:
    digest = hashlib.sha256(content.encode()).hexdigest()
    values = {"source": source, "content": content, "sha256": digest, **more}
    records.add(session, "text", values, computed=True)


@pytest.fixture
def shelf(sqlite_url: str) -> Ledger:
    """A study with texts of three sources."""
    made = Ledger(sqlite_url)
    made.found()
    texts = {
        "vol-d1": "He did not think that the islands mattered. He said so twice: he said so.",
        "vol-d2": "The Secretary thought otherwise: the islands mattered to the alliance.",
        "memoir": "Years later he wrote: the islands mattered to nobody.",
    }
    with made.write() as session:
        for key, content in texts.items():
            records.add(session, "source", {"key": key, "title": key, "tier": "primary"})
            hold(session, key, content, pages=[["64", 0], ["65", 44]])
        records.add(session, "source", {"key": "unheld", "title": "unheld", "tier": "primary"})
        records.add(session, "source", {"key": "vol", "title": "the volume", "tier": "primary"})
    return made


def check(ledger: Ledger, file: Path) -> list[Checked]:
    with ledger.read() as (connection, study):
        return verify_file(connection, _id(connection, study), file)


def _id(connection: Connection, study: Any) -> Any:
    import uuid  # noqa: PLC0415

    del connection
    return uuid.UUID(str(study))


def listed(folder: Path, *rows: str, header: str = "quote,source,page") -> Path:
    file = folder / "list.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


# A quote finds its own source.


def test_a_quote_finds_source_page_and_offset_by_itself(shelf: Ledger) -> None:
    with shelf.write() as session:
        quote = place_quote(session, {"words": "mattered to the alliance"})
        assert quote.key == "vol-d2.1"
        assert (quote.state.value, quote.locator) == ("exact", {"page": "65"})
        assert quote.text_start == 45


def test_a_volume_s_key_stands_for_its_documents(shelf: Ledger) -> None:
    with shelf.write() as session:
        assert place_quote(session, {"words": "the islands mattered.", "source": "vol"}).key == "vol-d1.1"
        assert place_quote(session, {"words": "the islands mattered to", "source": "vol-"}).key == "vol-d2.1"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"words": "the islands mattered"},
            "stand 3 times:\n  (1) memoir, on page 64: …Years later he wrote: [the",
        ),
        ({"words": "he did think that the islands mattered"}, "The nearest, in vol-d1"),
        ({"words": "the islands counted", "source": "vol"}, "begin with vol (2 searched)"),
        ({"words": "He did think that the", "source": "vol-d1"}, "“He did [] → [not] think that the”"),
        ({"words": "thought otherwise", "locator": {"page": "65"}}, "they are in vol-d2, on page 64"),
        ({"words": "x", "source": "nowhere"}, "There is no source 'nowhere'"),
        ({"words": " "}, "needs its words"),
        ({"words": "he said so", "place": 3}, "there is no place 3"),
    ],
)
def test_what_is_nowhere_or_in_several_places_is_refused(
    shelf: Ledger, values: dict[str, Any], said: str
) -> None:
    place = values.pop("place", None)
    with pytest.raises(EvidenceError) as refused, shelf.write() as session:
        place_quote(session, values, place=place)
    assert said in str(refused.value)
    assert shelf.value("SELECT count(*) FROM quote") == 0


def test_a_place_is_chosen_by_its_number(shelf: Ledger) -> None:
    with shelf.write() as session:
        quote = place_quote(session, {"words": "the islands mattered"}, place=3)
        assert quote.key == "vol-d2.1"
        again = place_quote(session, {"words": "aid so", "source": "unheld"})
        assert again.state.value == "no text held"


# The quotations of a list.


def test_each_quotation_is_said_to_stand_or_not(shelf: Ledger, tmp_path: Path) -> None:
    with shelf.write() as session:
        place_quote(session, {"words": "mattered to the alliance"})
    file = listed(
        tmp_path,
        "mattered to the alliance,,",
        "He did think that the islands,,",
        "the islands mattered to nobody,vol,",
        "the islands mattered to the alliance,vol-d2,66",
        "the islands mattered,,65",
        "anything,unheld,",
        "anything,nowhere,",
    )
    one, altered, elsewhere, paged, several, unheld, unknown = check(shelf, file)
    assert (one.state.value, one.source, one.part, one.page, one.quote) == (
        "exact", "vol-d2", "body", "65", "vol-d2.1",
    )  # fmt: skip
    assert altered.state.value == "not found"
    assert altered.near is not None
    assert altered.near[1].said() == "He did [] → [not] think that the islands"
    assert elsewhere.state.value == "not found"
    assert (
        elsewhere.remarks == ("The words stand in memoir, on page 64.",) or "memoir" in elsewhere.remarks[0]
    )
    assert (paged.state.value, paged.misplaced, paged.failed) == ("exact", True, True)
    assert several.state.value == "exact"
    assert (unheld.state.value, unheld.failed) == ("no text held", False)
    assert (unknown.state.value, unknown.remarks) == (
        "not found",
        ("There is no source 'nowhere' in this study.",),
    )
    assert one.place.row == 2
    assert shelf.value("SELECT count(*) FROM quote") == 1


def test_many_texts_are_gone_through_in_blocks(
    shelf: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = listed(tmp_path, "mattered to the alliance,,", "he did think that the islands,,")
    whole = [(one.state, one.source, one.near and one.near[1].words) for one in check(shelf, file)]
    monkeypatch.setattr("evidence.archive.shelf._TOGETHER", 60)
    assert [(one.state, one.source, one.near and one.near[1].words) for one in check(shelf, file)] == whole


# The archive.


@pytest.fixture(scope="module")
def volumes() -> dict[str, Ledger]:
    return {}


@pytest.fixture
def frus(shared: Path, volumes: dict[str, Ledger], tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """A study with two volumes of FRUS, imported once for this module."""
    if not volumes:
        from evidence.ledger import schema  # noqa: PLC0415

        made = Ledger(f"sqlite:///{tmp_path_factory.mktemp('frus') / 'frus.db'}")
        schema.create(made.url)
        made.found()
        files = tuple(
            shared / "data" / "frus" / f"{name}.xml" for name in ("frus1955-57v02", "frus1964-68v29p2")
        )
        with made.write() as session:
            for incoming in checked(files, None)():
                bring(session, incoming)
        volumes["frus"] = made
    return volumes["frus"]


def test_true_quotes_are_found_at_their_page_and_altered_ones_refused(frus: Ledger, shared: Path) -> None:
    file = shared / "data" / "derived" / "frus_quote_checks.csv"
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    found = check(frus, file)
    assert len(found) == len(rows) == 56
    for row, one in zip(rows, found, strict=True):
        if row["is_verbatim"] == "0":
            assert one.state.value == "not found", row["quote"]
            assert one.near is not None
            assert one.near[0] == f"{row['volume']}-{row['doc_id']}"
            continue
        assert one.state.value == ("typographic" if row["is_verbatim"] == "typographic" else "exact")
        assert (one.source, one.part) == (f"{row['volume']}-{row['doc_id']}", "body")
        pages = (
            [row["page_start"]]
            if row["page_start"] == row["page_end"]
            else [row["page_start"], row["page_end"]]
        )
        assert one.page.split("–") == pages


def test_the_quotes_of_the_method_are_found_and_their_negation_refused(frus: Ledger) -> None:
    symbol = (
        "I said that it looked from here that Quemoy and Matsu were becoming a symbol, throughout Asia, of our intention "
        "to back up our allies in the face of Communist probing and expansion."
    )
    islands = (
        "...he did not think the United States should be permanently committed to holding these small islands as part "
        "of the treaty obligation."
    )
    with frus.write() as session:
        one = place_quote(session, {"words": symbol})
        assert (one.state.value, one.locator) == ("exact", {"page": "315"})
        assert one.key == "frus1955-57v02-d134.1"
        other = place_quote(session, {"words": islands, "source": "frus1955-57v02"})
        assert (other.key, other.locator) == ("frus1955-57v02-d22.1", {"page": "64"})
    with pytest.raises(EvidenceError, match=r"\[\] → \[not\]"), frus.write() as session:
        place_quote(session, {"words": islands.replace(" not", ""), "source": "frus1955-57v02"})


def test_a_footnote_of_the_archive_is_quoted_as_one(frus: Ledger) -> None:
    words = "Dulte 11 from Bangkok, dated February 25, reported that Eden gave Dulles"
    with frus.write() as session:
        quote = place_quote(session, {"words": words})
        assert quote.locator["footnote"] == "2"
    assert frus.findings() == []


# What peers get wrong (PEERS.md 4).


def test_words_and_place_never_part_company(shelf: Ledger) -> None:
    """Taguette keeps exporting a highlight's old words once it was moved (4.2)."""
    with shelf.write() as session:
        quote = place_quote(session, {"words": "He did not think"})
        records.edit(session, "quote", quote, {"words": "the islands mattered."})
        assert quote.text_start == 22
    with pytest.raises(EvidenceError, match="set by the program"), shelf.write() as session:
        records.edit(session, "quote", records.find(session, "quote", "vol-d1.1"), {"text_start": 3})
    with shelf.write() as session:
        (one,) = verify_quotes(session)
        assert one.changed == []


def test_a_quote_is_never_anchored_to_other_words(shelf: Ledger) -> None:
    """Hypothesis moves an annotation to different words when its page changes (4.10)."""
    with shelf.write() as session:
        place_quote(session, {"words": "He did not think that the islands mattered"})
    with shelf.write() as session:
        hold(session, "vol-d1", "He did think that the islands mattered.", edition="2024")
    with shelf.write() as session:
        (one,) = verify_quotes(session)
    assert one.after.state.value == "not found"
    assert any("[not] → []" in remark for remark in one.remarks)
    assert shelf.value("SELECT words FROM quote") == "He did not think that the islands mattered"
    assert shelf.value("SELECT text_start FROM quote") is None


def test_only_quotes_beneath_a_case_are_verified(shelf: Ledger) -> None:
    with shelf.write() as session:
        place_quote(session, {"words": "He did not think"})
        place_quote(session, {"words": "thought otherwise"})
        place_quote(session, {"words": "Years later he wrote"})
        narrative = "As he wrote [@memoir.1]."
        records.add(session, "case", {"key": "c", "title": "C", "narrative": narrative})
        observed = {"key": "c.o1", "case": "c", "proposition": "He stated so.", "quotes": ["vol-d1.1"]}
        records.add(session, "observation", observed)
    with shelf.write() as session:
        assert [one.quote for one in verify_quotes(session, case="c")] == ["memoir.1", "vol-d1.1"]
        assert [one.quote for one in verify_quotes(session, source="vol")] == ["vol-d1.1", "vol-d2.1"]
        assert [one.quote for one in verify_quotes(session, source="vol-")] == ["vol-d1.1", "vol-d2.1"]
        with pytest.raises(EvidenceError, match="There is no source"):
            verify_quotes(session, source="nowhere")
