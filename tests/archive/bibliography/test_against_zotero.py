"""Field by field against what Zotero makes of the same files (shared/data/refs)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.archive.bibliography.reading import read_bibliography
from evidence.archive.bibliography.zotero_json import read_zotero
from evidence.archive.incoming import IncomingSource

#: How many fields of each file Zotero has, and how many of these are the same here.
SCORES = {
    "bibtex_00.bib": (7, 7), "bibtex_02.bib": (8, 8), "bibtex_04.bib": (8, 8), "bibtex_06.bib": (8, 8),
    "bibtex_08.bib": (16, 16), "bibtex_10.bib": (13, 13), "bibtex_12.bib": (6, 6), "bibtex_14.bib": (13, 13),
    "bibtex_16.bib": (8, 8), "bibtex_18.bib": (5, 2), "bibtex_20.bib": (8, 8), "bibtex_22.bib": (10, 10),
    "csljson_00.json": (11, 11), "endnotexml_00.xml": (60, 60), "endnotexml_01.xml": (2, 2), "ris_00.ris": (8, 8),
    # 48 of these 63 are dates in which the record says "Year" and "Date" and no number.
    "ris_02.ris": (800, 737),
    "ris_03.ris": (9, 9), "ris_05.ris": (13, 13), "ris_09.ris": (12, 12), "zoterordf_00.rdf": (7, 7),
    "zoterordf_01.rdf": (9, 9), "zoterordf_02.rdf": (8, 7),
}  # fmt: skip


def fields_of(item: IncomingSource) -> dict[str, Any]:
    """Return what is compared: type, title, language, rights, people by role, dates and every CSL variable."""
    found: dict[str, Any] = {
        name: item.fields[name] for name in ("type", "title", "language", "rights") if name in item.fields
    }
    for name, value in item.fields.get("csl", {}).items():
        found[name] = [" ".join(one.values()) for one in value] if isinstance(value, list) else value
    return found


def compared(refs: Path, name: str) -> tuple[int, int, list[str]]:
    """Return how many fields Zotero has in a file, how many are the same, and the others."""
    (file,) = refs.glob(f"*/{name}")
    stem = file.name.partition(".")[0]
    wanted = read_zotero(json.loads((file.parent / f"{stem}.expected.json").read_text("utf-8")), name).items
    found = read_bibliography(file).items
    assert len(found) == len(wanted)
    total, differing = 0, []
    for at, (theirs, ours) in enumerate(zip(map(fields_of, wanted), map(fields_of, found), strict=True)):
        total += len(theirs)
        differing += [
            f"{at} {field}: {value!r} here {ours.get(field)!r}"
            for field, value in theirs.items()
            if ours.get(field) != value
        ]
    return total, total - len(differing), differing


@pytest.mark.parametrize("name", SCORES)
def test_fields_are_as_zotero_has_them(shared: Path, name: str) -> None:
    total, same, differing = compared(shared / "data" / "refs", name)
    assert (total, same) == SCORES[name], "\n".join(differing)


def test_every_file_with_an_answer_is_compared(shared: Path) -> None:
    answered = {file.name.partition(".")[0] for file in (shared / "data" / "refs").glob("*/*.expected.json")}
    assert answered == {name.partition(".")[0] for name in SCORES}
    assert [sum(column) for column in zip(*SCORES.values(), strict=True)] == [1049, 982]


def test_only_placeholders_have_dates_that_differ(shared: Path) -> None:
    _, _, differing = compared(shared / "data" / "refs", "ris_02.ris")
    dates = [line for line in differing if " issued:" in line]
    assert len(dates) == 48
    assert all("0000 Year" in line for line in dates)


def test_edtf_dates_of_biblatex_are_those_of_better_bibtex(shared: Path) -> None:
    refs = shared / "data" / "refs" / "bbt"
    wanted = read_bibliography(refs / "EDTF_dates_in_BibLaTeX_590.json").items
    found = read_bibliography(refs / "EDTF_dates_in_BibLaTeX_590.biblatex").items
    assert len(found) == len(wanted) == 27

    def dates(items: tuple[IncomingSource, ...]) -> list[str]:
        return sorted(
            f"{item.fields['csl']['author'][0]['family']} {item.fields['csl'].get('issued')}"
            for item in items
        )

    assert dates(found) == dates(wanted)


def test_a_letter_in_an_archive_is_one_from_either_form(shared: Path) -> None:
    refs = shared / "data" / "refs" / "bbt"
    name = "Cite_archive_documents_with_BetterBibLaTeX_1799"
    for form in ("biblatex", "json"):
        (letter,) = (item.fields for item in read_bibliography(refs / f"{name}.{form}").items)
        assert (letter["type"], letter["tier"]) == ("personal_communication", "primary")
        assert letter["repository"] == "Archives de la Ville et l'Eurométropole de Strasbourg"
        assert (letter["item"], letter["csl"]["archive_location"]) == ("114 Z 1 248", "114 Z 1 248")
        assert letter["csl"]["issued"] == {"date-parts": [[1968, 5, 31]]}


def test_items_that_zotero_saves_from_archives_are_archival_sources(shared: Path) -> None:
    items = [
        item.fields
        for item in read_bibliography(shared / "data" / "refs" / "zotero_archive_items.json").items
    ]
    assert {item["tier"] for item in items} == {"primary"}
    poster, alien = items[0], items[4]
    assert (poster["repository"], poster["item"]) == ("The National Archives, Kew", "INF 3/108")
    assert poster["csl"]["issued"] == {"date-parts": [[1939], [1946]]}
    assert (alien["box"], alien["item"]) == ("186", "A20229735/085-08-0653")
    assert alien["further"]["extra"] == "National Archives Identifier: 5496901"
