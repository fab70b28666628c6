"""What is broken, cut off or meant to harm is refused in a sentence with its place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from evidence.archive.bibliography.reading import read_bibliography
from evidence.errors import ValueRefused

RIS = "TY  - JOUR\nAU  - Müller, Jörg\nTI  - Über\nER  - \n"
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    "<xml><records><record><titles><title>&b;&c;</title></titles></record></records></xml>"
)

CASES: dict[str, tuple[bytes, str]] = {
    "empty": (b"\xef\xbb\xbf\n", "this is empty"),
    "not one": (b"Dear diary\n", "line 1: this is no bibliography that is known here; RIS, "),
    "a PDF": (b"%PDF-1.7\n\xff\x00", "this is no bibliography"),
    "a web page": (b"<!DOCTYPE html><html></html>", "this is a web page"),
    "cp1252": (RIS.encode("cp1252"), r"line 2: its letters are not written in UTF-8 \(byte 18\); say how .* --encoding"),
    "NUL": (RIS.encode() + b"\x00", "line 5: a NUL character stands here"),
    "RIS cut off": (RIS[:40].encode(), "line 1: this record has no end, so the file is cut off"),
    "RIS without an end": ((RIS[:-7] + RIS).encode(), "line 4: a record begins here, but that of line 1 has no end"),
    "RIS without a beginning": (b"AU  - X\n" + RIS.encode(), "line 1: AU stands in no record"),
    "BibTeX cut off": (b"\n@book{a,\n title = {X},\n author = {Y", "line 2: this entry has no end"),
    "BibTeX with a quote open": (b'@book{a,\n title = "X,\n}\n', "line 1: this entry has no end"),
    "BibTeX without a sign": (b"@book{a,\n title {X}}", "line 2: '{' stands where a field should be, in the entry of line 1"),
    "BibTeX closed too early": (b"@book{a,\n title = {X}},\n year = {1955}\n}\n", "line 3: a field stands outside any entry"),
    "BibTeX too deep": (b"@book{a, title = " + b"{" * 100_000 + b"}" * 100_000 + b"}", "braces lie more than 100 deep"),
    "JSON cut off": (b'[{"type":"book",\n"title":"x"', "line 2: .*it is cut off"),
    "JSON too deep": (b"[" * 100_000 + b"]" * 100_000, "more than 100 deep"),
    "JSON deep in a field": (b'[{"type":"book","x":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}]", "more than 100 deep"),
    "JSON of something else": (b"[1, 2]", "row 1: this is no item of CSL-JSON"),
    "CSL with a list for a title": (b'[{"type":"book","title":["a"]}]', 'row 1, field "title": title is text'),
    "CSL with a number for a name": (b'[{"type":"book","author":[1]}]', 'row 1, field "author": author holds something that is no name'),
    "Zotero with a number for tags": (b'[{"itemType":"book","tags":5}]', 'row 1, field "tags": tags is a list'),
    "Zotero with half an item": (b'[{"itemType":"book","title":"x"},{"a":1}]', "row 2: this is no item of Zotero"),
    "XML with entities": (ENTITIES.encode(), "this declares entities of its own"),
    "XML cut off": (b"<xml>\n<records><record>", "line 2: this is cut off"),
    "XML of something else": (b"<tei/>", "this XML is no bibliography of EndNote"),
    "RDF of nothing": (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "nothing in this RDF is a source"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_sentence_with_its_place(tmp_path: Path, name: str) -> None:
    content, sentence = CASES[name]
    file = tmp_path / "library.any"
    file.write_bytes(content)
    began = time.perf_counter()
    with pytest.raises(ValueRefused, match=f"(?s)^library.any.*{sentence}"):
        read_bibliography(file)
    assert time.perf_counter() - began < 5, "it takes a tenth of a second"


@pytest.mark.parametrize(
    "content",
    [
        b"@book{a, title = {" + b"\\'{e}" * 20_000 + b"}}",
        b"@book{a, title = {" + b"$" * 20_001 + b"}}",
        b"@book{a, title = {x}, author = {" + b" and ".join([b"Smith, J"] * 5000) + b"}}",
        b"@book{a, title = {" + b"\\textit{" * 90 + b"x" + b"}" * 90 + b"}}",
        RIS.replace("Über", "x" * 10_000).encode(),
        ("TY  - BOOK\nTI  - T\n" + "KW  - k\n" * 20_000 + "ER  -\n").encode(),
        b'[{"type":"book","title":"x","issued":{"date-parts":[["x"],null]}},{"type":"book","title":"y","issued":[1]}]',
        b'[{"type":"book","title":"x","issued":{"date-parts":[[99999,99]],"season":[]}}]',
    ],
)
def test_what_is_odd_but_possible_is_read_soon(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd"
    file.write_bytes(content)
    began = time.perf_counter()
    assert read_bibliography(file).items[0].fields["title"]
    assert time.perf_counter() - began < 10, "it takes a tenth of a second"


def test_an_encoding_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.ris"
    file.write_text(RIS, "utf-8")
    with pytest.raises(ValueRefused, match="'windoze' is no encoding"):
        read_bibliography(file, encoding="windoze")
    with pytest.raises(ValueRefused, match="cannot be read: No such file"):
        read_bibliography(tmp_path / "nowhere.ris")
