"""The appendix in every format but the site: read once, gathered case by case, and written format by format."""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import EvidenceError
from evidence.publish.documents.environment import Notes, markdown_templates
from evidence.publish.documents.gathered import FIGURES, Chapters, Figures, Pages
from evidence.publish.documents.markdown import Written, put
from evidence.publish.documents.pandoc import FROM, pandoc, settled
from evidence.publish.documents.reference import reference
from evidence.publish.documents.typeset import Typesetter, known_fonts
from evidence.publish.front import Appendix
from evidence.publish.lines import line as case_line
from evidence.publish.source_pages import source_line
from evidence.publish.study_views import StudyView
from evidence.resources import folder

__all__ = ["DOCUMENTS", "Asked", "Made", "documents", "line"]

#: The documents that there are, each by the name of its format, and how its file ends.
DOCUMENTS = {"pdf": ".pdf", "docx": ".docx", "latex": ".tex", "md": ".md", "epub": ".epub"}
_NAME = "appendix"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for."""

    formats: Sequence[str]  # of DOCUMENTS
    fonts: Sequence[str] = ()  # for the PDF, by name: the text's face, then those for what it lacks
    reference: Path | None = None  # a DOCX whose styles are taken
    templates: Path | None = None  # a folder whose templates come before ours
    kept: Path | None = (
        None  # a folder that keeps what Typst and pandoc are given; nothing for one that goes again
    )
    volume: int = 0  # how much JSON a volume of the PDF may have; 0 takes what about a thousand pages have


@dataclass(frozen=True, slots=True)
class Made:
    """One format: its files by their paths in the output folder, and what a reader should be told."""

    format: str  # of DOCUMENTS, or "figures", which Markdown and LaTeX share
    files: Mapping[str, bytes]
    warnings: Sequence[str] = ()


def documents(read: Appendix, asked: Asked) -> Iterator[Made]:
    """Make documents from an appendix, one format at a time.

    Args:
        read: the appendix; its cases are gone through once, whatever the number of formats.
        asked: which formats, and what for.

    Raises:
        EvidenceError: a font is not there, a template cannot be filled or set, or pandoc stops.
    """
    fonts = known_fonts(asked.fonts)
    if asked.reference and not asked.reference.is_file():
        raise EvidenceError(f"There is no file {asked.reference}; give a DOCX whose styles are to be taken.")
    if asked.kept:
        asked.kept.mkdir(parents=True)
        yield from _Workshop(asked.kept, fonts, asked).made(read)
        return
    with tempfile.TemporaryDirectory(prefix="evidence-") as scratch:
        yield from _Workshop(Path(scratch), fonts, asked).made(read)


class _Workshop:
    """A folder in which the formats are made."""

    def __init__(self, place: Path, fonts: Sequence[str], asked: Asked) -> None:
        self.place = place
        self.asked = asked
        laid = place / "typst"
        laid.mkdir()
        self.typesetter = Typesetter(laid, fonts, asked.templates)
        self.pages = Pages(laid)
        if asked.volume:
            self.pages.limit = asked.volume
        notes, figures = Notes(), Figures()
        templates = markdown_templates(asked.templates, notes, figures.names)
        numberings = [False] * any(name not in ("pdf", "epub") for name in asked.formats)
        numberings += [True] * ("epub" in asked.formats)
        self.chapters = Chapters(place, templates, notes, figures, numberings)

    def made(self, read: Appendix) -> Iterator[Made]:
        """Yield each format that was asked for."""
        written = [name for name in self.asked.formats if name != "pdf"]
        makers: list[Pages | Chapters] = []
        if "pdf" in self.asked.formats:
            makers.append(self.pages)
        if written:
            makers.append(self.chapters)
        lines, audits, sources = [], [], []
        for told in read.told(tuple(read.study.refs)):
            audits.append(told.audit)
            if told.view is not None:
                for maker in makers:
                    maker.add(told.view)
                lines.append(case_line(told.view))
        for entry in read.sources(lines):
            for maker in makers:
                maker.source(entry)
            sources.append(source_line(entry))
        study = read.whole(lines, sources, audits)
        if "pdf" in self.asked.formats:
            yield self._pdf(study)
        if written:
            yield from self._written(written, study)

    def _pdf(self, study: StudyView) -> Made:
        files = [self.typesetter.set(_NAME, volume="volume") for _ in self.pages.laid(study)]
        names = [f"{_NAME}-{n}.pdf" for n in range(1, len(files) + 1)] if len(files) > 1 else [f"{_NAME}.pdf"]
        return Made(
            "pdf", dict(zip(names, files, strict=True)), self.typesetter.missing(self.pages.characters)
        )

    def _written(self, formats: Sequence[str], study: StudyView) -> Iterator[Made]:
        """Yield what is made from Markdown."""
        metadata = Written(_metadata(study))
        self.chapters.figures.front(study)
        for anew in self.chapters.numberings:
            file = self.place / (f"{_NAME}.md" if not anew else "epub.md")
            file.write_bytes(self.chapters.whole(study, metadata, anew=anew))
        figures = self._figures()
        if figures and {"md", "latex"} & {*formats}:
            yield Made("figures", figures)
        for name in formats:
            content = _MAKERS[name](self.place, self.asked)
            yield Made(name, {f"{_NAME}{DOCUMENTS[name]}": content})

    def _figures(self) -> dict[str, bytes]:
        """Return the figures as pictures, and put them where pandoc finds them."""
        kept = self.chapters.figures
        (self.place / FIGURES).mkdir(exist_ok=True)
        (self.typesetter.place / "figures.json").write_bytes(b"[" + b",".join(kept.views) + b"]")
        if not kept.names:
            return {}
        drawn = self.typesetter.pages("figure", "png")
        made = dict(zip(kept.names.values(), drawn, strict=True))
        for path, picture in made.items():
            (self.place / path).write_bytes(picture)
        return made


def _md(place: Path, asked: Asked) -> bytes:  # noqa: ARG001
    return (place / f"{_NAME}.md").read_bytes()


def _metadata(study: StudyView) -> str:
    """Return the title and the like as YAML, each value as JSON has it, which YAML reads too."""
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"evidence:{study.key}:{study.digest}:{study.extract}")
    said = {
        "title": put(study.title),
        "subtitle": f"Appendix. Extract: {put(study.extract)}" if study.extract else "Appendix",
        "author": [put(name) for name in study.authors],
        "abstract": put(study.question),
        "abstract-title": "Question",
        "lang": study.language,
        "identifier": f"urn:uuid:{identity}",
        "toc-title": "Contents",
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in said.items() if value]
    return "\n".join(["---", *lines, "---"])


def line(name: str) -> list[str]:
    """Return what pandoc is told for a format, but for where to write to."""
    ours = folder("templates") / "document"
    told = {
        "docx": [f"{_NAME}.md", "--to", "docx", "--toc", "--toc-depth=2", "--reference-doc", "reference.docx"],
        "latex": [
            f"{_NAME}.md", "--to", "latex-smart", "--template", str(ours / "appendix.latex"),
            "--lua-filter", str(ours / "latex.lua"),
        ],
        "epub": [
            "epub.md", "--to", "epub3", "--toc", "--toc-depth=2", "--split-level=2", "--css", str(ours / "book.css"),
        ],
    }  # fmt: skip
    return ["--from", FROM, *told[name]]


def _docx(place: Path, asked: Asked) -> bytes:
    given = asked.reference.read_bytes() if asked.reference else reference(place)
    (place / "reference.docx").write_bytes(given)
    pandoc([*line("docx"), "--output", "made.docx"], place)
    return settled((place / "made.docx").read_bytes())


def _latex(place: Path, asked: Asked) -> bytes:  # noqa: ARG001
    pandoc([*line("latex"), "--output", "made.tex"], place)
    return (place / "made.tex").read_bytes()


def _epub(place: Path, asked: Asked) -> bytes:  # noqa: ARG001
    pandoc([*line("epub"), "--output", "made.epub"], place)
    return settled((place / "made.epub").read_bytes())


_MAKERS: Mapping[str, Callable[[Path, Asked], bytes]] = {
    "md": _md,
    "docx": _docx,
    "latex": _latex,
    "epub": _epub,
}
