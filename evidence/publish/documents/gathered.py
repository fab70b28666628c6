"""What documents are made of, gathered piece by piece and kept in files: JSON for Typst, Markdown for the others.

A case's view, and a source's, is dropped once it is spelled, so that a study of any size is never in memory as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evidence.publish.documents.environment import Notes
from evidence.publish.documents.spelled import as_json
from evidence.publish.environment import Templates
from evidence.publish.reading import in_one_file
from evidence.publish.source_views import SourceEntry
from evidence.publish.study_views import StudyView
from evidence.publish.views import CaseLine, CaseView

__all__ = ["FIGURES", "Chapters", "Figures", "Pages"]

#: Where a document's figures stand beside it; ``figure`` in a template puts it before their names.
FIGURES = "figures"
_BLANK = re.compile(r"\n[ \n]*\n(?=[^ ]|    |$)")
#: About how much JSON makes a page, and how many pages a volume may have: Typst wants some 2 MB for each.
_PAGE, _VOLUME = 5_600, 1_000


@dataclass(slots=True)
class _Volume:
    """Where the pieces of a volume stand: files of JSON parted by commas, and how much they hold."""

    cases: Path
    sources: Path
    held: int = 0


@dataclass(slots=True)
class Pages:
    """Cases and sources as JSON, in volumes of whole cases and whole sources."""

    place: Path
    limit: int = _PAGE * _VOLUME  # how much JSON a volume may have
    characters: set[str] = field(default_factory=set)
    volumes: list[_Volume] = field(default_factory=list)

    def add(self, case: CaseView) -> None:
        """Take the next case; it begins a new volume where it would make the last too large."""
        written = as_json(case)
        self._append(self._room(written).cases, written)

    def source(self, entry: SourceEntry) -> None:
        """Take the next source, once all cases are taken; those that are only listed are in the bibliography."""
        if not entry.idle:
            written = as_json(entry)
            self._append(self._room(written).sources, written)

    def _room(self, written: bytes) -> _Volume:
        self.characters |= set(written.decode())
        if not self.volumes or (self.volumes[-1].held and self.volumes[-1].held + len(written) > self.limit):
            number = len(self.volumes) + 1
            made = _Volume(self.place / f"cases-{number}.part", self.place / f"sources-{number}.part")
            made.cases.touch()
            made.sources.touch()
            self.volumes.append(made)
        self.volumes[-1].held += len(written)
        return self.volumes[-1]

    @staticmethod
    def _append(file: Path, written: bytes) -> None:
        with file.open("ab") as stream:
            stream.write(b"," + written if stream.tell() else written)

    def laid(self, study: StudyView) -> Iterator[None]:
        """Lay out ``volume.json`` for each volume in turn: the first has the front matter, the last the bibliography."""
        if not self.volumes:
            self._room(b"")
        frame = as_json(replace(study, cases=(), sources=()))
        front = as_json(tuple(map(_row, study.cases)))
        proof = {name: as_json(views) for name, views in in_one_file(study).items()}
        for written in (frame, front, *proof.values()):
            self.characters |= set(written.decode())
        count = len(self.volumes)
        for number, volume in enumerate(self.volumes, 1):
            said = {
                "which": f"Volume {number} of {count}" if count > 1 else "",
                "first": number == 1,
                "last": number == count,
                "listed": sum(len(sources) for _, sources in study.sources),
            }
            parts = {
                "study": frame,
                "rows": front if number == 1 else b"[]",
                **{name: views if number == 1 else b"[]" for name, views in proof.items()},
                "cases": b"[" + volume.cases.read_bytes() + b"]",
                "sources": b"[" + volume.sources.read_bytes() + b"]",
                **{name: as_json(value) for name, value in said.items()},
            }
            whole = b",".join(b'"' + name.encode() + b'":' + part for name, part in parts.items())
            (self.place / "volume.json").write_bytes(b"{" + whole + b"}")
            yield


def _row(case: CaseLine) -> dict[str, Any]:
    """Return what the table of all cases says of one."""
    cells = [
        {"value": one.code.value if one.code else None, "contested": one.contested} for one in case.codings
    ]
    names = ("key", "title", "participants", "dates", "number", "stage")
    return {**{name: getattr(case, name) for name in names}, "codings": cells}


@dataclass(slots=True)
class Figures:
    """The figures, in order, as Typst reads them, and the name of each by its case and what it shows."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    views: list[bytes] = field(default_factory=list)

    def add(self, case: CaseView) -> None:
        """Take a case's square and bars."""
        if case.square:
            self._take(case.key, case.page, "square", case.square)
        for pair in case.bars:
            self._take(case.key, case.page, f"{pair.hypothesis}-{pair.rival}", pair, "bars")

    def front(self, study: StudyView) -> None:
        """Take the timeline."""
        if study.timeline.decades:
            self._take("", "study", "timeline", study.timeline)

    def _take(self, key: str, page: str, name: str, view: Any, kind: str = "") -> None:
        self.names[key, name] = f"{FIGURES}/{page}-{name}.png".casefold()
        self.views.append(b'{"kind":' + as_json(kind or name) + b',"view":' + as_json(view) + b"}")


@dataclass(slots=True)
class Chapters:
    """Cases and sources as Markdown, one after another in a file."""

    place: Path
    templates: Templates
    notes: Notes
    figures: Figures
    numberings: Sequence[bool] = (False,)  # whether notes are numbered anew with each case, for each document
    _tier: str = ""

    def add(self, case: CaseView) -> None:
        """Write the next case."""
        self.notes.add(case.key, len(case.narrative.notes))
        self.figures.add(case)
        self._write("cases.md", self.templates.render("case.md.j2", case=case))

    def source(self, entry: SourceEntry) -> None:
        """Write the next source, once all cases are written."""
        if entry.idle:
            return
        begins = entry.source.tier if entry.source.tier != self._tier else ""
        self._tier = entry.source.tier
        for anew in self.numberings:
            self.notes.anew = anew
            self._write(
                f"sources-{anew}.md", self.templates.render("source.md.j2", entry=entry, begins=begins)
            )

    def _write(self, name: str, text: str) -> None:
        with (self.place / name).open("ab") as stream:
            stream.write(_spaced(text))

    def whole(self, study: StudyView, metadata: str, *, anew: bool = False) -> bytes:
        """Return the document.

        Args:
            study: the whole appendix.
            metadata: its title and the like, as a block of YAML, written already.
            anew: whether notes are numbered anew with each case; one of ``numberings``.
        """
        front = self.templates.render("front.md.j2", study=study, metadata=metadata, **in_one_file(study))
        back = self.templates.render("back.md.j2", study=study)
        files = [self.place / name for name in ("cases.md", f"sources-{anew}.md")]
        cases, sources = (file.read_bytes() if file.is_file() else b"" for file in files)
        return _spaced(front) + cases + b"# Sources {#sources}\n\n" + sources + _spaced(back)


def _spaced(text: str) -> bytes:
    """Return Markdown without what empty lines its templates leave beyond one."""
    return (_BLANK.sub("\n\n", text).strip("\n") + "\n\n").encode()
