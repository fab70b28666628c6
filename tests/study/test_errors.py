"""Whatever is wrong in a folder is one sentence with file, line, field and remedy, and nothing is loaded."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from evidence.errors import EvidenceError, LedgerError
from evidence.ledger.store import reading
from evidence.study import files, read


def refusal(folder: Path, url: str) -> str:
    """Return the sentence with which a folder is refused; nothing of it may be in the ledger."""
    with pytest.raises(EvidenceError) as caught:
        read(url, folder, author="a", message="m")
    with pytest.raises(LedgerError, match="no study yet"), reading(url):
        pass
    return str(caught.value)


#: File, what stands there, what is put in its place, and what the sentence says.
SLIPS = [
    ("study.yaml", "title:", "titel:", "study.yaml, line 2, field \"titel\": 'titel' is not a field of a study; did you mean 'title'?"),
    ("study.yaml", "key: small\n", "", "study.yaml, line 1, field \"key\": a study needs 'key'."),
    ("study.yaml", "A small study", "&a x", "anchors"),
    ("study.yaml", "A small study", "!!python/object:os.system x", "tags such as"),
    ("study.yaml", "A small study", "x\ntitle: y", "study.yaml, line 3: 'title' stands here twice"),
    ("study.yaml", "A small study", "'x", "study.yaml, line"),
    ("study.yaml", "A small study", "x\n---\nkey: b", "a second document begins here"),
    ("study.yaml", "A small study", "[" * 200, "levels deep"),
    ("study.yaml", "A small study", "x\nprofile: mine", "study.yaml, line 3, field \"profile\": 'mine' is not a test-type profile"),
    ("study.yaml", "A small study", "x\x00y", "study.yaml, line 2: the text holds a NUL"),
    ("study.yaml", "A small study", "x\x07y", "study.yaml"),
    ("actors.csv", "710,CHN", "2,CHN", 'actors.csv, line 3, field "ccode": 2 belongs to usa already'),
    ("actors.csv", "710", "7l0", "actors.csv, line 3, field \"ccode\": '7l0' is not a whole number."),
    ("actors.csv", "710", "99999999999", 'actors.csv, line 3, field "ccode"'),
    ("actors.csv", "CHN,China,", "CHN,China", "actors.csv, line 3: this row has 4 cells where the first line has 5"),
    ("actors.csv", "ccode", "code", "actors.csv, line 1: 'code' is not a column of this table; did you mean 'ccode'?"),
    ("actors.csv", "chn", "usa", "actors.csv, line 3, field \"key\": actor 'usa' is in actors.csv, line 2 already"),
    ("actors.csv", "chn", "c h n", "actors.csv, line 3, field \"key\": 'c h n' cannot be a key"),
    ("actors.csv", "China", '"China', "actors.csv, line 3: this is not CSV"),
    ("cases.csv", "outcome", "titel,outcome", "cases.csv, line 2: this row has"),
    ("cases.csv", "title,", "titel,", "cases.csv, line 1: 'titel' is not a column of this table; did you mean 'title'?"),
    ("cases.csv", "1954-09-03", "1954-09-31", "cases.csv, line 2, field \"start\": '1954-09-31' is not a day of the calendar"),
    ("cases.csv", "COW MID 4.01: 50;", "COW MID 50;", "cases.csv, line 2, field \"aliases\": 'COW MID 50' is not an alias"),
    ("cases.csv", "mid-51,", "mid-50,", "cases.csv, line 3, field \"key\": case 'mid-50' stands here twice"),
    ("participants.csv", "mid-50,chn", "mid-5,chn", "participants.csv, line 3, field \"case\": There is no case 'mid-5' in this study. Did you mean mid-5"),
    ("participants.csv", "chn,B", "chm,B", "participants.csv, line 3, field \"actor\": There is no actor 'chm' in this study. Did you mean chn?"),
    ("participants.csv", "chn,B", "chn,C", "participants.csv, line 3: side 'C' is neither A nor B."),
    ("participants.csv", "chn,B", "usa,A", "participants.csv, line 3: the same participation stands here twice"),
    ("sources.json", '"tier": "primary", "derived', '"tier": "primery", "derived', "sources.json, line 6, field \"tier\": 'primery' is not a tier. Did you mean 'primary'?"),
    ("sources.json", '"title": "Copy", ', "", "sources.json, line 5, field \"title\": a source needs 'title'."),
    ("sources.json", '"title": "Copy"', '"title": "Copy", "title": "x"', "sources.json, line 5: 'title' stands here twice"),
    ("sources.json", '"Copy",', '"Copy"', "sources.json, line 5: this is not JSON"),
    ("sources.json", '"Copy",', '"Copy", "volume": NaN,', "sources.json, line 5: NaN is not a number"),
    ("sources.json", '"Copy",', '"Copy", "x": ' + "[" * 100000, "sources.json: this JSON lies too deep"),
    ("sources.json", '"Copy",', '"Copy", "x": ' + "9" * 5000 + ",", "sources.json, line 5: a number of so many digits"),
    ("sources.json", '"derived_from": "d134"', '"derivedfrom": "d134"', "did you mean 'derived_from'?"),
    ("sources.json", '{"tier": "primary"}', '{"tier": "primary", "derived_from": "d135"}', "comes back to itself"),
    ("sources.json", '{"tier": "primary"}', '{"tier": "primary", "title": "x"}', "'title' stands beside the title"),
    ("scheme.yaml", "variables:", "variable:", "scheme.yaml, line 1, field \"variable\": 'variable' does not belong in this file; did you mean 'variables'?"),
    ("scheme.yaml", "needs: [search]", "needs: [serch]", "scheme.yaml, line 7, field \"levels\": a code cannot need 'serch'"),
    ("hypotheses.yaml", "rival: h2", "rival: h3", "hypotheses.yaml, line 5, field \"rival\": There is no hypothesis 'h3' in this study."),
    ("hypotheses.yaml", "exclusive", "exclusiv", "hypotheses.yaml, line 5, field \"relation\": 'exclusiv' is not a relation. Did you mean 'exclusive'?"),
    ("hypotheses.yaml", "relation: exclusive", "relation: exclusive, note: one, two", "put words that have a comma"),
    ("cases/mid-50.md", "  if_false: It is not said\n", "", 'cases/mid-50.md, line 17, field "if_false": a test that cannot fail is none'),
    ("cases/mid-50.md", "kind: hoop", "kind: hop", "cases/mid-50.md, line 20, field \"kind\": 'hop' is not a kind. Did you mean 'hoop'?"),
    ("cases/mid-50.md", "kind: hoop", "kid: hoop", "did you mean 'kind'?"),
    ("cases/mid-50.md", "kind: hoop", "case: mid-50", 'cases/mid-50.md, line 20, field "case": this follows from where the record stands; leave it out.'),
    ("cases/mid-50.md", "source: d134", "source: d13", "cases/mid-50.md, line 4, field \"source\": There is no source 'd13' in this study. Did you mean d13"),
    ("cases/mid-50.md", "{search: s1, direction: against}", "{observation: o1, direction: against}", "cases/mid-50.md, line 17: test t1 cannot fail without a search"),
    ("cases/mid-50.md", "searches: [s1]", "tests: [t1]", "cases/mid-50.md, line 28: decision d1: code 1 needs a search record"),
    ("cases/mid-50.md", "value: '1'", "value: '2'", "cases/mid-50.md, line 28: decision d1: '2' is not a level"),
    ("cases/mid-50.md", "variable: ALLY", "variable: ALLY\n  version: '2'", "cases/mid-50.md, line 30, field \"version\": There is no version of ALLY '2'"),
    ("cases/mid-50.md", "quotes:\n", "quote:\n", "'quote' does not belong in this file; did you mean 'quotes'?"),
    ("cases/mid-50.md", "---\nquotes", "quotes", "cases/mid-50.md, line 1: this file must begin with"),
    ("cases/mid-50.md", "---\n\nThe", "\nThe", "cases/mid-50.md, line 1: the line of three dashes that ends"),
    ("cases/mid-50.md", "locator: {page: 315}", "locator: {pag: 315}", "cases/mid-50.md, line 6, field \"locator\": 'pag' is not known here. Did you mean 'page'?"),
    ("cases/mid-50.md", "2026-11-22T19:10:00Z", "yesterday", "cases/mid-50.md, line 23, field \"declared_at\": 'yesterday' is not a moment"),
    ("cases/mid-50.md", "sensitivity: 0.7", "sensitivity: 1.7", 'cases/mid-50.md, line 15, field "sensitivity": 1.7 is not a probability'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "sentence"), SLIPS)
def test_a_slip_is_named_with_its_place(
    small: Path, sqlite_url: str, file: str, right: str, wrong: str, sentence: str
) -> None:
    text = (small / file).read_text("utf-8")
    assert right in text
    (small / file).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    said = refusal(small, sqlite_url)
    assert sentence in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("hypothesis.yaml", "hypothesis.yaml: this file is no part of a study; did you mean hypotheses.yaml?"),
        ("notes.txt", "notes.txt: this file is no part of a study"),
        ("cases/mid-52.md", "cases/mid-52.md: There is no case 'mid-52' in this study. Did you mean mid-5"),
        ("cases/picture.png", "cases/picture.png: only files of cases"),
        ("texts/../x.txt", ""),
        ("texts/x.txt", "texts/x.txt: a text's file is named after its SHA-256"),
        (f"texts/{'a' * 64}.txt", "no text of that SHA-256 is in texts.yaml"),
    ],
)  # fmt: skip
def test_a_strange_file_is_refused(small: Path, sqlite_url: str, name: str, sentence: str) -> None:
    (small / "texts").mkdir()
    (small / name).write_text("---\n---\n", encoding="utf-8")
    assert sentence in refusal(small, sqlite_url)


def test_what_stands_beside_a_study_is_left_alone(small: Path, sqlite_url: str) -> None:
    for name in ("README.md", "LICENSE", ".gitattributes", "cases/README.md", "CITATION.cff"):
        (small / name).write_text("x", encoding="utf-8")
    assert read(sqlite_url, small, author="a", message="m").founded


def test_the_words_of_a_text_must_be_those_its_name_promises(small: Path, sqlite_url: str) -> None:
    words = "Gentlemen. We stand by them."
    sha256 = hashlib.sha256(words.encode()).hexdigest()
    (small / "texts.yaml").write_text(
        f"- source: d134\n  sha256: {sha256}\n  shareable: true\n", encoding="utf-8"
    )
    (small / "texts").mkdir()
    (small / f"texts/{sha256}.txt").write_text("Other words.", encoding="utf-8")
    assert "these are not the words that the name promises" in refusal(small, sqlite_url)
    (small / f"texts/{sha256}.txt").write_text(words, encoding="utf-8")
    assert read(sqlite_url, small, author="a", message="m").added["text"] == [f"d134 {sha256}"]


@pytest.mark.parametrize("name", ["coders.yaml", "cases/mid-50.md", "cases"])
def test_links_are_not_followed(small: Path, sqlite_url: str, tmp_path: Path, name: str) -> None:
    (small / name).rename(tmp_path / "elsewhere")
    (small / name).symlink_to(tmp_path / "elsewhere")
    assert "link" in refusal(small, sqlite_url)


def test_a_pipe_is_not_waited_for(small: Path, sqlite_url: str) -> None:
    os.mkfifo(small / "general.yaml")
    assert "general.yaml: this is no plain file" in refusal(small, sqlite_url)


def test_a_huge_file_is_not_read(small: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST", 100)
    assert "bytes, and at most 100 are read" in refusal(small, sqlite_url)


def test_a_bomb_of_aliases_is_not_lit(small: Path, sqlite_url: str) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{two}: &{two} [*{one}, *{one}]\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (small / "general.yaml").write_text(bomb, encoding="utf-8")
    assert 'general.yaml, line 1, field "a": anchors (&) and aliases (*) are not read' in refusal(
        small, sqlite_url
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("key: é".encode("latin-1"), "line 1: this is not UTF-8"),
        ("key: é".encode("utf-16"), "is UTF-16; save it as UTF-8"),
    ],
)
def test_another_encoding_is_named(small: Path, sqlite_url: str, content: bytes, sentence: str) -> None:
    (small / "study.yaml").write_bytes(content)
    assert sentence in refusal(small, sqlite_url)


def test_a_folder_without_a_study_says_so(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "there is no study.yaml in it" in refusal(tmp_path / "empty", sqlite_url)
    assert "there is no such folder" in refusal(tmp_path / "none", sqlite_url)


def test_what_a_spreadsheet_saves_is_read(small: Path, sqlite_url: str) -> None:
    for file in ("actors.csv", "cases.csv", "participants.csv"):
        content = (small / file).read_bytes()
        (small / file).write_bytes(b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n"))
    assert read(sqlite_url, small, author="a", message="m").added["case"] == ["mid-50", "mid-51"]
