"""REFI-QDA projects: texts with what was coded in them, however offsets were counted; the rest is named."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from evidence.archive.bringing import bring
from evidence.archive.incoming import Incoming
from evidence.archive.marking import mark
from evidence.archive.qdpx import read_qdpx
from evidence.archive.qdpx_codes import bring_codes
from evidence.archive.qdpx_offsets import Span, cut
from evidence.errors import EvidenceError
from evidence.ledger.shown import shown, shown_all
from tests.kit import Ledger, Run, work_a_case

TEXT = "Question: why?\nThe Secretary said that prestige was at stake.\nHe said no more."
QUOTED = "prestige was at stake"


def guid(number: int) -> str:
    return f"{number:08X}-0000-4000-8000-00000000ABCD"


USER, CODE, OTHER, NOTE, VARIABLE = (guid(number) for number in range(5))


def coding(number: int, code: str = CODE) -> str:
    return (
        f'<Coding guid="{guid(number)}" creatingUser="{USER}"><CodeRef targetGUID="{code.lower()}"/></Coding>'
    )


def selection(start: int, end: int, name: str = "line:2", number: int = 20, *codes: str) -> str:
    inner = "".join(coding(number + 1000 + at, code) for at, code in enumerate(codes or (CODE,)))
    return (
        f'<PlainTextSelection guid="{guid(number)}" name={quoteattr(name)} startPosition="{start}" endPosition="{end}">'
        f'<Description>On prestige.</Description>{inner}<NoteRef targetGUID="{{{NOTE}}}"/></PlainTextSelection>'
    )


def at(words: str, text: str = TEXT) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


@dataclass
class Made:
    """A project in the making: what stands in it, and the files beside it."""

    sources: str = ""
    rest: str = ""
    cases: str = ""
    files: dict[str, bytes] = field(default_factory=lambda: {"sources/A.txt": TEXT.encode()})

    def xml(self) -> str:
        return (
            '<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="Strait" origin="test">'
            f'<Users><User guid="{USER}" name="Ada"/></Users><CodeBook><Codes><Code guid="{CODE}" name="t1+" isCodable="true"/>'
            f'<Code guid="{OTHER}" name="prestige" isCodable="true"><Description>Standing with others.</Description></Code></Codes>'
            f'</CodeBook><Variables><Variable guid="{VARIABLE}" name="Year" typeOfVariable="Integer"/></Variables>'
            f'{self.cases}<Sources>{self.sources}</Sources><Notes><Note guid="{NOTE}" name="Memo"><PlainTextContent>'
            f"Shows: The Secretary named prestige</PlainTextContent></Note></Notes>{self.rest}</Project>"
        )

    def write(self, folder: Path, shared: Path | None = None) -> Path:
        if shared:
            schema = etree.XMLSchema(etree.parse(str(shared / "data" / "qda" / "refi-qda-project.xsd")))
            schema.assertValid(etree.fromstring(self.xml().encode()))
        file = folder / "project.qdpx"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("project.qde", self.xml())
            for name, data in self.files.items():
                archive.writestr(name, data)
        return file


def source(*inner: str, path: str = "internal://a.txt", name: str = "Interview 1") -> str:
    value = f'<VariableValue><VariableRef targetGUID="{VARIABLE}"/><IntegerValue>1955</IntegerValue></VariableValue>'
    return f'<TextSource guid="{guid(10)}" name={quoteattr(name)} plainTextPath={quoteattr(path)}>{"".join(inner)}{value}</TextSource>'


def bring_in(ledger: Ledger, incoming: Incoming) -> Any:
    with ledger.write() as session:
        return mark(session, incoming, bring(session, incoming), strict=False)


@pytest.fixture
def ledger(sqlite_url: str) -> Ledger:
    made = Ledger(sqlite_url)
    made.found()
    with made.write() as session:
        work_a_case(session)
    return made


def test_a_coded_passage_becomes_a_quote_with_its_notes_and_a_bearing(
    shared: Path, ledger: Ledger, tmp_path: Path
) -> None:
    made = Made(source(selection(*at(QUOTED), "line:2", 20, CODE, OTHER)))
    incoming, _ = read_qdpx(made.write(tmp_path, shared))
    (one,) = incoming.items
    assert (one.fields["title"], one.fields["further"]) == ("Interview 1", {"Year": "1955"})
    assert one.words[0].content == TEXT
    logged = bring_in(ledger, incoming)
    assert [(added.noun, added.said) for added in logged.added] == [
        ("quote", "exact"),
        ("observation", ""),
        ("bearing", "for"),
    ]
    with ledger.read() as (connection, study):
        quote = shown(connection, study, "quote", logged.added[0].key)
        seen = shown(connection, study, "observation", logged.added[1].key)
    assert (quote["words"], quote["identifiers"]["tags"]) == (QUOTED, "prestige")
    assert quote["note"] == "On prestige.\n\nMemo\n\n(coded by Ada)"
    assert (seen["proposition"], seen["case"]) == ("The Secretary named prestige", "mid-50")
    assert quote["identifiers"]["refi"] == guid(20).lower()
    again = bring_in(ledger, incoming)
    assert not again.writes
    assert ledger.findings() == []


@pytest.mark.parametrize(
    "path", ["internal://A.txt", "internal://a.TXT", "A.txt", "sources/A.txt", "internal://sources\\A.txt"]
)
def test_paths_of_texts_as_programs_write_them(tmp_path: Path, path: str) -> None:
    incoming, _ = read_qdpx(Made(source(selection(*at(QUOTED)), path=path)).write(tmp_path))
    assert [marked.words for marked in incoming.items[0].marked] == [QUOTED]


@pytest.mark.parametrize(
    "path", ["../A.txt", "file:///etc/passwd", "absolute:///etc/passwd", "http://localhost:9/a.txt", "B.txt"]
)
def test_a_text_that_is_not_in_the_project_is_named_and_never_fetched(tmp_path: Path, path: str) -> None:
    incoming, _ = read_qdpx(Made(source(selection(*at(QUOTED)), path=path)).write(tmp_path))
    losses = [loss.what for loss in incoming.losses]
    if path == "../A.txt":  # its own file, by a path that leads out: the name is looked for among the sources
        assert [marked.words for marked in incoming.items[0].marked] == [QUOTED]
    else:
        assert incoming.items[0].words == ()
        assert any("which is not in the project" in loss for loss in losses)
        assert any("PlainTextSelection, coded t1+" in loss for loss in losses)


CRLF = TEXT.replace("\n", "\r\n")
WIDE = "😀😀 " + TEXT
COUNTED = {
    "characters": (TEXT.encode(), at(QUOTED), ""),
    "CRLF as two": (CRLF.encode(), at(QUOTED, CRLF), ""),
    "CRLF as one": (CRLF.encode(), at(QUOTED), "line end of two"),
    "with a mark, not counted": (b"\xef\xbb\xbf" + TEXT.encode(), at(QUOTED), ""),
    "with a mark, counted": (
        b"\xef\xbb\xbf" + TEXT.encode(),
        tuple(end + 1 for end in at(QUOTED)),
        "mark at the beginning",
    ),
    "UTF-16 units": (WIDE.encode(), tuple(end + 2 for end in at(QUOTED, WIDE)), "UTF-16 units"),
    "UTF-16 file": (TEXT.encode("utf-16"), at(QUOTED), ""),
}


@pytest.mark.parametrize("kind", COUNTED)
@pytest.mark.parametrize("name", [QUOTED, "prestige was...", "line:2"])
def test_offsets_are_read_as_they_were_counted(tmp_path: Path, kind: str, name: str) -> None:
    data, (start, end), remark = COUNTED[kind]
    made = Made(source(selection(start, end, name)), files={"sources/a.txt": data})
    incoming, _ = read_qdpx(made.write(tmp_path))
    (one,) = incoming.items
    assert [marked.words for marked in one.marked] == [QUOTED]
    assert "\r" not in one.words[0].content
    assert (remark == "") == (not [loss for loss in incoming.losses if "offsets" in loss.what])


def test_a_passage_that_is_named_otherwise_than_its_words_is_left_out(tmp_path: Path) -> None:
    shifted = selection(*at("why?"), "The Secretary said that prestige", 30)
    label = selection(*at(QUOTED), "A telling remark", 31)
    beyond = selection(5, 5000, "line:9", 32)
    blank = selection(TEXT.index("\n"), TEXT.index("\n") + 1, "line:1", 33)
    incoming, _ = read_qdpx(Made(source(shifted, label, beyond, blank)).write(tmp_path))
    (only,) = incoming.items[0].marked
    assert only.words == QUOTED
    assert "A telling remark" in only.note
    losses = [loss.what for loss in incoming.losses]
    assert [
        any(part in loss for loss in losses)
        for part in ("other words stand: 'why?'", "not within its text", "no words")
    ] == [True] * 3


@given(
    st.text(alphabet="ab cé\u0301\u0308가ᄀ\u1161\u11a8😀\r\n", max_size=40),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_a_passage_is_where_its_offsets_say_whatever_the_text(raw: str, ends: tuple[int, int]) -> None:
    start, end = sorted(min(one, len(raw)) for one in ends)
    made = cut(raw, [Span(start, end, "")])
    held = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    assert made.content == held
    (one,) = made.cuts
    if not one.why and not made.remark:
        assert made.content[one.start : one.end].strip() == made.content[one.start : one.end] != ""
        words = unicodedata.normalize("NFC", re.sub("\r\n?", "\n", raw[start:end])).strip()
        whole = all(
            not 0 < at < len(raw)
            or (unicodedata.category(raw[at])[0] != "M" and raw[at] not in "\u1161\u11a8\n")
            for at in (start, end)
        )
        if whole:
            assert made.content[one.start : one.end] == words


def test_what_is_no_text_comes_in_as_a_source_and_its_selections_are_named(
    shared: Path, tmp_path: Path
) -> None:
    pdf = (
        f'<PDFSource guid="{guid(40)}" name="Scan" path="internal://scan.pdf"><PDFSelection guid="{guid(41)}" page="1" firstX="1" '
        f'firstY="1" secondX="9" secondY="9">{coding(42)}</PDFSelection></PDFSource>'
    )
    picture = (
        f'<PictureSource guid="{guid(43)}" name="Map" path="internal://map.png"><PictureSelection guid="{guid(44)}" firstX="1" '
        f'firstY="1" secondX="9" secondY="9"/></PictureSource>'
    )
    points = "".join(
        f'<SyncPoint guid="{guid(60 + n)}" timeStamp="{3_661_000 + n}" position="{end}"/>'
        for n, end in enumerate(at(QUOTED))
    )
    audio = (
        f'<AudioSource guid="{guid(45)}" name="Tape" path="internal://tape.mp3"><Transcript guid="{guid(46)}" plainTextPath='
        f'"internal://a.txt">{points}<TranscriptSelection guid="{guid(47)}" fromSyncPoint="{guid(60)}" toSyncPoint="{guid(61)}"/>'
        f'</Transcript><AudioSelection guid="{guid(48)}" begin="1" end="2"/></AudioSource>'
    )
    cases = f'<Cases><Case guid="{guid(50)}" name="Quemoy"/></Cases>'
    rest = f'<Links><Link guid="{guid(51)}" name="causes"/></Links><Sets><Set guid="{guid(52)}" name="mine"/></Sets><Description>All of it</Description>'
    made = Made(pdf + picture + audio, rest, cases)
    incoming, _ = read_qdpx(made.write(tmp_path, shared))
    assert [(one.fields["title"], one.fields["type"]) for one in incoming.items] == [
        ("Scan", "report"), ("Map", "graphic"), ("Tape", "song"),
    ]  # fmt: skip
    (spoken,) = incoming.items[2].marked
    assert (spoken.words, spoken.locator) == (QUOTED, {"time": "1:01:01"})
    losses = " / ".join(loss.what for loss in incoming.losses)
    for lost in (
        "PDFSelection, coded t1+",
        "PictureSelection",
        "AudioSelection",
        "case Quemoy",
        "link causes",
        "set mine",
        "All of it",
    ):
        assert lost in losses, lost


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:1:0"])
def test_a_code_book_becomes_concepts_and_comes_once(ledger: Ledger, tmp_path: Path, namespace: str) -> None:
    file = tmp_path / "book.qdc"
    top = f'<Code guid="{CODE}" name="Motives" isCodable="false"><Code guid="{OTHER}" name="Prestige" isCodable="true">'
    file.write_text(
        f'<CodeBook xmlns="{namespace}"><Codes>{top}<Description>{escape("Standing & fear")}</Description></Code></Code></Codes></CodeBook>',
        encoding="utf-8",
    )
    incoming, project = read_qdpx(file)
    assert incoming.items == ()
    with ledger.write() as session:
        assert bring_codes(session, project, file.name) == ["motives", "prestige"]
    with ledger.write() as session:
        assert bring_codes(session, project, file.name) == []
    with ledger.read() as (connection, study):
        (prestige,) = [one for one in shown_all(connection, study, "concept") if one["key"] == "prestige"]
    assert (prestige["family"], prestige["definition"], prestige["role"]) == (
        "Motives",
        "Standing & fear",
        "Part of Motives.",
    )


def test_a_real_project_comes_in_whole(shared: Path, run: Run) -> None:
    file = shared / "data" / "qda" / "demo.qdpx"
    incoming, project = read_qdpx(file)
    with zipfile.ZipFile(file) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")}
    selections = list(root.iter("{*}PlainTextSelection"))
    wanted = [
        texts["sources/board_2017.txt"][int(s.get("startPosition")) : int(s.get("endPosition"))].strip()
        for s in selections
    ]
    assert [marked.words for marked in incoming.items[0].marked] == wanted
    assert sum(len(marked.tags) for marked in incoming.items[0].marked) == len(list(root.iter("{*}Coding")))
    assert len(project.codes) == len(list(root.iter("{*}Code")))
    run("init", "--study", "s", "--title", "S", "--question", "Q?")
    first = run("import", "qdpx", str(file), "--codes")
    assert (first.code, "158 new quotes (158 exact), 262 new concepts" in first.stderr) == (0, True)
    assert "Not carried" not in first.stdout
    assert "nothing was written" in run("import", "qdpx", str(file), "--codes").stderr


def test_a_project_of_another_program_is_read(shared: Path) -> None:
    incoming, project = read_qdpx(shared / "data" / "qda" / "target-atlas-project.qdpx")
    assert (incoming.items, next(iter(project.codes.values())).name) == ((), "Commits")


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 9))
    + "]><x>&a8;</x>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
HOSTILE = {
    "bomb": BOMB,
    "outside": OUTSIDE,
    "cut off": "<Project><Sources>",
    "other": "<html/>",
    "empty": "",
    "deep": "<a>" * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xml_is_one_sentence(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "project.qdpx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("project.qde", HOSTILE[kind])
    with pytest.raises(EvidenceError) as error:
        read_qdpx(file)
    assert str(error.value).startswith("project.qdpx")
    assert "root:" not in str(error.value)
    assert "\n" not in str(error.value)


def test_an_archive_without_a_project_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "project.qdpx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(EvidenceError, match=r"no project\.qde"):
        read_qdpx(file)


def test_offsets_that_come_to_too_many_words_are_refused() -> None:
    raw = "word " * 100_000
    with pytest.raises(EvidenceError, match="64 million"):
        cut(raw, [Span(0, len(raw), "")] * 200)
