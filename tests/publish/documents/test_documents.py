"""Documents from the command: the same bytes, volumes, fonts, footnotes, files of one's own, and sentences for errors."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pypdfium2
import pytest
from markupsafe import Markup

from evidence.errors import EvidenceError
from evidence.publish.documents import kept
from evidence.publish.documents.formats import DOCUMENTS, Asked
from evidence.publish.documents.markdown import blocks, escaped, put
from evidence.publish.documents.rendering import render_documents
from evidence.publish.documents.rich import parse
from evidence.publish.documents.spelled import spelled
from evidence.publish.documents.typeset import Typesetter, known_fonts
from tests.kit import Ledger, Run
from tests.publish.documents import read
from tests.publish.strait import add_cases, two_cases


def test_a_command_makes_every_format_and_writes_nothing_twice(
    run: Run, sqlite_url: str, tmp_path: Path
) -> None:
    two_cases(sqlite_url)
    asked = [word for name in DOCUMENTS for word in ("--format", name)]
    line = ("--ledger", sqlite_url, "render", "appendix", *asked, "--output", "out")
    first = run(*line, cwd=tmp_path)
    assert first.code == 0, first.stderr
    names = {f"appendix{end}" for end in DOCUMENTS.values()}
    assert names <= {file.name for file in (tmp_path / "out").iterdir()}
    before = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    again = run(*line, cwd=tmp_path, TZ="Asia/Tokyo", PYTHONHASHSEED="7", LC_ALL="C")
    assert again.code == 0, again.stderr
    assert (
        again.stderr.count("0 files written") == first.stderr.count("written, 0 unchanged") > len(DOCUMENTS)
    )
    assert {file: file.read_bytes() for file in (tmp_path / "out").rglob("*") if file.is_file()} == before


def test_a_site_and_a_document_share_a_folder(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    two_cases(sqlite_url)
    line = ("--ledger", sqlite_url, "render", "appendix", "--output", "out")
    assert run(*line, cwd=tmp_path).code == 0
    assert run(*line, "--format", "md", cwd=tmp_path).code == 0
    assert run(*line, "--format", "site", cwd=tmp_path).code == 0
    assert (tmp_path / "out" / "index.html").is_file()
    assert (tmp_path / "out" / "appendix.md").is_file()


def test_an_extract_is_chosen_by_episode_and_by_depth(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    two_cases(sqlite_url)
    for choice in (("--episode", "crisis"), ("--only-deep",)):
        done = run("--ledger", sqlite_url, "render", "appendix", "--format", "md", *choice, cwd=tmp_path)
        assert done.code == 0, done.stderr
        text = (tmp_path / "appendix" / "appendix.md").read_text("utf-8")
        assert "## Case 50 {#case-mid-50}" in text
        assert "Case 51" not in text
    wrong = run("--ledger", sqlite_url, "render", "appendix", "--episode", "crises", cwd=tmp_path)
    assert wrong.code == 1
    assert "There is no episode 'crises' in this study. Did you mean crisis?" in wrong.stderr
    none = run("--ledger", sqlite_url, "render", "appendix", "--only-deep", "--case", "mid-51", cwd=tmp_path)
    assert "No case is left" in none.stderr


def test_a_file_of_ones_own_is_not_written_over(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    two_cases(sqlite_url)
    (tmp_path / "out").mkdir()
    own = tmp_path / "out" / "appendix.md"
    own.write_text("mine", encoding="utf-8")
    done = run(
        "--ledger", sqlite_url, "render", "appendix", "--format", "md", "--output", "out", cwd=tmp_path
    )
    assert done.code == 1
    assert "was not written by this program" in done.stderr
    assert own.read_text("utf-8") == "mine"


def test_a_volume_more_and_a_volume_less(sqlite_url: str, tmp_path: Path) -> None:
    ledger = two_cases(sqlite_url)
    add_cases(ledger, range(52, 60))
    assert rendered(ledger, tmp_path, Asked(["pdf"], volume=12_000)) == []
    volumes = sorted(tmp_path.glob("appendix-*.pdf"))
    assert len(volumes) > 2
    texts = [read.pdf(one) for one in volumes]
    for number, text in enumerate(texts, 1):
        assert read.bare(f"Volume {number} of {len(volumes)}") in text
    for case in range(50, 60):
        assert sum(read.bare(f"COW dispute {case}") in text for text in texts) == 1
    rendered(ledger, tmp_path, Asked(["pdf"]))
    assert [file.name for file in tmp_path.glob("*.pdf")] == ["appendix.pdf"]


def rendered(ledger: Ledger, output: Path, asked: Asked) -> list[str]:
    """Render, and return what was warned of."""
    with ledger.read() as (connection, study):
        return [
            said for made, _ in render_documents(connection, study, output, asked) for said in made.warnings
        ]


def test_notes_are_footnotes_in_word(sqlite_url: str, tmp_path: Path) -> None:
    ledger = two_cases(sqlite_url)
    rendered(ledger, tmp_path, Asked(["docx"]))
    with zipfile.ZipFile(tmp_path / "appendix.docx") as archive:
        assert archive.read("word/document.xml").count(b"<w:footnoteReference ") == 3
        notes = archive.read("word/footnotes.xml").decode()
        assert "Look at Taiwan" in notes
        assert "看台灣" in notes
        assert b'w:styleId="Kicker"' in archive.read("word/styles.xml")
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_font_that_there_is_not_is_a_sentence() -> None:
    assert known_fonts(["libertinus serif"]) == ("Libertinus Serif",)
    with pytest.raises(
        EvidenceError, match=r"There is no font 'Libertinus Serfi' .* Did you mean Libertinus Serif\?"
    ):
        known_fonts(["Libertinus Serfi"])


def test_the_first_font_named_is_the_texts_own(tmp_path: Path) -> None:
    for name, fonts in (("ours", ()), ("own", ("DejaVu Sans Mono",))):
        (tmp_path / name).mkdir()
        typesetter = Typesetter(tmp_path / name, fonts)
        (tmp_path / name / "one.typ").write_text(
            '#set text(font: json("/fonts.json"))\nWords', encoding="utf-8"
        )
        (tmp_path / f"{name}.pdf").write_bytes(typesetter.set("one"))
    assert read.fonts(tmp_path / "ours.pdf") == {"LibertinusSerif-Regular"}
    assert read.fonts(tmp_path / "own.pdf") == {"DejaVuSansMono"}


def test_characters_that_no_font_has_are_told_by_their_script(tmp_path: Path) -> None:
    told = Typesetter(tmp_path, ()).missing({"a", "é", "я", "\U00012000", "\u200b", "\U000e0041"})
    assert len(told) == 1
    assert told[0].startswith("No font on this machine has 1 of the text’s Cuneiform characters (\U00012000)")
    assert "Noto Sans Cuneiform" in told[0]


def test_the_pdf_names_no_moment_and_every_case_in_its_outline(sqlite_url: str, tmp_path: Path) -> None:
    rendered(two_cases(sqlite_url), tmp_path, Asked(["pdf"]))
    assert b"CreationDate" not in (tmp_path / "appendix.pdf").read_bytes()
    document = pypdfium2.PdfDocument(tmp_path / "appendix.pdf")
    titles = [one.get_title() for one in document.get_toc()]
    document.close()
    assert {"The study", "Cases", "Case 50", "Sources", "Bibliography"} <= set(titles)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# a #", r"\# a \#"),
        ("- a - b -- c", r"\- a - b \-- c"),
        ("1. a 1.", r"1\. a 1."),
        ("(a) b", r"(a\) b"),
        ("a | b", r"a \| b"),
        (": a", r"\: a"),
        (":a", r"\:a"),
        ("Table: a", r"Table\: a"),
        ("Tables: a", "Tables: a"),
        ("% a", r"\% a"),
        ("a\n\n    b", "a b"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("\u202eabc", r"\[U+202E\]abc"),
        ("قال x", "[قال]{dir=rtl} x"),
        ("a! b! !قال", "a! b! \\![قال]{dir=rtl}"),
        ("a!", "a\\!"),
    ],
)
def test_text_is_escaped_wherever_it_stands_on_a_line(text: str, written: str) -> None:
    assert escaped(text) == written


def test_rich_text_becomes_blocks_with_its_notes() -> None:
    html = (
        '<p>A <em>b </em>c*.<sup class="marks"><a class="mark" href="#x:note-2">2</a></sup></p>'
        "<ul><li>one</li><li><p>two</p><ol><li>in</li></ol></li></ul><pre><code>``` x</code></pre>"
        "<table><tr><th>h</th></tr><tr><td>a|b</td></tr></table>"
    )
    assert blocks(parse(html), lambda number: f"[^{number}]") == (
        "A *b* c\\*.[^2]\n\n-   one\n-   two\n\n    1.  in\n\n````\n``` x\n````\n\n| h |\n|---|\n| a\\|b |"
    )


def test_what_is_emphasized_twice_or_in_two_pieces_is_emphasized_once() -> None:
    assert put(Markup("<em><em>a</em>b</em><em>c</em> <em>d</em><strong>e</strong>")) == "*abc* *d***e**"


def test_words_that_no_line_holds_may_be_broken() -> None:
    assert spelled("x" * 45) == "x" * 20 + "\u200b" + "x" * 20 + "\u200b" + "x" * 5
    assert (
        spelled("https://example.org/a-long-way/to")
        == "https://\u200bexample.\u200borg/\u200ba-\u200blong-\u200bway/\u200bto"
    )
    assert put(3) == "3"


def test_a_list_that_was_tampered_with_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("x", encoding="utf-8")
    folder = tmp_path / "out"
    kept.keep(folder, "md", {"a.md": b"1"})
    listed = (folder / kept.LIST).read_text("utf-8")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    (folder / kept.LIST).write_text(f"{listed}md  {digest}  ../victim\n", encoding="utf-8")
    assert kept.keep(folder, "md", {"a.md": b"1"}).removed == ()
    assert (tmp_path / "victim").is_file()
