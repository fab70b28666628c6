"""No format drops what another shows: every text of the views that the site shows stands in every document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.publish.documents.formats import DOCUMENTS, Asked
from evidence.publish.documents.rendering import render_documents
from evidence.publish.front import read_appendix
from evidence.publish.legible import legible
from evidence.publish.lines import line
from evidence.publish.load import load
from evidence.publish.publication import publication
from evidence.publish.reading import in_one_file
from evidence.publish.render import appendix
from evidence.resources import folder
from evidence.study.read import read as read_study
from tests.kit import Ledger
from tests.publish.documents import read
from tests.publish.documents.leaves import leaves
from tests.publish.poison import HOSTILE, poisoned

#: Typst's, LaTeX's and Markdown's own; what begins a list, a rule, a definition, a title block or a table.
MARKUP = (
    r"#eval(\"1\") #let x = 1; $x^2$ *b* _i_ @ref <label> // c /* c */ = head \input{/etc/passwd} \end{document} "
    r"\write18{id} %c & ~ ^^41 $$ {x} [a](b){.c} `c` ```d``` ~~e~~ H~2~O ^[n] [^1] | --- ::: \(x\) \[y\] "
)
EXAMPLE = folder("examples") / "beckley2015"
_READERS: dict[str, Callable[[Path], str]] = {
    "pdf": read.pdf, "docx": read.docx, "latex": read.latex, "md": read.markdown, "epub": read.epub,
}  # fmt: skip


@dataclass(frozen=True)
class Published:
    """A study in all formats: what the site shows of its views, and the words of each document."""

    shown: Sequence[tuple[str, str]]
    texts: dict[str, str]
    warnings: Sequence[str]


def published(ledger: Ledger, place: Path, *cases: str) -> Published:
    with ledger.read() as (connection, study):
        appendix(connection, study, place / "site", cases=cases)
        made = [
            one for one, _ in render_documents(connection, study, place, Asked([*DOCUMENTS]), cases=cases)
        ]
        views = read_appendix(load(connection, study), cases, behind=publication(connection, study))
        shown = tuple(views.cases())
        sources = tuple(views.sources(tuple(map(line, shown))))
        whole = views.whole(tuple(map(line, shown)))
    site = read.site(place / "site")
    pairs = {
        (place, read.bare(legible(text)).rstrip("."))  # which a sentence around it may have instead
        for view in (*shown, *sources, whole, *in_one_file(whole).values())
        for place, text in leaves(view)
    }
    texts = {name: _READERS[name](place / f"appendix{end}") for name, end in DOCUMENTS.items()}
    warnings = [said for one in made for said in one.warnings]
    return Published(sorted(pair for pair in pairs if pair[1] and pair[1] in site), texts, warnings)


def lost(found: Published) -> dict[str, list[tuple[str, str]]]:
    """Return what a document lacks, with its place in the views, by format."""
    missing = {
        name: [pair for pair in found.shown if not read.found(pair[1], text, parted=name in ("pdf", "latex"))]
        for name, text in found.texts.items()
    }
    return {name: pairs for name, pairs in missing.items() if pairs}


# One test each, and not one a format: two workers would set the study up twice.
def test_what_may_do_harm_stands_in_every_document_as_text(sqlite_url: str, tmp_path: Path) -> None:
    words = HOSTILE.replace("long" * 80, "long" * 12)  # longer than a line is wide, and no longer
    found = published(poisoned(sqlite_url, f"{words} {MARKUP}"), tmp_path)
    assert len(found.shown) > 900
    assert lost(found) == {}


def test_the_example_is_whole_in_every_document(sqlite_url: str, tmp_path: Path) -> None:
    """Of the example that comes with the program, a case that was traced, one with tests, and one that was screened."""
    read_study(sqlite_url, EXAMPLE, author="Tester", message="as shipped")
    found = published(Ledger(sqlite_url, "beckley2015"), tmp_path, "mid-2033", "mid-4137", "mid-200")
    assert len(found.shown) > 2000
    assert lost(found) == {}
