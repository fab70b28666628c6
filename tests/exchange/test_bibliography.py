"""Bibliographies go out and come back: the same sources, in every format; and other programs read them as they are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from evidence.archive.bibliography.exact import CARRIED
from evidence.archive.bibliography.reading import read_bibliography
from evidence.archive.bibliography.types import CSL_TYPES
from evidence.archive.bringing import bring
from evidence.errors import ValueRefused
from evidence.exchange.bibliography import FORMATS, bibliography, record
from evidence.ledger import records, schema
from evidence.ledger.rows import words
from evidence.publish.csl.program import pandoc
from tests.kit import Ledger, Run

ENDS = {"csl-json": "json", "bibtex": "bib", "ris": "ris"}
#: Made up, all of them: what archives, LaTeX, alphabets and people's names do to a bibliography.
SOURCES: dict[str, dict[str, Any]] = {
    "memo": {
        "title": "Memorandum for the record: 100% of $5 & the {whole} #1 _file_ ~ ^ \\ done", "type": "document", "tier": "primary",
        "repository": "National Archives, College Park", "collection": "Records of the Department of State",
        "record_group": "59", "series": "Central Decimal File", "box": "12", "folder": "Chron, January-March 1955",
        "item": "611.93/1-2055", "frame": "Reel 3", "classification": "Top Secret", "handling": "Eyes Only", "redacted": True,
        "csl": {"author": [{"family": "O'Neill", "given": "Rosa-María"}], "issued": {"date-parts": [[1955, 1, 20]]}},
    },
    "plain-shelf": {
        "title": "A letter", "type": "personal_communication", "tier": "primary", "repository": "A library", "box": "7",
        "folder": "3", "csl": {"recipient": [{"literal": "the Minister"}], "author": [{"family": "Young", "given": "K. T.", "suffix": "Jr."}]},
    },
    "book": {
        "title": "Über die Brücke: 台灣海峽 — “Ça ira”", "type": "book", "tier": "secondary", "language": "de", "rights": "© the author",
        "csl": {
            "author": [{"family": "Gogh", "non-dropping-particle": "van", "given": "Ana and Eva"}, {"literal": "Ministry of War and Peace"}],
            "publisher": "Müller & Söhne", "publisher-place": "Wien", "issued": {"date-parts": [[1961]]}, "ISBN": "978-3-16-148410-0",
            "edition": "2", "collection-title": "Schriften", "note": "unread",
        },
    },
    "article": {
        "title": "On {Braces}, =formulas and \u202ebackwards", "type": "article-journal", "tier": "secondary", "scope": "general",
        "csl": {
            "author": [{"family": "Li", "given": "Wei"}], "container-title": "Journal of R&D", "volume": "3", "issue": "4",
            "page": "7-48", "issued": {"raw": "1999~"}, "DOI": "10.1000/a_b%20c", "URL": "https://example.org/a_b?c=%20&d=~e#f",
            "accessed": {"date-parts": [[2020, 5, 6]]},
        },
    },
    "chapter": {
        "title": "A document in a volume", "type": "document", "tier": "primary", "derived_from": "book",
        "csl": {
            "container-title": "Papers, Volume II", "number": "15", "editor": [{"family": "Smith", "given": "Louis J."}],
            "issued": {"literal": "about New Year"}, "publisher": "The Office",
        },
    },
    "data": {"title": "Disputes", "type": "dataset", "tier": "dataset", "access": "closed", "csl": {"version": "4.01"}},
}  # fmt: skip


_source = words("source", f"id study_id key derived_from_id {' '.join(set(CARRIED) - {'derived_from'})}")


def _said(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Return what a ledger says of its sources, as far as a bibliography has to do with it."""
    with ledger.read() as (connection, study):
        rows = connection.execute(select(_source).where(_source.c.study_id == study)).mappings().all()
    keys = {row["id"]: row["key"] for row in rows}
    said = {row["key"]: {name: row[name] for name in row if name in CARRIED} for row in rows}
    for row in rows:
        said[row["key"]]["derived_from"] = keys.get(row["derived_from_id"])
    return {key: {name: value or None for name, value in fields.items()} for key, fields in said.items()}


def _written(ledger: Ledger, form: str, folder: Path) -> Path:
    with ledger.read() as (connection, study):
        text, count = bibliography(connection, study, form)
    assert count == len(SOURCES)
    file = folder / f"sources.{ENDS[form]}"
    file.write_bytes(text.encode())
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The sources, in a ledger."""
    file = tmp_path_factory.mktemp("sources") / "evidence.db"
    schema.create(f"sqlite:///{file}")
    ledger = Ledger(f"sqlite:///{file}")
    ledger.found()
    with ledger.write() as session:
        for key, fields in SOURCES.items():
            records.add(session, "source", {"key": key, **fields})
    return ledger


@pytest.mark.parametrize("form", ENDS)
def test_what_goes_out_comes_back(form: str, made: Ledger, sqlite_url: str, tmp_path: Path) -> None:
    other = Ledger(sqlite_url)
    other.found()
    with other.write() as session:
        done = bring(session, read_bibliography(_written(made, form, tmp_path)))
    assert (set(done.added), done.losses) == (set(SOURCES), ())
    assert _said(other) == _said(made)
    with other.write() as session:  # and known again, there and where it came from
        assert not bring(session, read_bibliography(_written(made, form, tmp_path))).writes
    assert _written(other, form, tmp_path).read_bytes() == _written(made, form, tmp_path).read_bytes()


_words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=25),
    st.sampled_from(
        [
            "a and b",
            "RG 59",
            "Box 12",
            "{x",
            "x}",
            "\\",
            "%",
            "ER  - ",
            "TY  - BOOK",
            "a\nb",
            "@book{x,",
            "type: book",
            "1955~",
            "''",
        ]
    ),
)
_name = st.one_of(
    st.fixed_dictionaries({"family": _words, "given": _words}, optional={"suffix": _words}),
    st.fixed_dictionaries({"literal": _words}),
)
_date = st.sampled_from(
    [
        {"date-parts": [[1955, 1, 20]]},
        {"date-parts": [[1955], [1956]]},
        {"raw": "1955~"},
        {"literal": "about then"},
    ]
)
_csl = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("author", "editor", "recipient"), st.lists(_name, min_size=1, max_size=2)),
        **dict.fromkeys(("issued", "accessed"), _date),
        **dict.fromkeys(
            "container-title publisher volume issue page DOI URL ISBN note number genre archive archive_location".split(),
            _words,
        ),
    },
)
_fields = st.fixed_dictionaries(
    {
        "type": st.sampled_from(sorted(CSL_TYPES)),
        "title": _words,
        "tier": st.sampled_from(["primary", "news"]),
    },
    optional={
        **dict.fromkeys(
            "repository collection record_group series box folder item frame language derived_from".split(),
            _words,
        ),
        "csl": _csl.filter(bool),
        "redacted": st.just(value=True),
        "access": st.just("closed"),
    },
)


@settings(max_examples=60)
@given(fields=_fields, form=st.sampled_from(sorted(ENDS)))
def test_whatever_is_said_of_a_source_comes_back(fields: dict[str, Any], form: str) -> None:
    write, read = FORMATS[form]
    (one,) = read(record("k.1", fields, write, read)).items
    assert {name: value for name, value in one.fields.items() if name in CARRIED} == fields
    assert one.fields["identifiers"]["citekey"] == "k.1"


@pytest.mark.parametrize(("form", "name"), [("bibtex", "biblatex"), ("ris", "ris"), ("csl-json", "csljson")])
def test_pandoc_reads_what_was_meant(form: str, name: str, made: Ledger, tmp_path: Path) -> None:
    """An independent reader: titles to the letter, people, years, what it appeared in."""
    file = _written(made, form, tmp_path)
    done = subprocess.run(
        [pandoc(), "--from", name, "--to", "csljson", file], capture_output=True, check=True, encoding="utf-8"
    )
    read = {one["id"]: one for one in json.loads(done.stdout)}
    assert set(read) == set(SOURCES)
    for key, fields in SOURCES.items():
        if key != "memo":  # pandoc reads & in a title of RIS as it stands, and rich text in JSON as such
            assert read[key]["title"].replace("\u200e", "") == fields["title"], key
    assert "100% of $5 & the {whole} #1" in read["memo"]["title"]
    bodies = [one.get("given") for one in read["book"]["author"]]
    assert bodies == ["Ana and Eva", "Ministry" if form == "ris" else None]  # RIS has no names that are one
    assert (
        read["memo"]["author"][0]["family"] == "O’Neill" or read["memo"]["author"][0]["family"] == "O'Neill"
    )
    assert read["article"]["container-title"] == "Journal of R&D"
    assert read["memo"]["issued"]["date-parts"][0][0] == 1955
    assert read["article"]["DOI"] == "10.1000/a_b%20c"


def test_a_record_says_itself_what_its_format_has_words_for(made: Ledger, tmp_path: Path) -> None:
    """What is carried beside a record is no cover for a poor one: a plain source needs hardly any."""
    for form in ("bibtex", "ris"):
        text = _written(made, form, tmp_path).read_text("utf-8")
        record = next(
            part for part in text.split("\n\n" if form == "bibtex" else "ER  -") if "A letter" in part
        )
        assert "Folder 3, Box 7" in record
        carried = record.partition("evidence")[2]
        assert not any(word in carried for word in ("box", "folder", "repository", "author", "title")), record


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": "a", "type": "book", "title": "A", "custom": {"evidence": {"key": "b"}}}]',
        '[{"id": "a", "type": "book", "title": "A", "custom": {"evidence": {"csl": ["x"]}}}]',
        "@book{a, title = {A}, evidence = {{nonsense}}}",
        'TY  - BOOK\nTI  - A\nU5  - evidence: {"tier": \nER  - \n',
    ],
)
def test_what_somebody_else_wrote_there_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / ("a.json" if text[0] == "[" else "a.bib" if text[0] == "@" else "a.ris")
    file.write_text(text, "utf-8")
    with pytest.raises(ValueRefused, match="take the field out"):
        read_bibliography(file)


def test_the_command_tells_by_the_name_and_writes_over_nothing(
    made: Ledger, run: Run, tmp_path: Path
) -> None:
    ask = ("--ledger", made.url, "export", "bibliography")
    done = run(*ask, "s.bib", cwd=tmp_path)
    assert (done.code, done.stdout, done.stderr) == (0, "", f"{len(SOURCES)} sources are in s.bib.\n")
    assert (tmp_path / "s.bib").read_bytes() == _written(made, "bibtex", tmp_path).read_bytes()
    refused = run(*ask, "s.bib", cwd=tmp_path)
    assert (refused.code, refused.stderr) == (
        1, "Error: s.bib is there already; choose another file, or write over it with --force.\n",
    )  # fmt: skip
    assert run(*ask, "s.bib", "--force", cwd=tmp_path).code == 0
    assert "--format" in run(*ask, "s.txt", cwd=tmp_path).stderr
    assert run(*ask, "s.txt", "--format", "ris", cwd=tmp_path).code == 0
    assert (tmp_path / "s.txt").read_text("utf-8").startswith("TY  - ")
    assert sorted(FORMATS) == sorted(ENDS)
